# SPDX-License-Identifier: EUPL-1.2
"""KERN's components as template tags, so that their markup and their ARIA wiring stand in one place.

`{% load smile %}`. The templates are in `core/templates/core/`.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Widget
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from smilecity.core.assets import asset_url
from smilecity.core.problems import Refusal

register = template.Library()

KINDS = ("info", "success", "warning", "danger")
# Django's message levels -> KERN's kinds; whatever is new is information.
LEVELS = {"success": "success", "warning": "warning", "error": "danger"}


@register.simple_tag
def asset(name: str) -> str:
    """`{% asset "app.css" %}` -> `/static/app.4KD2XQ7A.css`."""
    return asset_url(name)


@register.inclusion_tag("core/icon.html")
def icon(name: str, size: str = "") -> dict[str, str]:
    """`{% icon "search" %}`: one of KERN's icons, silent for screen readers. Sizes: small, large, x-large."""
    return {"name": name, "size": size}


@register.inclusion_tag("core/badge.html")
def badge(kind: str, text: str) -> dict[str, str]:
    """`{% badge "success" "Erledigt" %}`: a label with an icon; info, success, warning, danger."""
    return {"kind": _kind(kind), "text": text}


@register.inclusion_tag("core/state.html")
def state(kind: str, text: str) -> dict[str, str]:
    """`{% state "free" "Gerade frei" %}`: how a place is right now: free, busy, closed, unknown."""
    return {"kind": kind, "text": text}


@register.simple_block_tag
def alert(content: str, kind: str, title: str, *, level: int = 2, role: str = "") -> SafeString:
    """`{% alert "warning" "Heute geschlossen" %}<p>...</p>{% endalert %}`; the body may be empty.

    `level` is that of its heading (0: no heading, a plain line); `role="alert"` reads it out at once.
    """
    return _alert(_kind(kind), title, content, level=level, role=role)


@register.simple_tag
def message_alert(message: Any) -> SafeString:
    """One of Django's messages as an alert."""
    kind = LEVELS.get(message.level_tag, "info")
    return _alert(kind, str(message), "", level=0, role="alert" if kind == "danger" else "status")


@register.inclusion_tag("core/refusal.html")
def refusal(problem: Refusal | None) -> dict[str, Refusal | None]:
    """`{% refusal refusal %}`: what a rule said no to, and what to do; nothing if there is none."""
    return {"refusal": problem}


@register.inclusion_tag("core/facts.html")
def facts(items: Iterable[tuple[str, Any]] | Mapping[str, Any], *, column: bool = False) -> dict[str, Any]:
    """`{% facts items %}`: a description list of pairs or a mapping; pairs without a value are left out."""
    pairs = items.items() if isinstance(items, Mapping) else items
    return {"pairs": [(name, value) for name, value in pairs if value not in (None, "")], "column": column}


@register.inclusion_tag("core/more.html", takes_context=True)
def more(context: Context, after: str, list_id: str, *, text: str = "") -> dict[str, str]:
    """`{% more page.after "meldungsliste" %}`: the link to the next page of a list.

    With a script the next rows are appended to `<ul id="meldungsliste">`; put the tag outside the list. It
    renders its frame even at the end of the list, so that the appended answer can replace it.
    """
    query = context["request"].GET.copy()
    query["after"] = after
    text = text or _("Weitere anzeigen")
    return {"after": after, "url": f"?{query.urlencode()}", "list_id": list_id, "text": text}


@register.inclusion_tag("core/live_state.html")
def live_state() -> dict[str, str]:
    """`{% live_state %}`: says whether the page is live or since when it is not; empty without a script."""
    return {}


@register.inclusion_tag("core/city_map.html")
def city_map(src: str, *, label: str = "", base: str = "", live: str = "", **view: str) -> dict[str, Any]:
    """`{% city_map src label=... base=... live=... map_style=... center=... zoom=... bounds=... %}`.

    Put the list with the same content before it. `live` is the address of the stream that announces changes.
    `tiles` is an address of vector tiles, for more places than a list of points should carry.
    """
    attributes = {"src": src, "base": base, "label": label or _("Karte"), "data-live-src": live}
    attributes |= {name.replace("_", "-"): str(value) for name, value in view.items()}
    attributes["texts"] = json.dumps(_map_texts(), ensure_ascii=False)
    return {"attributes": {name: value for name, value in attributes.items() if value}}


@register.inclusion_tag("core/field.html")
def field(bound: BoundField, *, hint: str = "") -> dict[str, Any]:
    """`{% field form.email %}`: label, hint, input and error of a form field, wired by aria-describedby."""
    kind = _control(bound.field.widget)
    hint = hint or str(bound.help_text)
    wrong = bool(bound.errors)
    return {
        "field": bound,
        "kind": kind,
        "hint": hint,
        "control": bound.as_widget(attrs=_attributes(bound, kind, wrong=wrong, hinted=bool(hint))),
        "options": _options(bound, wrong=wrong) if kind == "choices" else [],
    }


@register.inclusion_tag("core/form_fields.html")
def form_fields(form: Any) -> dict[str, Any]:
    """`{% form_fields form %}`: what is wrong as a list of links, then all fields."""
    return {"form": form}


def _kind(kind: str) -> str:
    if kind not in KINDS:
        message = f"{kind!r} is none of KERN's kinds: {', '.join(KINDS)}"
        raise template.TemplateSyntaxError(message)
    return kind


def _alert(kind: str, title: str, body: SafeString | str, *, level: int, role: str) -> SafeString:
    context = {"kind": kind, "title": title, "body": body, "level": level, "role": role}
    return render_to_string("core/alert.html", context)


def _control(widget: Widget) -> str:
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    return "select" if isinstance(widget, Select) else "input"


def _attributes(bound: BoundField, kind: str, *, wrong: bool, hinted: bool) -> dict[str, str | bool]:
    """Our own description ids, because a hint given in the template is unknown to Django."""
    base = "kern-form-check__checkbox" if kind == "checkbox" else f"kern-form-input__{kind}"
    ids = [f"{bound.auto_id}_hint"] * hinted + [f"{bound.auto_id}_error"] * wrong
    attributes: dict[str, str | bool] = {"class": f"{base} {base}--error" if wrong else base}
    if ids:
        attributes["aria-describedby"] = " ".join(ids)
    return attributes


def _options(bound: BoundField, *, wrong: bool) -> list[dict[str, Any]]:
    options = []
    for option in bound.subwidgets:
        base = f"kern-form-check__{option.data['type']}"
        option.data["attrs"]["class"] = f"{base} {base}--error" if wrong else base
        options.append({"id": option.id_for_label, "label": option.choice_label, "tag": option.tag()})
    return options


def _map_texts() -> dict[str, str]:
    return {
        "schematic": _("Schematische Karte"),
        "crowd": _("{n} Orte: näher heran"),
        "Map.Title": _("Karte"),
        "NavigationControl.ZoomIn": _("Karte vergrößern"),
        "NavigationControl.ZoomOut": _("Karte verkleinern"),
        "AttributionControl.ToggleAttribution": _("Quellen der Karte zeigen"),
        "Popup.Close": _("Schließen"),
        "CooperativeGesturesHandler.WindowsHelpText": _("Zum Vergrößern Strg halten und scrollen"),
        "CooperativeGesturesHandler.MacHelpText": _("Zum Vergrößern ⌘ halten und scrollen"),
        "CooperativeGesturesHandler.MobileHelpText": _("Karte mit zwei Fingern bewegen"),
    }
