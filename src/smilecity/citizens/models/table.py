# SPDX-License-Identifier: EUPL-1.2
"""What a workshop brings home: a table of what people said there."""

from django.db import models
from django.db.models.functions import Now

from smilecity.core.fields import NextId


class NeedTable(models.Model):
    """A table of what people said: looked at first, then taken in, row after row, and again after a halt.

    The file lies in the node's data folder under `file` until it is taken in; `digest` is that of its bytes, so that
    the same file is not taken in twice. `columns` says which column is what; `bytes_done` is where to go on.
    `troubles` names the first rows that could not be taken, by line and code and never by their words; `refused`
    counts all. `by` is the label of who brought it.
    """

    DRAFT, RUNNING, DONE, STOPPED = "draft", "running", "done", "stopped"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    name = models.TextField()
    file = models.TextField()
    size = models.BigIntegerField()
    digest = models.TextField(unique=True)
    columns = models.JSONField(default=dict)
    state = models.TextField(default=DRAFT)
    bytes_done = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    troubles = models.JSONField(default=list)
    by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["-made_at", "-id"], name="need_table_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "running", "done", "stopped"]),
                name="need_table_state_known",
            ),
        )
