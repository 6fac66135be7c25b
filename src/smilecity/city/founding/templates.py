# SPDX-License-Identifier: EUPL-1.2
"""Legal texts to begin with. They promise nothing, and each says that it is still to be checked."""

from collections.abc import Mapping

CHECK_DE = "**Muster. Bitte prüfen, ergänzen und dann diesen Satz löschen.**"
CHECK_EN = "**Template. Please check and complete it, then delete this sentence.**"

BASIS: Mapping[str, Mapping[str, str]] = {
    "imprint": {
        "de": "## Verantwortlich\n\nDie Stadt wird vertreten durch: *bitte eintragen*.\n\n"
        "Zuständig für die Inhalte: *bitte eintragen*.",
        "en": "## Responsible\n\nThe city is represented by: *please fill in*.\n\n"
        "Responsible for the contents: *please fill in*.",
    },
    "privacy": {
        "de": "## Wer verantwortlich ist\n\nVerantwortlich ist die Stadt; ihre Anschrift steht im Impressum.\n\n"
        "Behördliche Datenschutzbeauftragte: *bitte eintragen*.\n\n"
        "## Ihre Rechte\n\nSie können Auskunft, Berichtigung, Löschung und Einschränkung verlangen, der Verarbeitung"
        " widersprechen und Ihre Daten mitnehmen. Beschweren können Sie sich bei der Aufsichtsbehörde:"
        " *bitte eintragen*.",
        "en": "## Who is responsible\n\nThe city is responsible; its address is in the imprint.\n\n"
        "Data protection officer: *please fill in*.\n\n"
        "## Your rights\n\nYou can ask for access, correction, erasure and restriction, object to processing, and take"
        " your data with you. You can complain to the supervisory authority: *please fill in*.",
    },
    "accessibility": {
        "de": "## Diese Erklärung\n\nErstellt am: *bitte eintragen*. Zuletzt geprüft am: *bitte eintragen*.",
        "en": "## This statement\n\nPrepared on: *please fill in*. Last reviewed on: *please fill in*.",
    },
    "enforcement": {
        "de": "Durchsetzungsstelle des Landes: *bitte Namen, Anschrift und E-Mail eintragen*.",
        "en": "Enforcement body of the federal state: *please fill in name, address and e-mail*.",
    },
}


def completed(given: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The given texts; for every page of `BASIS` without one the template, with its warning first."""
    checks = {"de": CHECK_DE, "en": CHECK_EN}
    basis = {
        page: {code: f"{checks[code]}\n\n{text}" for code, text in texts.items()}
        for page, texts in BASIS.items()
    }
    return basis | {page: dict(texts) for page, texts in given.items() if texts}
