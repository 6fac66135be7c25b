# SPDX-License-Identifier: EUPL-1.2
"""What is known of lending: kits, loans, handles, chores, and what happened at doors."""
