# SPDX-License-Identifier: EUPL-1.2
"""Whatever dies at full load: what was acknowledged is there, once, and the node comes back by itself."""

import pytest

from smilecity.city.bench.mosquitto import is_installed
from tests.city import fire


@pytest.mark.skipif(is_installed(), reason="the short story of test_mqtt_fire.py kills the database, too")
@pytest.mark.timeout(300)
def test_what_dies_is_started_again_and_nothing_acknowledged_is_lost() -> None:
    """The short one: the database, of which everything else must hear. Of the others the long one is."""
    acknowledged, _failed = fire.story(1, seed=1, victims=("postmaster",))
    assert acknowledged > 100


@pytest.mark.trial
@pytest.mark.timeout(600)
def test_twelve_kills_lose_nothing_acknowledged() -> None:
    acknowledged, failed = fire.story(12, seed=2026)
    assert acknowledged > 1200
    assert failed, "nobody noticed the kills: they proved nothing"
