# SPDX-License-Identifier: EUPL-1.2
"""Whatever dies at full load: what was acknowledged is there, once, and the node comes back by itself."""

import pytest

from tests.city import fire


@pytest.mark.timeout(300)
def test_what_dies_is_started_again_and_nothing_acknowledged_is_lost() -> None:
    acknowledged, _failed = fire.story(3, seed=1, victims=("works", "postmaster", "door"))
    assert acknowledged > 300


@pytest.mark.trial
@pytest.mark.timeout(600)
def test_twenty_kills_lose_nothing_acknowledged() -> None:
    acknowledged, failed = fire.story(20, seed=2026)
    assert acknowledged > 2000
    assert failed, "nobody noticed the kills: they proved nothing"
