# SPDX-License-Identifier: EUPL-1.2
"""Whose node this is."""

from django.db import models


class Identity(models.Model):
    """The city's name, look and legal texts: one row, written by `smile init` and by the desk, kept in every backup.

    `colours` are `accent` and `accent_dark` as `#rrggbb` (checked for contrast), `logo` is an SVG or PNG;
    `texts` are Markdown by page (`imprint`, `privacy`, `accessibility`, `rules`) and language. Machine matters such as
    addresses and mail are settings (`city/settings.py`), not here.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.TextField()
    contact = models.TextField(default="")
    colours = models.JSONField(default=dict)
    logo = models.BinaryField(default=b"")
    logo_type = models.TextField(default="")
    texts = models.JSONField(default=dict)
    demo = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="city_is_one"),)
