# SPDX-License-Identifier: EUPL-1.2
"""A city's own colours: only such as everyone can read, in the light and in the dark."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Refusal, Sentence

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, level AA

# What stands behind or on the colour in each theme (web/css/theme.css): paper, hued paper, hero, and button text.
AROUND = {
    "accent": ("#fffdf9", "#faf3e8", "#ffedc9", "#ffffff"),
    "accent_dark": ("#1a1613", "#26201b", "#322a24", "#33281a", "#08201c"),
}
THEMES: dict[str, Sentence] = {"accent": _("bei hellem Grund"), "accent_dark": _("bei dunklem Grund")}
USUAL = {"accent": "#0c5d55", "accent_dark": "#83d8c6"}

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def checked(colours: Mapping[str, str]) -> dict[str, str]:
    """The colours in small letters. Refuses unknown names, what is no colour, and what cannot be read."""
    found = {}
    for name, text in colours.items():
        if name not in AROUND:
            raise Refusal(
                "identity.unknown-colour",
                _("Eine Farbe „%(name)s“ gibt es nicht.") % {"name": name[:40]},
                cure=_("Möglich sind: %(names)s.") % {"names": ", ".join(AROUND)},
                field="colours",
            )
        if not isinstance(text, str) or not _HEX.fullmatch(text):
            raise Refusal(
                "identity.no-colour",
                _("Das ist keine Farbe."),
                cure=_("Schreiben Sie sie als # und sechs Zeichen, zum Beispiel %(usual)s.")
                % {"usual": USUAL[name]},
                field=name,
            )
        worst = min(contrast(text, other) for other in AROUND[name])
        if worst < LEAST_CONTRAST:
            raise _hard_to_read(name, worst)
        found[name] = text.lower()
    return found


def _hard_to_read(name: str, worst: float) -> Refusal:
    cures = {
        "accent": _("Nehmen Sie einen dunkleren Ton."),
        "accent_dark": _("Nehmen Sie einen helleren Ton."),
    }
    return Refusal(
        "identity.low-contrast",
        _("Diese Farbe ist %(where)s schlecht zu lesen: Kontrast %(found)s zu 1, nötig sind 4,5 zu 1.")
        % {"where": THEMES[name], "found": f"{int(worst * 10) / 10:.1f}".replace(".", ",")},
        cure=cures[name],
        field=name,
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours as WCAG defines it: from 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def style_sheet(colours: Mapping[str, str]) -> str:
    """The style sheet that puts the city's colours over the usual ones."""
    rules = []
    for name, scheme in (("accent", "light"), ("accent_dark", "dark")):
        if name in colours:
            said = f":root {{ --kern-color-action-default: {colours[name]}; }}"
            rules.append(f"@media (prefers-color-scheme: {scheme}) {{ {said} }}\n")
    return "".join(rules)
