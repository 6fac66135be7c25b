# SPDX-License-Identifier: EUPL-1.2
"""Tables of the four mechanisms: the log, nouns, links (refusals need none)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from smilecity.core.fields import BoxField, GeoJsonBox, MapCell, NextId, SearchVector, SearchWords


class LogEntry(models.Model):
    """One thing that happened. Appended by `core.log.append`, never changed but for its position."""

    id = models.BigAutoField(primary_key=True)
    position = models.BigIntegerField(null=True, unique=True)
    at = models.DateTimeField(db_default=models.functions.Now())
    actor = models.TextField()
    verb = models.TextField()
    noun = models.BigIntegerField(null=True)
    about = ArrayField(models.BigIntegerField(), default=list)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["id"], name="log_waiting", condition=models.Q(position__isnull=True)),
            models.Index(
                fields=["noun", "position"], name="log_of_noun", condition=models.Q(noun__isnull=False)
            ),
        )


class LogHead(models.Model):
    """The last position given: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="log_has_one_head"),)


class LogReader(models.Model):
    """How far a named reader has come."""

    name = models.TextField(primary_key=True)
    position = models.BigIntegerField(default=0)


class Noun(models.Model):
    """Whatever has a page. Written by `core.nouns.put` in the transaction of its room's action.

    `area` says where it is (an area's `area` is the one above it), `keeper` which organisation keeps it;
    `facts` is what machines may read of it by name, beside title and text; `words` are further words by
    which people look for it. `search`, `plain` and `cell` serve queries: stems, folded letters, and the place
    on the map as a Morton number, so that the points of a tile are neighbours in an index.
    """

    PUBLIC, INTERNAL, DRAFT = "public", "internal", "draft"

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    kind = models.TextField()
    address = models.TextField(unique=True)
    title = models.JSONField()
    text = models.JSONField(default=dict)
    sort = models.TextField()
    geo = models.JSONField(null=True)
    box = models.GeneratedField(expression=GeoJsonBox("geo"), output_field=BoxField(), db_persist=True)
    cell = models.GeneratedField(
        expression=MapCell("geo"), output_field=models.BigIntegerField(), db_persist=True
    )
    area = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    keeper = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(default=dict)
    words = models.JSONField(default=dict)
    plain = models.TextField(default="")
    search = models.GeneratedField(
        expression=SearchWords("title", "words", "text"), output_field=SearchVector(), db_persist=True
    )
    visibility = models.TextField(default=DRAFT)
    licence = models.TextField(default="CC-BY-4.0")
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["kind", "visibility", "sort", "id"], name="noun_listed"),
            models.Index(fields=["kind", "visibility", "cell"], include=["id", "box"], name="noun_on_map"),
            models.Index(fields=["kind", "visibility", "-changed_at", "-id"], name="noun_newest"),
            models.Index(fields=["keeper", "kind", "sort", "id"], name="noun_kept"),
            GinIndex(fields=["search"], name="noun_search"),
            GinIndex(fields=["plain"], name="noun_plain", opclasses=["gin_trgm_ops"]),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(visibility__in=["public", "internal", "draft"]),
                name="noun_visibility_known",
            ),
        )


class Link(models.Model):
    """A typed link between two nouns: `source` `kind` `target`, read aloud: this project `answers` this need.

    `decided`: only a decision has said so, and it ends if that is taken back.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    source = models.ForeignKey(Noun, on_delete=models.CASCADE, related_name="links_from")
    target = models.ForeignKey(Noun, on_delete=models.CASCADE, related_name="links_to")
    decided = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "kind", "target"], name="link_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="link_to_another"),
        )
        indexes = (models.Index(fields=["target", "kind"], name="link_back"),)


class Undo(models.Model):
    """What somebody did to many nouns at once, with what was there before, so that it can be taken back.

    `what` names the action, `before` holds the former value by noun id, `after` the one that was set: only
    what still has it is taken back.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    account = models.BigIntegerField(db_index=True)
    what = models.TextField()
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField(db_default=models.functions.Now())
    undone_at = models.DateTimeField(null=True)
