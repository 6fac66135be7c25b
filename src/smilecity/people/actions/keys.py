# SPDX-License-Identifier: EUPL-1.2
"""Keys of machines: made, shown once, revoked."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from smilecity.core import clock, log
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.people import facts, rights, rules
from smilecity.people.models import ApiKey


def make_key(who: Who, name: str, scopes: Iterable[str]) -> tuple[ApiKey, str]:
    """Make a key and return it with its text, which cannot be had again. Lock: the unique name."""
    _keeper(who)
    wanted = sorted(set(scopes))
    if not wanted or set(wanted) - set(ApiKey.SCOPES):
        raise Refusal(
            "key.unknown-scope",
            _("Ein Schlüssel braucht einen Zweck, den es gibt."),
            cure=_("Möglich sind: %(scopes)s.") % {"scopes": ", ".join(ApiKey.SCOPES)},
            field="scopes",
        )
    text = rules.new_key()
    try:
        with transaction.atomic():
            key = ApiKey.objects.create(name=name, digest=rules.digest(text), scopes=wanted)
            log.append(who, facts.KEY_MADE, about=[key.id], data={"key": key.id, "scopes": wanted})
    except IntegrityError as error:
        raise Refusal(
            "key.name-taken",
            _("Einen Schlüssel mit diesem Namen gibt es schon."),
            cure=_("Wählen Sie einen anderen Namen, oder widerrufen Sie den alten Schlüssel zuerst."),
            field="name",
            status=409,
        ) from error
    return key, text


def revoke_key(who: Who, name: str) -> None:
    """End a key: from the commit on it opens nothing; processes that remember it forget it by the log.

    Lock: the key's row. Revoking a revoked key changes nothing.
    """
    _keeper(who)
    with transaction.atomic():
        key = ApiKey.objects.select_for_update().filter(name=name).first()
        if key is None:
            raise Refusal(
                "key.unknown", _("Einen Schlüssel mit diesem Namen gibt es nicht."), status=404, field="name"
            )
        if key.revoked_at is None:
            key.revoked_at = clock.now()
            key.save(update_fields=["revoked_at"])
            log.append(who, facts.KEY_REVOKED, about=[key.id], data={"key": key.id})


def _keeper(who: Who) -> None:
    if not rights.may_keep_keys(who):
        raise Refusal("key.not-yours", _("Nur Betreiber verwalten Schlüssel."), status=403)
