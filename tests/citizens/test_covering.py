# SPDX-License-Identifier: EUPL-1.2
"""Parts of a picture are covered for good: by whom, where, and what is left of them."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageStat

from smilecity.citizens import actions, reads, rules
from smilecity.citizens.actions.photos import cover_photo
from smilecity.citizens.models import NeedPhoto
from smilecity.citizens.rules.covering import LEAST_PIXELS, MOST_COVERS, Cover, boxes
from smilecity.core.models import LogEntry
from smilecity.core.pictures import CELLS, Box, covered, remade
from smilecity.core.problems import Refusal
from tests.citizens.town import Town

FACE = Cover(25, 20, 30, 40)


def chequered(width: int = 600, height: int = 400) -> bytes:
    """A picture in which every detail shows."""
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    for x in range(0, width, 20):
        for y in range(x // 20 % 2 * 20, height, 40):
            draw.rectangle((x, y, x + 19, y + 19), fill=(x % 256, y % 256, 90))
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def seen(data: bytes) -> Image.Image:
    return Image.open(BytesIO(bytes(data))).convert("RGB")


def roughness(picture: Image.Image, box: Box) -> list[int]:
    """How much each cell of a part differs in itself, but for its edges, which the file format blurs."""
    left, top, right, bottom = box
    wide, high = (right - left) / CELLS, (bottom - top) / CELLS
    found = []
    for n in range(CELLS * CELLS):
        x, y = left + n % CELLS * wide, top + n // CELLS * high
        cell = picture.crop((round(x) + 10, round(y) + 10, round(x + wide) - 10, round(y + high) - 10))
        found.append(max(most - least for least, most in cell.getextrema()))
    return found


@pytest.fixture
def town(person: Callable[..., Any], organisation: Callable[..., Any]) -> Town:
    return Town(person, organisation)


@pytest.fixture
def photo(town: Town) -> NeedPhoto:
    need = town.say(coming=rules.Coming(pictures=(remade(chequered()),)))
    return NeedPhoto.objects.get(need=need)


def test_only_what_is_covered_changes_and_nothing_of_it_is_left() -> None:
    before = remade(chequered())
    box = boxes([FACE], before.width, before.height)[0]
    after = covered(before.full, [box])
    assert (after.width, after.height) == (before.width, before.height)
    assert after.digest != before.digest
    changed = ImageChops.difference(seen(before.full), seen(after.full))
    outside = Image.new("L", changed.size, 255)
    outside.paste(0, box)
    assert max(ImageStat.Stat(changed, outside).mean) < 6  # the file format's own noise
    assert min(ImageStat.Stat(changed.crop(box)).mean) > 20
    assert max(roughness(seen(before.full), box)) > 100
    assert max(roughness(seen(after.full), box)) < 24


def test_a_clerk_covers_a_face_in_both_sizes_and_it_stands_in_the_log(town: Town, photo: NeedPhoto) -> None:
    full, small = bytes(photo.full), bytes(photo.small)
    cover_photo(town.people["clerk"], photo.need_id, photo.id, [FACE, Cover(0, 0, 10, 10)])
    photo.refresh_from_db()
    assert bytes(photo.full) != full and bytes(photo.small) != small
    assert seen(photo.small).size == seen(small).size
    entry = LogEntry.objects.filter(verb="need-photo-covered").get()
    assert entry.noun == photo.need_id and entry.data == {"photo": photo.id}


@pytest.mark.parametrize(
    ("covers", "code"),
    [
        ([], "photo.no-cover"),
        ([Cover(10, 10, 1, 50)], "photo.cover-too-small"),
        ([Cover(99, 10, 50, 50)], "photo.cover-too-small"),
        ([Cover(100, 10, 50, 50)], "photo.cover-outside"),
        ([Cover(10, 10, 0, 50)], "photo.cover-outside"),
        ([FACE] * (MOST_COVERS + 1), "photo.too-many-covers"),
    ],
)
def test_what_cannot_be_covered_changes_nothing(
    town: Town, photo: NeedPhoto, covers: list[Cover], code: str
) -> None:
    with pytest.raises(Refusal, match=code.replace(".", r"\.")) as refused:
        cover_photo(town.people["clerk"], photo.need_id, photo.id, covers)
    assert refused.value.code == code
    assert NeedPhoto.objects.get().digest == photo.digest


def test_a_picture_of_another_need_is_not_there(client: Client, town: Town, photo: NeedPhoto) -> None:
    other = town.say()
    with pytest.raises(Refusal) as refused:
        cover_photo(town.people["clerk"], other.noun_id, photo.id, [FACE])
    assert refused.value.status == 404
    client.force_login(town.accounts["clerk"])
    assert client.get(f"/desk/needs/{other.form}/photos/{photo.id}/").status_code == 404
    client.force_login(town.accounts["resident"])  # said it, and may not edit it
    assert client.get(f"/desk/needs/{photo.need.form}/photos/{photo.id}/").status_code == 404


def test_the_page_shows_first_and_covers_then(client: Client, town: Town, photo: NeedPhoto) -> None:
    client.force_login(town.accounts["moderator"])
    page = f"/desk/needs/{photo.need.form}/photos/{photo.id}/"
    typed = {"c0-left": "25", "c0-top": "20", "c0-width": "30", "c0-height": "40"}
    looked = client.post(page, typed).content.decode()
    assert "data:image/webp;base64," in looked and 'name="c1-left"' in looked
    assert NeedPhoto.objects.get().digest == photo.digest
    assert client.post(page, {**typed, "keep": "1"}).status_code == 302
    assert NeedPhoto.objects.get().digest != photo.digest
    assert page in client.get(f"/desk/needs/{photo.need.form}/").content.decode()


def test_what_is_typed_wrong_is_said_at_its_row(client: Client, town: Town, photo: NeedPhoto) -> None:
    client.force_login(town.accounts["clerk"])
    page = f"/desk/needs/{photo.need.form}/photos/{photo.id}/"
    typed = {"c0-left": "25", "c0-top": "20", "c0-width": "30", "c0-height": "40"}
    for wrong, sentence in (
        ({"c0-left": ""}, "Hier fehlt noch eine Zahl."),
        ({"c0-left": "viel"}, "Schreiben Sie eine Zahl"),
        ({"c0-left": "nan"}, "Schreiben Sie eine Zahl"),
        ({"c0-left": "101"}, "100"),
        ({"c0-width": "1"}, "zu klein"),
        ({"c1-left": "1", "c1-top": "1", "c1-width": "1", "c1-height": "1"}, "zu klein"),
        (dict.fromkeys(typed, ""), "welche Stelle"),
    ):
        answer = client.post(page, {**typed, **wrong, "keep": "1"})
        assert answer.status_code == 422 and sentence in answer.content.decode()
    assert NeedPhoto.objects.get().digest == photo.digest


def test_a_browser_that_has_it_gets_it_anew(client: Client, town: Town, photo: NeedPhoto) -> None:
    clerk = town.people["clerk"]
    actions.publish_need(clerk, photo.need_id, "Das Tor", "Das Tor ist zu.", photos=[photo.id])
    address = f"/needs/{photo.need.form}/photos/{photo.id}.webp"
    first = client.get(address)
    assert "no-cache" in first["Cache-Control"]
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    cover_photo(clerk, photo.need_id, photo.id, [FACE])
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200 and again.content != first.content
    assert [one.shown for one in reads.photos(clerk, photo.need)] == [True]


@given(
    st.builds(Cover, *(st.floats(0, 100) for _ in range(4))), st.integers(200, 1600), st.integers(200, 1600)
)
def test_a_cover_is_inside_the_picture_and_covers_what_was_meant(
    cover: Cover, width: int, height: int
) -> None:
    try:
        ((left, top, right, bottom),) = boxes([cover], width, height)
    except Refusal as refusal:
        assert refusal.code.startswith("photo.cover-")
        return
    assert 0 <= left < right <= width and 0 <= top < bottom <= height
    assert min(right - left, bottom - top) >= LEAST_PIXELS
    assert left <= cover.left * width / 100 and top <= cover.top * height / 100
    assert right >= min(width, (cover.left + cover.width) * width / 100 - 1e-6)
