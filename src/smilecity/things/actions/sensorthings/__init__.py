# SPDX-License-Identifier: EUPL-1.2
"""Writing by the SensorThings API: create with everything inside, change, replace, delete, link."""
