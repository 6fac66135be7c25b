# SPDX-License-Identifier: EUPL-1.2
"""The query language of SensorThings 1.1 (OGC 18-088, clause 9.3; OData 4.01, part 2), read into values of `tree`."""
