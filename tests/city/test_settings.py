# SPDX-License-Identifier: EUPL-1.2
"""Every setting has a sentence, and a wrong one explains itself."""

from dataclasses import fields
from pathlib import Path

import pytest

from smilecity.city.settings import Settings
from smilecity.core.problems import Refusal

WRONG = {
    "SMILE_PORT": ["0", "65536", "eighty", "-1", "8000.0", "１２"],
    "DATABASE_URL": ["sqlite:///x", "localhost", "mysql://secret@host/x"],
    "SMILE_ADDRESS": ["smile.example.org", "ftp://x", "https://", "https://x/city", "https://x/?a=1"],
    "SMILE_PROXIES": ["10.0.0.0/33", "proxy.example", "10.0.0.1;10.0.0.2"],
    "SMILE_METRICS_FROM": ["everyone"],
    "SMILE_TIME_ZONE": ["Mars/Olympus", "../../etc/passwd", "Europe"],
    "SMILE_STATE": ["XX", "mv", "Bayern"],
    "SMILE_LANGUAGES": ["en", "en,de", "de,tlh", ","],
    "SMILE_MAP_STYLE": ["https://tiles.example/style.json", "style.json"],
    "SMILE_FEW_BELOW": ["0", "101", "few"],
    "SMILE_BODY_LIMIT": ["1023", "0x400", "1e6"],
    "SMILE_UPLOAD_LIMIT": ["1023", "15MB"],
    "SMILE_MINIMUM_AGE": ["-1", "121", "adult"],
    "SMILE_OIDC_URL": ["login.example.org", "http://login.example.org", "https://login.example.org/?a=1"],
    "SMILE_WRITES_A_MINUTE": ["0", "many"],
    "SMILE_UPLINK_DAYS": ["0", "4000"],
    "SMILE_CONTACT_DAYS": ["0", "4000"],
    "SMILE_SAY_WITHOUT_ACCOUNT": ["maybe", "1"],
    "SMILE_KIOSK": ["on", "YES"],
    "SMILE_PULSE_WITHOUT_ACCOUNT": ["maybe", "1"],
    "SMILE_OPEN311_WRITE": ["yes", "KEY"],
    "SMILE_MODERATION": ["never", "1"],
    "SMILE_HIDE_AFTER_REPORTS": ["-1", "1001", "three"],
    "SMILE_MAIL": [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://host:0",
        "smtp://host:99999",
        "smtp://host/path",
        "smtp://host?tls=maybe",
        "smtp://host?starttls=1",
    ],
    "SMILE_MAIL_FROM": ["stadt", "a b@c@d", "Stadt <stadt@example.org>\nBcc: x@example.org"],
    "SMILE_MQTT": [
        "localhost",
        "http://host",
        "mqtt://",
        "mqtt://host:99999",
        "mqtt://host?tls=1",
        "mqtt://host/+",
    ],
    "SMILE_MQTT_PORT": ["0", "65536"],
    "SMILE_MQTT_TOPICS": ["Things", "v1.1/Things;Datastreams(5)"],
    "SMILE_REACH": ["10.0.0.0/33", "http://broker.example", "two names"],
    "SMILE_LETTERS": [
        "mail.example.org",
        "imap://user:secret@host/INBOX",
        "imaps://host/INBOX",
        "imaps://user:secret@host:99999/INBOX",
        'imaps://user:secret@host/IN"BOX',
        "imaps://user:secret@host/INBOX?x=1",
    ],
    "SMILE_LETTERS_ADDRESS": ["stadt", "a b@c", "Stadt <stadt@example.org>", "a@b,c@d"],
    "SMILE_LETTERS_SERVER": ["mail server", "mail;x"],
    "SMILE_SMS_URL": ["sms.example.org", "ftp://sms.example.org", "https://"],
    "SMILE_SMS_TOKEN": ["two words", "wörter"],
    "SMILE_LOG": ["loud"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_wrong_setting_explains_itself(name: str, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        Settings.read({name: text})
    refusal = refused.value
    (setting,) = [one for one in fields(Settings) if one.metadata["name"] == name]
    assert refusal.code == f"settings.{setting.name}"
    assert refusal.field == name
    assert name in str(refusal.sentence)
    assert "must be " in str(refusal.sentence)
    assert setting.metadata["says"] in str(refusal.cure)


def test_a_secret_is_not_shown() -> None:
    with pytest.raises(Refusal) as refused:
        Settings.read({"DATABASE_URL": "mysql://alice:hunter2@host/x"})
    assert "hunter2" not in str(refused.value)
    with pytest.raises(Refusal) as refused:
        Settings.read({"SMILE_MAIL": "smtp://alice:hunter2@host:99999"})
    assert "hunter2" not in str(refused.value)
    with pytest.raises(Refusal) as refused:
        Settings.read({"SMILE_MQTT": "mqtt://alice:hunter2@host:99999"})
    assert "hunter2" not in str(refused.value)


def test_every_setting_has_a_name_and_a_sentence() -> None:
    names = [one.metadata["name"] for one in fields(Settings)]
    assert len(set(names)) == len(names)
    for one in fields(Settings):
        assert one.metadata["name"] == "DATABASE_URL" or one.metadata["name"].startswith("SMILE_")
        assert one.metadata["says"].endswith(".")


def test_every_setting_that_can_be_wrong_is_tried_here() -> None:
    oidc = {"SMILE_OIDC_NAME", "SMILE_OIDC_CLIENT", "SMILE_OIDC_SECRET"}
    free = {"SMILE_DATA", "SMILE_POSTGRES", "SMILE_HOST", *oidc}
    assert {one.metadata["name"] for one in fields(Settings)} == free | set(WRONG)


def test_nothing_need_be_set_and_an_empty_one_is_not_set() -> None:
    assert Settings.read({}) == Settings.read({"SMILE_PORT": "", "SMILE_LOG": ""}) == Settings()
    assert (Settings().port, Settings().secure, Settings().data) == (8000, False, None)


def test_right_ones_are_read() -> None:
    settings = Settings.read(
        {
            "SMILE_DATA": "/srv/smile",
            "SMILE_PORT": "80",
            "SMILE_ADDRESS": "https://smile.example.org/",
            "SMILE_PROXIES": "10.0.0.2, 2001:db8::/64,",
            "SMILE_TIME_ZONE": "Europe/Lisbon",
        }
    )
    assert (settings.data, settings.port, settings.secure) == (Path("/srv/smile"), 80, True)
    assert settings.address == "https://smile.example.org"
    assert [str(one) for one in settings.proxies] == ["10.0.0.2/32", "2001:db8::/64"]
    assert settings.zone.key == "Europe/Lisbon"
