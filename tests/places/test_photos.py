# SPDX-License-Identifier: EUPL-1.2
"""Photos: nothing of the file survives but the picture, hostile files do no harm, and who sees which."""

import json
import re
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, PngImagePlugin

from smilecity.core.models import LogEntry, Noun
from smilecity.core.problems import Refusal
from smilecity.places import actions, facts
from smilecity.places.models import Photo
from smilecity.places.reads import photos as reads
from smilecity.places.rules import pictures
from tests.places.town import EVERYBODY, PUBLISHERS, WRITERS, City, Person, allowed

ALT = {"de": "Ein Tor", "en": "A gate"}
WORDS = {"alt_de": "Ein Tor", "alt_en": "A gate", "credit": "Karim", "licence": "CC-BY-4.0", "agreed": "on"}


@pytest.fixture
def city(person: Person, organisation: Person) -> City:
    return City(person, organisation)


def image(
    kind: str = "JPEG", size: tuple[int, int] = (640, 400), colour: Any = (200, 30, 30), **more: Any
) -> bytes:
    written = BytesIO()
    Image.new(more.pop("mode", "RGB"), size, colour).save(written, kind, **more)
    return written.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def taken_somewhere() -> bytes:
    """A photo as a phone writes it: lying on its side, with where and when it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right by a quarter
    exif[0x010F] = "GeheimeKamera"
    exif.get_ifd(0x8825)[2] = (54.0, 5.0, 1.0)
    return image(exif=exif.tobytes(), comment=b"GeheimerKommentar")


def test_place_and_time_and_everything_else_are_gone_and_it_stands_upright() -> None:
    data = taken_somewhere()
    assert b"GeheimeKamera" in data and b"GeheimerKommentar" in data
    assert opened(data).getexif().get_ifd(0x8825)
    made = pictures.remade(data)
    assert (made.width, made.height) == (400, 640)
    for written in (made.full, made.small):
        again = opened(written)
        assert again.format == "WEBP"
        assert not again.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(again.info)
        assert b"Geheim" not in written and b"EXIF" not in written and b"XMP " not in written
    assert opened(made.small).size == (300, 480)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_what_browsers_send_is_understood(kind: str) -> None:
    made = pictures.remade(image(kind, (2400, 1200)))
    assert (made.width, made.height) == (1600, 800)


def test_of_a_moving_picture_the_first_frame_and_of_glass_the_paper_behind() -> None:
    red, blue = (Image.new("RGB", (300, 300), colour) for colour in ("red", "blue"))
    written = BytesIO()
    red.save(written, "WEBP", save_all=True, append_images=[blue], lossless=True)
    assert opened(pictures.remade(written.getvalue()).full).convert("RGB").getpixel((9, 9))[0] > 200  # type: ignore[index]
    glass = image("PNG", (300, 300), (0, 0, 0, 0), mode="RGBA")
    assert opened(pictures.remade(glass).full).convert("RGB").getpixel((9, 9)) == (255, 255, 255)


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "A" * 30_000_000, zip=True)
    return image("PNG", (300, 300), pnginfo=info)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (lambda: png_that_claims(50_000, 50_000), "photo.too-large"),
    "long": (lambda: png_that_claims(20_000, 300), "photo.too-large"),
    "truncated": (lambda: image("JPEG", (900, 900))[:1500], "photo.no-picture"),
    "short of pixels": (lambda: png_that_claims(900, 900), "photo.no-picture"),
    "text bomb": (text_bomb, "photo.no-picture"),
    "svg": (
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "photo.no-picture",
    ),
    "html": (lambda: b"<html><script>alert(1)</script>", "photo.no-picture"),
    "gif": (lambda: image("GIF"), "photo.no-picture"),
    "tiff": (lambda: image("TIFF"), "photo.no-picture"),
    "eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 500 500\n", "photo.no-picture"),
    "nothing": (lambda: b"", "photo.no-picture"),
    "tiny": (lambda: image("PNG", (20, 20)), "photo.too-small"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_sentence(name: str) -> None:
    make, code = HOSTILE[name]
    with pytest.raises(Refusal) as refused:
        pictures.remade(make())
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_a_file_that_is_two_things_becomes_one() -> None:
    data = image("JPEG") + b"PK\x03\x04<script>alert(1)</script>"
    made = pictures.remade(data)
    assert b"script" not in made.full and b"PK\x03\x04" not in made.full


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_adds_shows_hides_moves_describes_and_deletes(city: City, name: str) -> None:
    who, writes, publishes = city.people[name], name in WRITERS, name in PUBLISHERS
    data = image(colour=(1, 2, 3))
    assert allowed(lambda: actions.add_photo(who, city.noun.id, data, alt=ALT)) is writes
    if writes:
        assert Photo.objects.get().shown is publishes
    Photo.objects.all().delete()
    photo = actions.add_photo(city.people["trainer"], city.noun.id, data, alt=ALT)
    assert [one.id for one in reads.waiting(who)] == ([photo.id] if publishes else [])
    assert (reads.picture(who, photo.id, small=True) is not None) is writes
    assert (reads.photo(who, photo.id) is not None) is writes
    assert bool(reads.all_of(who, photo.place)) is writes
    assert allowed(lambda: actions.show_photo(who, photo.id)) is publishes
    assert allowed(lambda: actions.move_photo(who, photo.id)) is writes
    assert allowed(lambda: actions.hide_photo(who, photo.id)) is writes
    given = {"alt": ALT, "credit": "", "licence": "none"}
    assert allowed(lambda: actions.describe_photo(who, photo.id, **given)) is writes
    assert allowed(lambda: actions.delete_photo(who, photo.id)) is writes
    assert Photo.objects.exists() is not writes


def test_what_was_looked_at_is_looked_at_again_when_the_club_changes_its_words(city: City) -> None:
    clerk, trainer = city.people["clerk"], city.people["trainer"]
    photo = actions.add_photo(trainer, city.noun.id, image(), alt=ALT)
    actions.show_photo(clerk, photo.id)
    assert [one.id for one in reads.shown(clerk, city.noun)] == [photo.id]
    assert reads.waiting(clerk) == []
    actions.describe_photo(trainer, photo.id, alt={"de": "Anders", "en": "Other"}, credit="", licence="none")
    assert reads.shown(clerk, city.noun) == []
    assert [one.id for one in reads.waiting(clerk)] == [photo.id]
    actions.hide_photo(clerk, photo.id)
    assert reads.waiting(clerk) == []  # a look that ends with no is a look too


def test_twelve_at_most_no_two_the_same_and_in_order(city: City) -> None:
    clerk = city.people["clerk"]
    kept = [actions.add_photo(clerk, city.noun.id, image(colour=(n * 20, 0, 0)), alt=ALT) for n in range(12)]
    with pytest.raises(Refusal) as refused:
        actions.add_photo(clerk, city.noun.id, image(colour=(0, 200, 0)), alt=ALT)
    assert refused.value.code == "photo.too-many"
    actions.delete_photo(clerk, kept[5].id)
    with pytest.raises(Refusal) as refused:
        actions.add_photo(clerk, city.noun.id, image(colour=(0, 0, 0)), alt=ALT)
    assert refused.value.code == "photo.there"
    actions.move_photo(clerk, kept[1].id)
    assert [one.id for one in reads.all_of(clerk, kept[0].place)][:3] == [kept[1].id, kept[0].id, kept[2].id]
    assert "Tor" not in str([one.data for one in LogEntry.objects.filter(verb=facts.PHOTO_ADDED)])


def test_the_pictures_follow_the_page_of_their_place(city: City, client: Client) -> None:
    photo = actions.add_photo(city.people["trainer"], city.noun.id, image(), alt=ALT)
    small, full = (f"/places/photos/{photo.id}-{side}.webp" for side in (480, 1600))
    assert client.get(small).status_code == 404
    actions.show_photo(city.people["clerk"], photo.id)
    answer = client.get(small)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert opened(client.get(full).content).size == (640, 400)
    assert client.get(f"/places/photos/{photo.id}-99.webp").status_code == 404
    assert client.get("/places/photos/99999999999999999999-480.webp").status_code == 404
    Noun.objects.filter(id=city.noun.id).update(visibility="draft")
    assert client.get(small).status_code == 404
    client.force_login(city.accounts["clerk"])
    answer = client.get(small)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


def test_schema_org_tells_of_the_photos_that_are_shown(city: City, client: Client) -> None:
    photo = actions.add_photo(city.people["trainer"], city.noun.id, image(), alt=ALT)
    assert "ImageObject" not in client.get("/places/court/").content.decode()
    actions.show_photo(city.people["clerk"], photo.id)
    body = client.get("/en/places/court/").content.decode()
    (said,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    address = f"http://testserver/places/photos/{photo.id}-1600.webp"
    assert json.loads(said)["image"] == [{"@type": "ImageObject", "contentUrl": address, "caption": "A gate"}]
    assert client.get(address).status_code == 200


def send(client: Client, data: bytes, **change: str) -> Any:
    file = SimpleUploadedFile("<script>.jpg", data, content_type="image/jpeg")
    return client.post("/desk/places/court/photos/", {**WORDS, "file": file, **change})


def test_the_page_takes_a_photo_and_shows_what_is_wrong_beside_the_field(city: City, client: Client) -> None:
    assert client.get("/desk/places/court/photos/").status_code == 302  # to signing in
    client.force_login(city.accounts["trainer"])
    assert "Noch kein Foto" in client.get("/desk/places/court/photos/").content.decode()
    wrong = send(client, b"<svg onload=alert(1)>", alt_de="<b>Tor</b>")
    body = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Diese Datei ist kein Bild" in body and 'id="id_file_error"' in body
    assert "<b>Tor</b>" not in body and "&lt;b&gt;Tor&lt;/b&gt;" in body
    missing = send(client, image(), alt_en="", agreed="")
    assert missing.status_code == 422
    assert 'id="id_alt_en_error"' in missing.content.decode()
    assert not Photo.objects.exists()
    assert send(client, image(), alt_de="<script>alert(1)</script>").status_code == 302
    body = client.get("/desk/places/court/photos/").content.decode()
    assert "wartet auf einen Blick der Stadt" in body
    assert "<script>alert" not in body
    photo = Photo.objects.get()
    page = f"/desk/places/court/photos/{photo.id}/"
    client.force_login(city.accounts["clerk"])
    assert client.post(page, {"do": "show"}).status_code == 302
    assert f"/places/photos/{photo.id}-480.webp" in client.get("/places/court/").content.decode()
    client.force_login(city.accounts["other_trainer"])
    assert client.post(page, {"do": "delete"}).status_code == 404
    assert client.get("/desk/places/court/photos/").status_code == 404


def test_a_form_from_elsewhere_is_refused(city: City) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(city.accounts["trainer"])
    assert send(strict, image()).status_code == 403
    assert not Photo.objects.exists()
