# SPDX-License-Identifier: EUPL-1.2
"""What is mine: the first page after signing in, and what I say of myself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.core.nouns import in_text, page_address
from smilecity.core.problems import Refusal, Sentence
from smilecity.people import reads
from smilecity.people.actions.accounts import keep_profile
from smilecity.people.forms.accounts import ProfileForm
from smilecity.people.models import Account
from smilecity.people.reads import accounts
from smilecity.people.rules.roles import ROLES

# What leads on from "mine": (address, title, sentence); an address that a node does not have is left out.
WAYS: tuple[tuple[str, Sentence, Sentence], ...] = (
    ("my-profile", gettext_lazy("Meine Angaben"), gettext_lazy("Pseudonym, Name, Sprache und Stadtteil.")),
    ("notices", gettext_lazy("Mitteilungen"), gettext_lazy("Was es Neues für Sie gibt.")),
    (
        "notice-choices",
        gettext_lazy("Wie wir Sie benachrichtigen"),
        gettext_lazy("E-Mail, Gerät und Ruhezeiten."),
    ),
    ("bookings:list", gettext_lazy("Meine Buchungen"), gettext_lazy("Ansehen, verschieben, absagen.")),
    ("doors:mine", gettext_lazy("Meine Türen"), gettext_lazy("Wann Ihr Verein Sie einlässt, und öffnen.")),
    ("needs:mine", gettext_lazy("Meine Anliegen"), gettext_lazy("Was Sie gesagt haben und was daraus wird.")),
    (
        "my-consents",
        gettext_lazy("Meine Einwilligungen"),
        gettext_lazy("Wozu Sie Ja gesagt haben, und wie Sie es zurücknehmen."),
    ),
    ("my-data", gettext_lazy("Was wir über Sie wissen"), gettext_lazy("Ansehen, herunterladen, löschen.")),
)
DOORS: tuple[tuple[str, Sentence, Sentence], ...] = (
    ("account_email", gettext_lazy("E-Mail-Adresse"), gettext_lazy("Ansehen und ändern.")),
    ("account_change_password", gettext_lazy("Passwort"), gettext_lazy("Setzen und ändern.")),
    ("mfa_list_webauthn", gettext_lazy("Passkeys"), gettext_lazy("Anmelden mit Fingerabdruck, Gesicht oder PIN.")),
    ("usersessions_list", gettext_lazy("Angemeldete Geräte"), gettext_lazy("Wo Sie angemeldet sind.")),
)  # fmt: skip


@never_cache
@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """GET /me/: who I am here, and the ways to everything that is mine."""
    doors = [*DOORS, *_elsewhere()]
    context = {
        "roles": _roles(request),
        "sections": [
            {"title": _("Was mir gehört"), "ways": _ways(WAYS)},
            {"title": _("Anmelden und Sicherheit"), "ways": _ways(doors)},
        ],
    }
    return render(request, "people/me.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """/me/profile/: what others see of me, what nobody sees, and where I am at home."""
    account = request.user
    assert isinstance(account, Account)
    who = reads.who_asks(request)
    homes = accounts.districts(who, get_language() or settings.LANGUAGE_CODE)
    said: dict[str, Any] = {
        "pseudonym": account.pseudonym,
        "real_name": account.real_name,
        "language": account.language,
        "home": account.home_id or "",
    }
    form = ProfileForm(request.POST or None, initial=said, homes=homes, own=account.pseudonym)
    if request.method != "POST":
        return _profile(request, form, 200)
    if not form.is_valid():
        return _profile(request, form, 422)
    try:
        kept = keep_profile(who, **form.cleaned_data)
    except Refusal as refusal:
        form.show(refusal)
        return _profile(request, form, refusal.status)
    with translation.override(kept.language):
        messages.success(request, _("Ihre Angaben sind gespeichert."))
        return redirect("me")


def _profile(request: HttpRequest, form: ProfileForm, status: int) -> HttpResponse:
    path = [{"title": _("Mein Konto"), "url": reverse("me")}, {"title": _("Meine Angaben")}]
    return render(request, "people/profile.html", {"form": form, "path": path}, status=status)


def _ways(ways: Any) -> list[dict[str, Any]]:
    return [
        {"url": address, "title": title, "sentence": sentence}
        for name, title, sentence in ways
        if (address := _address(name))
    ]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _elsewhere() -> list[tuple[str, Sentence, Sentence]]:
    if not settings.SMILE.oidc_url:
        return []
    sentence = _("Verbinden oder trennen: %(name)s.") % {"name": settings.SMILE.oidc_name}
    return [("socialaccount_connections", _("Konto bei einem anderen Anbieter"), sentence)]


def _roles(request: HttpRequest) -> list[dict[str, Any]]:
    language = get_language() or settings.LANGUAGE_CODE
    return [
        {
            "role": ROLES[held.role].title,
            "organisation": in_text(held.organisation.noun.title, language),
            "url": page_address(held.organisation.noun),
            "area": in_text(held.area.title, language) if held.area else "",
            "since": held.given_at,
        }
        for held in reads.my_roles(reads.who_asks(request))
    ]
