# SPDX-License-Identifier: EUPL-1.2
"""The inbox, following, and how notices are brought."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smilecity.core import nouns
from smilecity.core.problems import Refusal
from smilecity.people import actions, reads
from smilecity.people.forms.notices import DeliveryForm
from smilecity.people.models import Delivery, PushAddress


@require_safe
@never_cache
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """GET /me/notices/: what concerns me, newest first."""
    who = reads.who_asks(request)
    found = reads.inbox(who, request.GET.get("after", ""))
    context = {
        "lines": [reads.line(who, one) for one in found.items],
        "after": found.after,
        "unread": reads.unread(who),
        "path": [_mine(), {"title": _("Mitteilungen")}],
    }
    return render(request, "people/notices.html", context)


@require_safe
@never_cache
@login_required
def open_notice(request: HttpRequest, number: int) -> HttpResponse:
    """GET /me/notices/12/: goes to what it is about; by this it is read."""
    who = reads.who_asks(request)
    notice = reads.notice(who, number)
    if notice is None:
        raise Refusal("notice.unknown", _("Diese Mitteilung gibt es nicht."), status=404)
    actions.mark_read(who, notice.pk)
    return redirect(reads.line(who, notice).path or "notices")


@require_POST
@login_required
def read(request: HttpRequest) -> HttpResponse:
    """POST /me/notices/read/: one (`notice`) or all have been read."""
    who, number = reads.who_asks(request), request.POST.get("notice", "")
    if number and not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Refusal("notice.unknown", _("Diese Mitteilung gibt es nicht."), status=404)
    count = actions.mark_read(who, int(number) if number else None)
    if not number:
        said = ngettext("%(count)d Mitteilung ist gelesen.", "%(count)d Mitteilungen sind gelesen.", count)
        messages.success(request, said % {"count": count})
    return redirect("notices")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def follow(request: HttpRequest, noun: int) -> HttpResponse:
    """POST /me/follows/12/: follow (`do=follow`) or no more. GET is where signing in leads back to: the page itself."""
    who = reads.who_asks(request)
    if request.method == "POST":
        if request.POST.get("do") == "follow":
            actions.follow(who, noun)
            messages.success(request, _("Sie folgen jetzt. Neues steht in Ihren Mitteilungen."))
        else:
            actions.unfollow(who, noun)
            messages.success(request, _("Sie folgen nicht mehr."))
    found = reads.subject(who, noun)
    return redirect((nouns.page_address(found) if found else "") or "follows")


@require_safe
@never_cache
@login_required
def follows(request: HttpRequest) -> HttpResponse:
    """GET /me/follows/: what I follow, each with a way out."""
    found = reads.followed(reads.who_asks(request), request.GET.get("after", ""))
    language = get_language() or "de"
    context = {
        "followed": [
            {"id": noun.pk, "title": nouns.in_text(noun.title, language), "url": nouns.page_address(noun)}
            for noun in found.items
        ],
        "after": found.after,
        "path": [_mine(), {"title": _("Was ich verfolge")}],
    }
    return render(request, "people/notices_follows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def choices(request: HttpRequest) -> HttpResponse:
    """/me/notices/choices/: how notices are brought."""
    who = reads.who_asks(request)
    wishes = reads.delivery(who)
    form = DeliveryForm(request.POST) if request.method == "POST" else DeliveryForm(initial=_said(wishes))
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_delivery(who, **form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Gespeichert. So machen wir es ab jetzt."))
            return redirect("notice-choices")
    context = {
        "form": form,
        "browsers": [browser_said(one) for one in reads.browsers(who)],
        "push_key": actions.public_key(settings.PUSH_KEY_FILE),
        "path": [
            _mine(),
            {"title": _("Mitteilungen"), "url": reverse("notices")},
            {"title": _("Zustellung")},
        ],
    }
    return render(request, "people/notices_choices.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def browser(request: HttpRequest) -> HttpResponse:
    """POST /me/notices/browser/: this browser takes notices (`endpoint`, `p256dh`, `auth`), or no more (`do=off`)."""
    who, sent = reads.who_asks(request), request.POST
    if sent.get("do") == "off":
        number = sent.get("number", "")
        known = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        actions.drop_browser(who, endpoint=sent.get("endpoint", ""), number=known)
        messages.success(request, _("Dieser Browser bekommt keine Hinweise mehr."))
    else:
        taken = (sent.get(name, "") for name in ("endpoint", "p256dh", "auth"))
        actions.take_browser(who, *taken)
        messages.success(request, _("Dieser Browser bekommt ab jetzt Hinweise."))
    return redirect("notice-choices")


@csrf_exempt  # RFC 8058: mail programs send this form by themselves; the token in the address is the right
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_off(request: HttpRequest, token: str) -> HttpResponse:
    """/notices/off/<token>/: no more mail, without signing in. GET only asks: scanners of mail open every link."""
    done = request.method == "POST"
    if done and not actions.switch_mail_off(token):
        raise Refusal(
            "delivery.unknown-link",
            _("Diesen Link kennen wir nicht."),
            cure=_("Melden Sie sich an. Unter „Mitteilungen“ stellen Sie E-Mails ab."),
            status=404,
        )
    return render(request, "people/notices_off.html", {"done": done})


def browser_said(address: PushAddress) -> dict[str, object]:
    """A browser in the list: whose push service it uses, and since when."""
    return {"id": address.pk, "service": urlsplit(address.endpoint).hostname, "since": address.made_at}


def _said(wishes: Delivery) -> dict[str, object]:
    return {"mail": wishes.mail, "quiet_from": wishes.quiet_from, "quiet_to": wishes.quiet_to}


def _mine() -> dict[str, str]:
    return {"title": _("Mein Konto"), "url": reverse("me")}
