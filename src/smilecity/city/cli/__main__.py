# SPDX-License-Identifier: EUPL-1.2
"""`python -m smilecity.city.cli`: how the supervisor starts its parts."""

from smilecity.city.cli import main

main()
