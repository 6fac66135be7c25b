# SPDX-License-Identifier: EUPL-1.2
"""With how many examples a property is tried: with all in `make trial`, with a quarter in every other run."""

import os

import pytest

MANY = "TESTS_MANY_EXAMPLES"  # set by the process that starts a run, for its workers
FEWEST = 8
USUAL = 50


def know_how_many(config: pytest.Config) -> None:
    """Told by which tests are asked for; before any of them is read."""
    asked = str(config.getoption("markexpr", ""))
    if "trial" in asked and "not trial" not in asked:
        os.environ[MANY] = "yes"


def examples(all_of_them: int = USUAL) -> int:
    """How many of so many are tried in this run."""
    return all_of_them if os.environ.get(MANY) else max(FEWEST, all_of_them // 4)
