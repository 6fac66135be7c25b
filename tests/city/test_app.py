# SPDX-License-Identifier: EUPL-1.2
"""The city as an app: what a phone is told, and which pages a browser may keep."""

import json
import struct
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from smilecity.city.keeping import HEADER
from smilecity.core import nouns
from smilecity.core.assets import asset_url, manifest
from smilecity.places.models import Place
from tests.conftest import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def court() -> Place:
    noun = nouns.put("place", "places/court", {"de": "Platz"}, visibility="public")
    return Place.objects.create(noun=noun, category="sport")


def built(address: str) -> bytes:
    return (Path(settings.STATIC_ROOT) / address.removeprefix(settings.STATIC_URL)).read_bytes()


def test_a_phone_learns_name_colours_and_icons(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    said = json.loads(answer.content)
    assert said["name"]
    assert (said["start_url"], said["scope"], said["display"]) == ("/", "/", "standalone")
    assert {icon["sizes"] for icon in said["icons"]} >= {"192x192", "512x512"}
    assert [icon for icon in said["icons"] if icon.get("purpose") == "maskable"]
    assert 'rel="manifest" href="/manifest.webmanifest"' in client.get("/imprint/").content.decode()


@pytest.mark.parametrize(
    ("name", "size", "whole"), [("icon-192", 192, False), ("icon-maskable-512", 512, True)]
)
def test_an_icon_is_a_picture_of_its_size(name: str, size: int, *, whole: bool) -> None:
    content = built(asset_url(f"{name}.png"))
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", content[16:24]) == (size, size)
    at = content.index(b"IDAT")
    length = struct.unpack(">I", content[at - 4 : at])[0]
    rows = zlib.decompress(content[at + 4 : at + 4 + length])
    assert len(rows) == size * (size * 4 + 1)
    assert struct.unpack(">I", content[at + 4 + length : at + 8 + length])[0] == zlib.crc32(
        content[at : at + 4 + length]
    )
    assert rows[4] == (255 if whole else 0)  # the corner: cut off by the phone, or by us
    middle = (size // 2) * (size * 4 + 1) + 1 + (size // 2) * 4
    assert rows[middle : middle + 4] == bytes([0xFF, 0xC6, 0x40, 255])


def test_the_worker_knows_the_files_of_this_build(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Service-Worker-Allowed"], answer["Cache-Control"]) == ("/", "no-cache")
    first, _, rest = answer.content.decode().partition(";\n")
    shell = json.loads(first.removeprefix("const SHELL="))
    assert "skipWaiting" in rest
    assert shell["offline"] == {
        "": "/offline/",
        "/en/": "/en/offline/",
        "/say/": "/say/offline/",
        "/en/say/": "/en/say/offline/",
    }
    for file in shell["files"]:
        assert client.get(file).status_code == 200 if not file.startswith("/static/") else built(file)
    assert set(shell["files"]) <= set(shell["known"])
    assert len(shell["known"]) > len(manifest())
    assert client.get("/sw.js", headers={"if-none-match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize(("path", "words"), [("/offline/", "kein Netz"), ("/en/offline/", "no network")])
def test_the_offline_page_has_nothing_personal(client: Client, person: Person, path: str, words: str) -> None:
    client.force_login(person("anna"))
    page = client.get(path)
    assert words in page.content.decode()
    assert "/me/" not in page.content.decode()
    assert "Anna" not in page.content.decode()
    assert HEADER not in page


def test_public_pages_may_be_kept_by_readers_without_an_account(client: Client, court: Place) -> None:
    for path in ("/", "/places/", "/places/court/", "/en/places/court/"):
        page = client.get(path)
        assert (page.status_code, page.get(HEADER)) == (200, "yes"), path
        assert not page.cookies


@pytest.mark.parametrize(
    "path",
    [
        "/places/?category=sport",
        "/say/",
        "/account/login/",
        "/offline/",
        "/places/unknown/",
        "/sw.js",
        "/nothing/",
    ],
)
def test_any_other_page_may_not(client: Client, court: Place, path: str) -> None:
    assert HEADER not in client.get(path)


def test_who_is_signed_in_is_told_to_ask_without_the_cookie(
    client: Client, court: Place, person: Person
) -> None:
    client.force_login(person("anna"))
    assert client.get("/places/court/")[HEADER] == "ask"
    for path in ("/me/", "/me/notices/", "/me/notices/choices/", "/desk/"):
        assert HEADER not in client.get(path)


def test_a_draft_is_not_kept_even_by_those_who_may_see_it(client: Client, court: Place) -> None:
    nouns.put("place", "places/court", {"de": "Platz"}, visibility="draft")
    page = client.get("/places/court/")
    assert page.status_code == 404
    assert HEADER not in page


def test_an_answer_that_sets_a_cookie_is_not_kept(client: Client, court: Place) -> None:
    client.cookies["messages"] = "broken"  # Django takes it away again by setting it
    page = client.get("/places/court/")
    assert page.cookies
    assert HEADER not in page
