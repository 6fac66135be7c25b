# SPDX-License-Identifier: EUPL-1.2
"""What this room announces in the log, and what it is called in a history."""

from django.utils.translation import gettext_lazy as _

from smilecity.core.problems import Sentence

KEY_MADE = "key-made"
KEY_REVOKED = "key-revoked"
ORGANISATION_KEPT = "organisation-kept"
ROLE_GIVEN = "role-given"
ROLE_ENDED = "role-ended"
CONSENT_GIVEN = "consent-given"
CONSENT_WITHDRAWN = "consent-withdrawn"
PERSON_LEFT = "person-left"
# `data`: how many (`count`).
UNCONFIRMED_FORGOTTEN = "unconfirmed-forgotten"
SIGNED_UP = "signed-up"
PROFILE_KEPT = "profile-kept"
EMAIL_CONFIRMED = "email-confirmed"
EMAIL_CHANGED = "email-changed"
PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a verb
PASSKEY_ADDED = "passkey-added"
PASSKEY_REMOVED = "passkey-removed"
PROVIDER_SIGNED_IN = "provider-signed-in"
PROVIDER_LINKED = "provider-linked"
PROVIDER_UNLINKED = "provider-unlinked"
SESSION_ENDED = "session-ended"
# `data` of a webhook: its number (`webhook`); of one that we stopped besides why (`state`) and whose it is (`account`).
WEBHOOK_MADE = "webhook-made"
WEBHOOK_CHANGED = "webhook-changed"
WEBHOOK_PAUSED = "webhook-paused"
WEBHOOK_RESUMED = "webhook-resumed"
WEBHOOK_STOPPED = "webhook-stopped"
WEBHOOK_SECRET_RENEWED = "webhook-secret-renewed"  # noqa: S105 - a verb
WEBHOOK_GONE = "webhook-gone"

# Where a person goes who was told of it, by the name of the address.
GOES_TO = {WEBHOOK_STOPPED: "desk-webhooks"}

KINDS: dict[str, Sentence] = {"organisation": _("Organisationen")}
VERBS: dict[str, Sentence] = {
    KEY_MADE: _("Schlüssel gemacht"),
    KEY_REVOKED: _("Schlüssel widerrufen"),
    ORGANISATION_KEPT: _("Organisation gespeichert"),
    ROLE_GIVEN: _("Rolle gegeben"),
    ROLE_ENDED: _("Rolle beendet"),
    CONSENT_GIVEN: _("Einwilligung gegeben"),
    CONSENT_WITHDRAWN: _("Einwilligung zurückgenommen"),
    PERSON_LEFT: _("Konto gelöscht"),
    UNCONFIRMED_FORGOTTEN: _("Nie bestätigte Konten gelöscht"),
    SIGNED_UP: _("Konto eröffnet"),
    PROFILE_KEPT: _("Angaben zur Person gespeichert"),
    EMAIL_CONFIRMED: _("E-Mail-Adresse bestätigt"),
    EMAIL_CHANGED: _("E-Mail-Adresse geändert"),
    PASSWORD_CHANGED: _("Passwort geändert"),
    PASSKEY_ADDED: _("Passkey hinzugefügt"),
    PASSKEY_REMOVED: _("Passkey entfernt"),
    PROVIDER_SIGNED_IN: _("Mit einem anderen Konto angemeldet"),
    PROVIDER_LINKED: _("Anderes Konto verbunden"),
    PROVIDER_UNLINKED: _("Anderes Konto getrennt"),
    SESSION_ENDED: _("Gerät abgemeldet"),
    WEBHOOK_MADE: _("Webhook eingerichtet"),
    WEBHOOK_CHANGED: _("Webhook geändert"),
    WEBHOOK_PAUSED: _("Webhook angehalten"),
    WEBHOOK_RESUMED: _("Webhook fortgesetzt"),
    WEBHOOK_STOPPED: _("Webhook ruht, weil nichts mehr ankam"),
    WEBHOOK_SECRET_RENEWED: _("Geheimnis eines Webhooks erneuert"),
    WEBHOOK_GONE: _("Webhook gelöscht"),
}
