# SPDX-License-Identifier: EUPL-1.2
"""What every room stands on: clock, problems, log, nouns, links, paging, database. No city words."""
