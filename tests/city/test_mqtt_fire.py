# SPDX-License-Identifier: EUPL-1.2
"""Whatever dies beside Mosquitto: each observation is there, once, and everybody who listens has heard of it."""

import pytest

from tests.city import mqtt_fire
from tests.things.mqtt_stage import needs_mosquitto

OF_A_MINUTE = mqtt_fire.SENSORS * mqtt_fire.STREAMS


@needs_mosquitto
@pytest.mark.timeout(300)
def test_mosquitto_and_the_database_may_die() -> None:
    """The short one; that the node may, too, is in the long one and in that of `test_fire.py`."""
    assert mqtt_fire.story(1, seed=4, minutes=12, victims=("mosquitto", "postmaster")) > 12 * OF_A_MINUTE


@needs_mosquitto
@pytest.mark.trial
@pytest.mark.timeout(900)
def test_a_day_with_ten_kills_of_each() -> None:
    assert mqtt_fire.story(10, seed=2026, minutes=mqtt_fire.DAY) > mqtt_fire.DAY * OF_A_MINUTE
