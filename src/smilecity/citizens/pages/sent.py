# SPDX-License-Identifier: EUPL-1.2
"""What happens after something was said: the thanks with the short code, and the way back by it."""

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.citizens import reads
from smilecity.citizens.forms import CodeForm
from smilecity.citizens.models import Need
from smilecity.citizens.pages.shown import title
from smilecity.core import nouns
from smilecity.core.limits import Limiter
from smilecity.core.problems import Refusal
from smilecity.people.reads import who_asks

COOKIE = "smile_said"
SECONDS = 900
# So long a page of thanks shows the code again: it is loaded anew, by a hand or where the network was gone on the way.
AGAIN_SECONDS = 60
# Codes that were wrong, a minute and address: twelve letters are mistyped, and guessed by nobody.
_wrong = Limiter(10)


def remember(answer: HttpResponse, need: Need, *, shown: bool = False) -> None:
    """Let the next page of thanks show the code of this need in this browser, and only for a while: once, or shortly."""
    said = f"{need.form} {reads.author_key(need)}"
    answer.set_cookie(
        COOKIE,
        _signer().sign(f"{said} shown" if shown else said),
        max_age=AGAIN_SECONDS if shown else SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SMILE.secure,
    )


def just_said(request: HttpRequest) -> Need | None:
    """The need that `remember` remembers."""
    try:
        form, key, *_shown = _remembered(request).split(" ")
    except (BadSignature, ValueError):
        return None
    return reads.need_at(who_asks(request), UUID(form), key)


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """/say/thanks/: what happens next with what was said; who said it without an account reads the code, once.

    Once is a minute: nobody loses their code because an answer was lost.
    """
    try:
        about = request.GET.get("about", "")
        known = about.isascii() and about.isdigit() and len(about) < 19
        subject = reads.subject(who_asks(request), int(about) if known else None)
    except Refusal:  # it was kept all the same; the way back is all that is missing
        subject = None
    need = just_said(request)
    context = {
        "subject": title(subject),
        "back": nouns.page_address(subject) if subject else "",
        **(of_code(request, need) if need else {}),
    }
    answer = render(request, "citizens/thanks.html", context)
    if need is None and COOKIE in request.COOKIES:
        answer.delete_cookie(COOKIE, samesite="Lax")
    elif need is not None and not _remembered(request).endswith(" shown"):
        remember(answer, need, shown=True)
    return answer


def _remembered(request: HttpRequest) -> str:
    """What the cookie says, as long as it says anything."""
    said, signer = request.COOKIES.get(COOKIE, ""), _signer()
    found = signer.unsign(said, max_age=SECONDS)
    return signer.unsign(said, max_age=AGAIN_SECONDS) if found.endswith(" shown") else found


def of_code(request: HttpRequest, need: Need) -> dict[str, object]:
    """What the thanks say of this need: its page, and for those without an account the code and a picture of it."""
    page = reverse("needs:need", kwargs={"form": need.form})
    if need.account_id is not None:
        return {"page": page}
    whole = f"{_whole(request, page)}?key={reads.author_key(need)}"
    codes = _whole(request, reverse("needs:code")).split("://", 1)[-1]
    return {
        "code": reads.code_of(need.form),
        "qr": _drawn(whole),
        "codes": codes,
        "contact": bool(need.contact),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """/needs/code/: whoever types in their code comes to their need and may do there what its author may."""
    if request.method != "POST":
        return _typed(request, CodeForm(), 200)
    form, address = CodeForm(request.POST), request.META.get("REMOTE_ADDR", "")
    if not _wrong.left(address):
        form.add_error(
            None,
            _("Das waren viele Versuche. Warten Sie eine Minute, und versuchen Sie es dann noch einmal."),
        )
        return _typed(request, form, 429)
    if not form.is_valid():
        return _typed(request, form, 422)
    need = reads.by_code(who_asks(request), form.cleaned_data["code"])
    if need is None:
        _wrong.spend(address)
        form.add_error(
            "code",
            _("Zu diesem Code gibt es hier nichts. Sehen Sie noch einmal nach, ob alle Zeichen stimmen."),
        )
        return _typed(request, form, 422)
    page = reverse("needs:need", kwargs={"form": need.form})
    return redirect(f"{page}?key={reads.author_key(need)}")


def _typed(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    path = [{"title": _("Anliegen"), "url": reverse("needs:list")}, {"title": _("Mit Code ansehen")}]
    return render(request, "citizens/code.html", {"form": form, "path": path}, status=status)


def _whole(request: HttpRequest, path: str) -> str:
    """The address as it stands on paper: the city's own, or if it has set none, the one that was asked."""
    return f"{settings.SMILE.address}{path}" if settings.SMILE.address else request.build_absolute_uri(path)


def _drawn(text: str) -> str:
    """A QR code, dark on white, to be put into the page itself: it holds the key of one person."""
    import segno

    made = segno.make(text, error="m", micro=False)
    return str(made.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="citizens.said")
