# SPDX-License-Identifier: EUPL-1.2
"""What is said of the radio between devices and gateways."""

from datetime import datetime, timedelta

from smilecity.things import rules

USUALLY_SILENT_AFTER = timedelta(hours=1)  # a gateway that hears anything at all
LATELY = timedelta(days=7)  # who heard a device longer ago is no way for it any more
GOOD, WEAK, POOR = "good", "weak", "poor"


def gateway_is_silent(heard_at: datetime, silent_after: timedelta | None, now: datetime) -> bool:
    """Whether a gateway has passed nothing on for longer than it should take."""
    return rules.is_silent(heard_at, silent_after or USUALLY_SILENT_AFTER, now)


def signal(rssi: float | None, snr: float | None) -> str | None:
    """How well a gateway hears a device; None if nothing is known.

    LoRa is read down to some -20 dB below the noise at the slowest rate and -7 dB at the fastest; both measures have
    to leave room for a wet day.
    """
    if rssi is None and snr is None:
        return None
    strength, clearness = (0.0 if rssi is None else rssi), (20.0 if snr is None else snr)
    if strength < -120 or clearness < -10:
        return POOR
    return WEAK if strength < -110 or clearness < -3 else GOOD
