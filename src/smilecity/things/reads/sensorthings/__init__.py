# SPDX-License-Identifier: EUPL-1.2
"""Reading by the SensorThings API: a request becomes one statement whose one row is the answer."""
