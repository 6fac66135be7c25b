# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log."""

NEED_SAID = "need-said"
CONTACTS_FORGOTTEN = "contacts-forgotten"
