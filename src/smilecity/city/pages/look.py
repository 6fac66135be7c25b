# SPDX-License-Identifier: EUPL-1.2
"""The city's logo and colours, and the desk's page on which operators change who the city is."""

import base64
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smilecity.city import colours as colouring
from smilecity.city.identity import TEXTS, City, draft, identity, keep_identity, may_keep
from smilecity.city.logo import MOST_BYTES
from smilecity.core.problems import Refusal
from smilecity.people.reads import who_asks

TITLES = {
    "imprint": _later("Impressum"),
    "privacy": _later("Datenschutz"),
    "accessibility": _later("Barrierefreiheit"),
    "enforcement": _later("Durchsetzungsstelle"),
    "rules": _later("Hausregeln"),
}
LANGUAGES = {"de": _later("Deutsch"), "en": _later("Englisch")}


@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """/city/logo?v=...: the drawing, which may do nothing, whoever opens it by itself."""
    city = identity()
    if not city.logo:
        raise Http404
    answer = _for_ever(request, city, HttpResponse(city.logo, content_type=city.logo_type))
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """/city/theme.css?v=...: the city's colours over the usual ones."""
    city = identity()
    sheet = HttpResponse(colouring.style_sheet(city.colours), content_type="text/css; charset=utf-8")
    return _for_ever(request, city, sheet)


def _for_ever(request: HttpRequest, city: City, answer: HttpResponse) -> HttpResponse:
    """An address with this version always means this content; any other may change at once."""
    named = request.GET.get("v") == city.version
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
    return answer


class CityForm(forms.Form):
    """Who the city is. Empty colours are the usual ones."""

    name = forms.CharField(
        label=_later("Name der Stadt"),
        max_length=80,
        error_messages={"required": _later("Die Stadt braucht einen Namen.")},
    )
    contact = forms.CharField(
        label=_later("Anschrift"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_later("Wer diese Seiten verantwortet: Name, Straße, Ort, E-Mail. Steht im Impressum."),
    )
    accent = forms.CharField(
        label=_later("Farbe bei hellem Grund"),
        required=False,
        help_text=_later("Für Schaltflächen und Verweise, zum Beispiel #0c5d55. Leer: die übliche."),
    )
    accent_dark = forms.CharField(
        label=_later("Farbe bei dunklem Grund"),
        required=False,
        help_text=_later("Zum Beispiel #83d8c6. Leer: die übliche."),
    )
    logo = forms.FileField(
        label=_later("Neues Logo"),
        required=False,
        help_text=_later("PNG oder einfaches SVG, höchstens 200 kB. Ohne Datei bleibt das Logo, wie es ist."),
    )
    no_logo = forms.BooleanField(label=_later("Das eigene Logo wegnehmen"), required=False)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for page, title in TITLES.items():
            for code, language in LANGUAGES.items():
                self.fields[f"{page}_{code}"] = forms.CharField(
                    label=f"{title} ({language})", required=False, widget=forms.Textarea(attrs={"rows": 8})
                )

    def said(self) -> dict[str, Any]:
        """What is to be kept, as `keep_identity` takes it."""
        data = self.cleaned_data
        said: dict[str, Any] = {
            "name": data["name"],
            "contact": data["contact"],
            "colours": {name: data[name].strip() for name in colouring.AROUND if data[name].strip()},
            "texts": {page: {code: data[f"{page}_{code}"] for code in LANGUAGES} for page in TEXTS},
        }
        if data["no_logo"]:
            said["logo"] = b""
        elif isinstance(data["logo"], UploadedFile):
            said["logo"] = data["logo"].read(MOST_BYTES + 1)
        return said


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk_city(request: HttpRequest) -> HttpResponse:
    """/desk/city/: name, contact, colours, logo and texts, with a preview before they count."""
    who = who_asks(request)
    if not may_keep(who):
        raise Refusal("identity.not-yours", _("Nur Betreiber ändern den Auftritt der Stadt."), status=403)
    if request.method != "POST":
        return _page(request, CityForm(initial=_initial(identity())), None)
    form = CityForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, None, status=422)
    try:
        if "preview" in request.POST:
            return _page(request, form, draft(**form.said()))
        keep_identity(who, base=form.cleaned_data["version"], **form.said())
    except Refusal as refusal:
        form.add_error(
            refusal.field if refusal.field in form.fields else None,
            f"{refusal.sentence} {refusal.cure}".strip(),
        )
        return _page(request, form, None, status=422 if refusal.status == 400 else refusal.status)
    messages.success(request, _("Gespeichert. So sieht die Stadt jetzt aus."))
    return redirect(request.path)


def _initial(city: City) -> dict[str, str]:
    texts = {f"{p}_{code}": city.texts.get(p, {}).get(code, "") for p in TEXTS for code in LANGUAGES}
    return {
        "name": city.name,
        "contact": city.contact,
        "version": city.version,
        **{name: city.colours.get(name, "") for name in colouring.AROUND},
        **texts,
    }


def _page(request: HttpRequest, form: CityForm, shown: City | None, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "texts": [(title, [form[f"{page}_{code}"] for code in LANGUAGES]) for page, title in TITLES.items()],
        "path": [{"title": _("Schreibtisch"), "url": reverse("desk:today")}, {"title": _("Die Stadt")}],
        "shown": shown,
        "samples": _samples(shown) if shown else [],
        "picture": _picture(shown) if shown else "",
    }
    return render(request, "city/desk_city.html", context, status=status)


def _samples(city: City) -> list[dict[str, str]]:
    """Each theme's colours, for a drawing: the page forbids styles of its own, an SVG's attributes are none."""
    return [
        {
            "title": str(colouring.THEMES[name]),
            "accent": city.colours.get(name, colouring.USUAL[name]),
            "paper": colouring.AROUND[name][0],
            "on": colouring.AROUND[name][-1],
        }
        for name in colouring.AROUND
    ]


def _picture(city: City) -> str:
    if not city.logo:
        return ""
    return f"data:{city.logo_type};base64,{base64.b64encode(city.logo).decode()}"
