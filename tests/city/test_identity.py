# SPDX-License-Identifier: EUPL-1.2
"""Whose node this is: who may change it, what is refused, how it is remembered, and how it looks."""

import io
import struct
import threading
import zlib
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from smilecity.city import colours, identity, logo, prose
from smilecity.city.models import Identity
from smilecity.core.models import LogEntry
from smilecity.core.problems import Refusal
from smilecity.core.who import NODE, Who

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4" fill="#ffc640"/></svg>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'

UNSAFE = {
    "script": SVG.format("<script>alert(1)</script>"),
    "handler": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "link": SVG.format('<a href="https://evil.example"><path d="M0 0"/></a>'),
    "outside": SVG.format('<use xlink:href="https://evil.example/x.svg#a"/>'),
    "data": SVG.format('<use href="data:image/svg+xml;base64,AAAA"/>'),
    "image": SVG.format('<image href="/private.png"/>'),
    "foreign": SVG.format("<foreignObject><p>hello</p></foreignObject>"),
    "import": SVG.format("<style>@import url(https://evil.example)</style>"),
    "style": SVG.format('<path style="fill:url(https://evil.example)"/>'),
    "escape": SVG.format(r'<path style="fill:\75rl(https://evil.example)"/>'),
    "animation": SVG.format('<set attributeName="href" to="javascript:alert(1)"/>'),
    "entities": '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
}
UNREADABLE = {
    "nothing": b"hello",
    "html": b"<html><body>hello</body></html>",
    "half": DRAWING[:40],
    "gif": b"GIF89a\x01\x01",
    "broken png": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "other xml": b"<svg/>",
}


def png(width: int, height: int, *, said: tuple[int, int] | None = None) -> bytes:
    """A grey PNG; `said` is the size its head claims."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", *(said or (width, height)), 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(width) for _ in range(height))
    text = chunk(b"tEXt", b"Author\0Somebody")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + text
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def asked(db: None) -> Iterator[None]:
    """The database is asked again, as in a running node."""
    identity.forget()
    yield
    identity.forget()


@pytest.mark.django_db
def test_only_operators_and_the_node_change_it(anyone: Who, alice: Who, bob: Who, olga: Who) -> None:
    for who in (anyone, alice, bob):
        with pytest.raises(Refusal) as refused:
            identity.keep_identity(who, name="Meins")
        assert (refused.value.code, refused.value.status) == ("identity.not-yours", 403)
    assert not identity.exists()
    assert identity.keep_identity(olga, name="Neustadt").name == "Neustadt"
    assert identity.keep_identity(NODE, contact="Markt 1").name == "Neustadt"
    entries = list(LogEntry.objects.filter(verb="identity-kept").order_by("id"))
    assert [entry.data for entry in entries] == [{"fields": ["name"]}, {"fields": ["contact"]}]


@pytest.mark.django_db
def test_the_first_time_needs_a_name_and_what_is_not_given_stays(olga: Who) -> None:
    with pytest.raises(Refusal) as refused:
        identity.keep_identity(olga, contact="Markt 1")
    assert refused.value.code == "identity.no-name"
    assert not identity.exists()
    identity.keep_identity(olga, name=" Neu  Stadt ", logo=DRAWING, texts={"imprint": {"de": "A", "en": "B"}})
    identity.keep_identity(olga, texts={"privacy": {"de": "C", "en": " "}})
    row = Identity.objects.get()
    assert (row.name, row.logo_type) == ("Neu Stadt", "image/svg+xml")
    assert row.texts == {"imprint": {"de": "A", "en": "B"}, "privacy": {"de": "C"}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("no-name", {"name": " "}),
        ("name-too-long", {"name": "x" * 81}),
        ("name-too-long", {"name": "Neu\u202estadt"}),
        ("contact-too-long", {"contact": "x" * 1001}),
        ("unknown-colour", {"colours": {"red": "#ff0000"}}),
        ("no-colour", {"colours": {"accent": "red"}}),
        ("no-colour", {"colours": {"accent": "#0c5d55; } body { display: none"}}),
        ("low-contrast", {"colours": {"accent": "#83d8c6"}}),
        ("low-contrast", {"colours": {"accent_dark": "#0c5d55"}}),
        ("logo-too-large", {"logo": b"x" * 200_001}),
        ("unknown-text", {"texts": {"news": {"de": "x"}}}),
        ("text-too-long", {"texts": {"imprint": {"de": "x" * 50_001}}}),
    ],
)
def test_what_will_not_do_is_refused_with_a_code_and_nothing_is_kept(
    code: str, said: dict[str, object]
) -> None:
    with pytest.raises(Refusal) as refused:
        identity.keep_identity(NODE, **{"name": "Neustadt", **said})  # type: ignore[arg-type]
    assert refused.value.code == f"identity.{code}"
    assert str(refused.value.sentence)
    assert not identity.exists()


@pytest.mark.django_db
def test_who_writes_over_somebody_elses_change_is_told(olga: Who) -> None:
    first = identity.keep_identity(olga, name="Neustadt")
    identity.keep_identity(olga, base=first.version, contact="Markt 1")
    with pytest.raises(Refusal) as refused:
        identity.keep_identity(olga, base=first.version, contact="Markt 2")
    assert (refused.value.code, refused.value.status) == ("identity.changed", 409)
    assert Identity.objects.get().contact == "Markt 1"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_the_same_version_one_wins(olga: Who) -> None:
    version = identity.keep_identity(olga, name="Neustadt").version
    codes: list[str] = []
    start = threading.Barrier(2)

    def change(contact: str) -> None:
        start.wait()
        try:
            identity.keep_identity(olga, base=version, contact=contact)
            codes.append("kept")
        except Refusal as refusal:
            codes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(text,)) for text in ("Markt 1", "Markt 2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["identity.changed", "kept"]


def test_a_drawing_stays_a_drawing() -> None:
    drawn, kind = logo.checked(DRAWING)
    assert kind == "image/svg+xml"
    assert b"circle" in drawn
    inkscape = SVG.format(
        '<metadata>who drew it</metadata><g xmlns:i="urn:i" i:label="x"><path d="M0 0"/></g>'
    )
    kept = logo.checked(inkscape.encode())[0]
    assert b"path" in kept
    assert b"who drew it" not in kept
    assert b"label" not in kept
    assert logo.checked(b"") == (b"", "")


@pytest.mark.parametrize("name", UNSAFE)
def test_a_logo_that_is_more_than_a_drawing_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        logo.checked(UNSAFE[name].encode())
    assert refused.value.code == "identity.logo-unsafe"
    assert refused.value.field == "logo"


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_picture_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        logo.checked(UNREADABLE[name])
    assert refused.value.code == "identity.logo-unreadable"


def test_a_png_is_written_anew_and_a_bomb_is_not_opened() -> None:
    from PIL import Image

    kept, kind = logo.checked(png(600, 300))
    assert kind == "image/png"
    assert b"Somebody" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert max(picture.size) == 512
    with pytest.raises(Refusal) as refused:
        logo.checked(png(10, 10, said=(60_000, 60_000)))
    assert refused.value.code in ("identity.logo-too-large", "identity.logo-unreadable")


def test_a_deep_or_endless_drawing_is_refused() -> None:
    for content in ("<g>" * 4_000 + "</g>" * 4_000, '<path d="M0 0"/>' * 6_000):
        with pytest.raises(Refusal) as refused:
            logo.checked(SVG.format(content).encode())
        assert refused.value.code in ("identity.logo-too-large", "identity.logo-unreadable")


hexes = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(hexes, hexes)
def test_contrast_is_as_wcag_says(one: str, other: str) -> None:
    assert 1 <= colours.contrast(one, other) <= 21
    assert colours.contrast(one, other) == colours.contrast(other, one)
    assert colours.contrast(one, one) == 1
    assert round(colours.contrast("#000000", "#ffffff"), 9) == 21
    assert round(colours.contrast("#777777", "#ffffff"), 2) == 4.48


@given(hexes)
def test_a_colour_that_is_taken_can_be_read_on_everything_around_it(colour: str) -> None:
    for name, around in colours.AROUND.items():
        try:
            colours.checked({name: colour})
        except Refusal as refusal:
            assert refusal.code == "identity.low-contrast"
            assert min(colours.contrast(colour, other) for other in around) < 4.5
        else:
            assert min(colours.contrast(colour, other) for other in around) >= 4.5


def test_the_usual_colours_pass_their_own_rule() -> None:
    assert colours.checked(colours.USUAL) == colours.USUAL


@given(st.text(max_size=300))
def test_markdown_never_becomes_anything_but_text(text: str) -> None:
    shown = prose.html(text).lower()
    for forbidden in ("<script", "<img", "<iframe", "<style", 'javascript:"', "<h1", 'onerror="'):
        assert forbidden not in shown


def test_headings_stand_below_the_pages_own() -> None:
    shown = prose.html("# A\n\n#### B\n\n## C\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))")
    assert [tag for tag in ("<h2>A", "<h3>B", "<h3>C") if tag in shown] == ["<h2>A", "<h3>B", "<h3>C"]
    assert "<script" not in shown
    assert "href" not in shown


@pytest.mark.usefixtures("asked")
def test_pages_carry_name_logo_colours_and_texts(client: Client) -> None:
    city = identity.keep_identity(
        NODE,
        name="Neustadt am See",
        contact="Stadt Neustadt\nMarkt 1",
        colours={"accent": "#7A1F5C"},
        logo=DRAWING,
        texts={"imprint": {"de": "# Vertretung\n\nDie Bürgermeisterin."}},
    )
    page = client.get("/imprint/").content.decode()
    assert "<title>Impressum – Neustadt am See</title>" in page
    assert "Markt 1" in page
    assert "<h2>Vertretung</h2>" in page
    assert f'href="{city.theme_url}"' in page
    assert f'src="{city.logo_url}"' in page
    assert client.get("/en/imprint/").content.decode().count("Vertretung") == 1

    theme = client.get(city.theme_url)
    assert theme.content.decode() == (
        "@media (prefers-color-scheme: light) { :root { --kern-color-action-default: #7a1f5c; } }\n"
    )
    assert theme["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/city/theme.css?v=old")["Cache-Control"] == "no-cache"
    picture = client.get(city.logo_url)
    assert picture["Content-Type"] == "image/svg+xml"
    assert "sandbox" in picture["Content-Security-Policy"]


@pytest.mark.usefixtures("asked")
def test_a_node_without_an_identity_has_the_usual_look(client: Client) -> None:
    page = client.get("/imprint/").content.decode()
    assert "Smile City" in page
    assert "/city/theme.css" not in page
    assert client.get("/city/logo").status_code == 404


@pytest.mark.usefixtures("asked")
def test_a_change_elsewhere_is_seen_after_a_moment_and_not_asked_for_all_the_time(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable[..., object]
) -> None:
    identity.keep_identity(NODE, name="Neustadt")
    assert identity.identity().name == "Neustadt"
    Identity.objects.update(name="Altstadt", changed_at="2030-01-01T00:00:00Z")  # another process
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        assert identity.identity().name == "Neustadt"
    monkeypatch.setattr(identity, "LOOK_SECONDS", 0.0)
    assert identity.identity().name == "Altstadt"
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert identity.identity().name == "Altstadt"


SAID = {"name": "Neustadt", "contact": "", "accent": "", "accent_dark": ""}


@pytest.fixture
def operator(person: Callable[..., object], organisation: Callable[..., object], client: Client) -> Client:
    """Signed in as somebody who operates the node."""
    client.force_login(person("olga", ("operator", organisation("municipality", "Neustadt"), None)))  # type: ignore[arg-type]
    return client


@pytest.mark.usefixtures("asked")
def test_the_desk_page_is_for_operators(client: Client, person: Callable[..., object]) -> None:
    assert client.get("/desk/city/").status_code == 302
    client.force_login(person("bob"))  # type: ignore[arg-type]
    assert client.get("/desk/city/").status_code == 403
    assert client.post("/desk/city/", SAID).status_code == 403
    assert not identity.exists()


@pytest.mark.usefixtures("asked")
def test_an_operator_looks_first_and_then_saves(operator: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    said = {**SAID, "accent": "#7a1f5c", "logo": SimpleUploadedFile("logo.svg", DRAWING)}
    shown = operator.post("/desk/city/", {**said, "preview": "1"})
    assert shown.status_code == 200
    assert "#7a1f5c" in shown.content.decode()
    assert "data:image/svg+xml;base64," in shown.content.decode()
    assert not identity.exists()
    said["logo"] = SimpleUploadedFile("logo.svg", DRAWING)
    assert operator.post("/desk/city/", said).status_code == 302
    row = Identity.objects.get()
    assert (row.name, row.colours, bytes(row.logo)[:4]) == ("Neustadt", {"accent": "#7a1f5c"}, b"<svg")
    kept = operator.get("/desk/city/").context["form"].initial["version"]
    assert operator.post("/desk/city/", {**SAID, "version": "old"}).status_code == 409
    assert operator.post("/desk/city/", {**SAID, "version": kept, "no_logo": "on"}).status_code == 302
    assert bytes(Identity.objects.get().logo) == b""


@pytest.mark.usefixtures("asked")
def test_what_is_wrong_stands_beside_its_field(operator: Client) -> None:
    answer = operator.post("/desk/city/", {**SAID, "accent": "#ffff00"})
    assert answer.status_code == 422
    assert "Kontrast" in answer.context["form"].errors["accent"][0]
    assert not identity.exists()
