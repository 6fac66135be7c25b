# SPDX-License-Identifier: EUPL-1.2
"""What the feeds of OpenActive tell, and what they told that is gone."""

from django.db import models


class FeedItem(models.Model):
    """One item of a feed as it was last told: `modified` is the position in the log up to which that is true.

    `noun` is the offer or the place whose visibility counts. An item that is there no more has no `body`, and stays
    for some days, so that readers of the feed hear of it.
    """

    id = models.BigAutoField(primary_key=True)
    feed = models.TextField()
    number = models.BigIntegerField()
    noun = models.BigIntegerField()
    body = models.JSONField(default=dict)
    modified = models.BigIntegerField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["feed", "modified", "number"], name="feed_in_order"),
            models.Index(fields=["noun"], name="feed_of_noun"),
            models.Index(fields=["gone_at"], name="feed_gone", condition=models.Q(gone_at__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    feed__in=["session-series", "scheduled-sessions", "facility-uses", "slots"]
                ),
                name="feed_known",
            ),
            models.UniqueConstraint(fields=["feed", "number"], name="feed_item_once"),
        )
