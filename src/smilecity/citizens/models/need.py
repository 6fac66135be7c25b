# SPDX-License-Identifier: EUPL-1.2
"""What people need, what became of it, and who needs it too."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Now

from smilecity.citizens.models.report import Category
from smilecity.core.fields import NextId
from smilecity.core.models import Noun


class Need(models.Model):
    """What someone said, in their words: they stay private. What everybody reads is title and text of the noun.

    `contact` is personal: its purpose is to answer, it is never shown, and `actions.forget_contacts` deletes
    it in time.
    `form` is the one-time number of the form it came by, so that sending twice keeps one. `account` is who said
    it while signed in. `answer` says what becomes of it, and its author is told; `mailed_at` is when the answer went to
    `contact`, null while it waits for that.

    Closed means decided: `decision` with `answer` as its reason, by the noun `target` (the project, the need it was
    merged into, the organisation it was referred to) or by an authority `outside`. `appealed_at` is when its author
    had it reopened, which happens once. `published_at` is null while nobody else reads of it, and `alike` is then
    empty: the public words, folded, among which near-duplicates are found. `backing` counts the other people in its
    thread; `back` and `less_backed` put lists in order.

    `door` says how it came in; all doors weigh the same. `spot` is where it is meant, exactly ({"type": "Point"}), for
    those who work on it; everybody else reads the noun's `geo`, which is blurred when it is at somebody's home
    (`at_home`), and `where` says it in words. `category` leads to who is responsible and by when (`due_at`, moved by
    hand or reckoned from the category); `worker` is the account that looks after it now. `code` is the digest of the
    short code that was printed or shown to an author without an account. `details` answers what the category asks, by
    its codes. `plain` holds the public words in plain language, by language. `receipt` says whether `contact` is told
    that it came; letters have one of their own.
    """

    KINDS = ("wish", "problem", "idea", "praise", "correction", "question")
    DOORS = ("web", "kiosk", "email", "phone", "paper", "table", "open311")
    NEW, OPEN, IN_PROGRESS, ANSWERED = "new", "open", "in_progress", "answered"
    CLOSED, REOPENED = "closed", "reopened"
    OWED = (NEW, OPEN, IN_PROGRESS, REOPENED)
    ACCEPTED, MERGED, REFUSED, REFERRED, SETTLED = "accepted", "merged", "refused", "referred", "answered"
    DONE = "done"
    RECEIPT_OWED, RECEIPT_SENT = "owed", "sent"

    noun = models.OneToOneField(Noun, primary_key=True, on_delete=models.CASCADE)
    kind = models.TextField()
    words = models.TextField()
    contact = models.EmailField(default="", blank=True)
    language = models.TextField()
    form = models.UUIDField(unique=True)
    said_at = models.DateTimeField(db_default=Now())
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.TextField(default=NEW)
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="")
    mailed_at = models.DateTimeField(null=True)
    decision = models.TextField(default="", db_default="")
    target = models.ForeignKey(Noun, null=True, on_delete=models.SET_NULL, related_name="+")
    outside = models.TextField(default="", db_default="")
    appealed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    alike = models.TextField(default="", db_default="")
    backing = models.PositiveIntegerField(default=0, db_default=0)
    door = models.TextField(default="web", db_default="web")
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    spot = models.JSONField(null=True)
    at_home = models.BooleanField(default=False, db_default=False)
    where = models.TextField(default="", db_default="")
    due_at = models.DateTimeField(null=True)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    code = models.TextField(default="", db_default="")
    details = models.JSONField(default=dict, db_default={})
    plain = models.JSONField(default=dict, db_default={})
    receipt = models.TextField(default="", db_default="")
    back = models.GeneratedField(
        expression=models.Value(0) - models.F("noun_id"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    less_backed = models.GeneratedField(
        expression=models.Value(0) - models.F("backing"), output_field=models.IntegerField(), db_persist=True
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=["wish", "problem", "idea", "praise", "correction", "question"]),
                name="need_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["new", "open", "in_progress", "answered", "closed", "reopened"]
                ),
                name="need_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    decision__in=["", "accepted", "done", "merged", "refused", "referred", "answered"]
                ),
                name="need_decision_known",
            ),
            models.CheckConstraint(
                condition=models.Q(door__in=["web", "kiosk", "email", "phone", "paper", "table", "open311"]),
                name="need_door_known",
            ),
            models.CheckConstraint(
                condition=models.Q(receipt__in=["", "owed", "sent"]), name="need_receipt_known"
            ),
            models.CheckConstraint(
                condition=models.Q(~models.Q(answer=""), ~models.Q(decision=""), state="closed")
                | models.Q(~models.Q(state="closed"), decision=""),
                name="need_closed_with_reason",
            ),
        )
        indexes = (
            models.Index(fields=["state", "said_at", "noun"], name="need_waiting"),
            models.Index(
                fields=["answered_at"],
                name="need_unmailed",
                condition=models.Q(mailed_at__isnull=True, answered_at__isnull=False),
            ),
            models.Index(fields=["said_at"], name="need_said"),
            models.Index(fields=["noun"], name="need_receipt_owed", condition=models.Q(receipt="owed")),
            models.Index(fields=["code"], name="need_of_code", condition=~models.Q(code="")),
            models.Index(fields=["category", "said_at", "noun"], name="need_of_category"),
            models.Index(
                fields=["due_at", "noun"],
                name="need_due",
                condition=models.Q(due_at__isnull=False) & ~models.Q(state="closed"),
            ),
            models.Index(
                fields=["worker", "noun"], name="need_worked_on", condition=models.Q(worker__isnull=False)
            ),
            models.Index(fields=["answered_at"], name="need_decided", condition=models.Q(state="closed")),
            models.Index(fields=["back"], name="need_newest", condition=models.Q(published_at__isnull=False)),
            models.Index(
                fields=["kind", "noun"],
                name="need_on_map",
                condition=models.Q(published_at__isnull=False) & ~models.Q(decision="merged"),
            ),
            models.Index(
                fields=["less_backed", "back"],
                name="need_most_backed",
                condition=models.Q(published_at__isnull=False),
            ),
            GinIndex(
                fields=["alike"], name="need_alike", opclasses=["gin_trgm_ops"], condition=~models.Q(alike="")
            ),
            GinIndex(
                SearchVector("alike", config="german"), name="need_stems", condition=~models.Q(alike="")
            ),
        )


class NeedStep(models.Model):
    """One step on a need's way: who (a label) brought it into which state when, and the sentence to it.

    `decision` is that of a closing step; `from_organisation` and `to_organisation` tell of a handing on. An `internal`
    step is a note for those who work on the need; all others are read by whoever reads the need.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(db_default=Now())
    by = models.TextField()
    state = models.TextField()
    decision = models.TextField(default="")
    sentence = models.TextField(default="")
    from_organisation = models.ForeignKey(Noun, null=True, on_delete=models.SET_NULL, related_name="+")
    to_organisation = models.ForeignKey(Noun, null=True, on_delete=models.SET_NULL, related_name="+")
    internal = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["need", "at", "id"], name="need_steps"),)


class Support(models.Model):
    """That a person needs it too. Purpose: to count them; who they are is shown to nobody."""

    id = models.BigAutoField(primary_key=True)
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="supports")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["need", "account"], name="support_once"),)


class NeedPhoto(models.Model):
    """A picture to a need, made anew from what was uploaded: no EXIF, WebP; `small` 480 px, `full` at most 1600 px.

    Only those who read the need's words see it until somebody has looked for faces and plates and let everybody see it
    (`shown`). `digest` is that of `full`, so that the same picture is kept once.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="photos")
    alt = models.TextField(default="")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    full = models.BinaryField()
    small = models.BinaryField()
    digest = models.TextField()
    shown = models.BooleanField(default=False)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["need", "digest"], name="need_photo_once"),)
