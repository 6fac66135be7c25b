# SPDX-License-Identifier: EUPL-1.2
"""What residents see of offers: what there is to do, where and when, and registering for it."""
