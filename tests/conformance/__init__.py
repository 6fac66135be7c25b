# SPDX-License-Identifier: EUPL-1.2
"""OGC 18-088 by its requirement classes, asked of a running node over HTTP and MQTT."""
