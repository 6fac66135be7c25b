# SPDX-License-Identifier: EUPL-1.2
"""`smile init`: a new city moves into an empty node, from a file of answers or from a conversation."""
