# SPDX-License-Identifier: EUPL-1.2
"""What a person's own pages show, and what registering must know."""

import secrets

from django.urls import reverse

from smilecity.core import nouns
from smilecity.core.models import Noun
from smilecity.core.who import Who
from smilecity.people.models import Account
from smilecity.people.rules import pseudonyms

_TRIES = 12


def shapes_of_organisations() -> set[str]:
    """How the titles of all organisations look, hidden ones too: no person may look like one."""
    titles = Noun.objects.filter(kind="organisation").values_list("title", flat=True)
    return {pseudonyms.shape(text) for title in titles for text in title.values()}


def free_pseudonym() -> str:
    """A friendly pseudonym that nobody has right now. It is kept for nobody: only registering does that."""
    tries = [pseudonyms.suggested(secrets.choice, secrets.randbelow) for _ in range(_TRIES)]
    shapes = [pseudonyms.shape(one) for one in tries]
    taken = set(Account.objects.filter(pseudonym_shape__in=shapes).values_list("pseudonym_shape", flat=True))
    return next((one for one, shape in zip(tries, shapes, strict=True) if shape not in taken), "")


def districts(who: Who, language: str) -> list[tuple[int, str]]:
    """The areas a person can call home: id and name, by name; the larger ones only where there are no smaller."""
    areas = (
        Noun.objects.filter(nouns.sees(who), kind="area").order_by("sort").values("id", "title", "area_id")
    )
    rows = list(areas.filter(facts__level="district")) or list(areas)
    return [(row["id"], nouns.in_text(row["title"], language)) for row in rows]


def has_home(who: Who) -> bool:
    """Whether this person has said in which area they live; which one is not told."""
    return who.account is not None and Account.objects.filter(pk=who.account, home__isnull=False).exists()


def password_link(account: Account) -> str:
    """The path by which this person sets a password once: it ends with its first use, and after three days."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    key = default_token_generator.make_token(account)
    return reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(account), "key": key}
    )
