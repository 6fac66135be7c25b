# SPDX-License-Identifier: EUPL-1.2
"""The built styles and scripts are whole, small, and ask no other host for anything."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.forms import CharField, ChoiceField, Form, RadioSelect
from django.template import Context, Template
from django.template.loader import get_template
from pytest_django import Settings

from smilecity.core import assets, catalogue

STATIC = Path(catalogue.PACKAGE) / "city" / "static"
PAGES = (
    "app.css",
    "app.js",
    "map.css",
    "map.js",
    "map-worker.js",
    "chart.js",
    "favicon.svg",
    "logo.svg",
    "push.js",
    "sw.js",
)
# Kilobytes on the line (gzip); a phone on a weak network is the measure.
MOST = {
    "app.css": 32,
    "app.js": 20,
    "chart.js": 28,
    "map.css": 13,
    "map.js": 320,
    "map-worker.js": 165,
    "push.js": 2,
    "sw.js": 3,
}
# Names of languages inside the code, licences, and links in an error message: none of them is fetched.
WORDS = (
    "http://www.w3.org/",
    "https://github.com/mapbox/mapbox-gl-js/issues/",
    "https://github.com/maplibre/maplibre-gl-js/blob/",
    "https://maplibre.invalid/",
    "https://maplibre.org/",
    "https://wiki.openstreetmap.org/wiki/This_map_requires_WebGL",
)


@pytest.fixture(autouse=True)
def built(settings: Settings) -> None:
    """Reads what `make assets` built."""
    settings.STATIC_ROOT = str(STATIC)
    settings.STATIC_URL = "/static/"


def text_of(name: str) -> str:
    return (STATIC / assets.manifest()[name]).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_each_file_has_its_hash_in_its_name_and_lies_there_compressed(name: str) -> None:
    url = assets.asset_url(name)
    stem, _, kind = name.rpartition(".")
    assert re.fullmatch(rf"/static/{stem}\.[A-Z0-9]{{8}}\.{kind}", url)
    file = STATIC / url.removeprefix("/static/")
    assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == file.read_bytes()
    assert file.with_name(f"{file.name}.br").stat().st_size < file.stat().st_size


def test_the_manifest_names_every_file_and_nothing_else() -> None:
    own = {"manifest.json", "inputs.sha256"}
    there = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}
    plain = {name for name in there if not name.endswith((".br", ".gz"))}
    assert plain - own == set(assets.manifest().values())


@pytest.mark.parametrize("name", [name for name in PAGES if not name.endswith(".svg")])
def test_no_other_host_is_asked(name: str) -> None:
    addresses = re.findall(r"https?://[^\s\"'`)\\<>]*", text_of(name))
    assert [address for address in addresses if not address.startswith(WORDS)] == []
    assert not re.search(r"(url\(|@import|\bimport\(?|fetch\()\s*[\"']?\s*(https?:)?//", text_of(name))


def test_a_style_sheet_names_only_files_that_are_there() -> None:
    for name in ("app.css", "map.css"):
        for target in re.findall(r"url\(\"?([^)\"]+)\"?\)", text_of(name)):
            assert target.startswith("data:") or (STATIC / target).is_file(), target


def test_the_files_are_small() -> None:
    sizes = {name: (STATIC / f"{assets.manifest()[name]}.gz").stat().st_size for name in MOST}
    assert {name: size for name, size in sizes.items() if size > MOST[name] * 1024} == {}


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"app\.css.*make assets"):
        assets.asset_url("ap.css")


def test_what_is_not_built_says_what_to_run(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    with pytest.raises(ImproperlyConfigured, match="make assets"):
        assets.asset_url("app.css")


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((STATIC.parents[3] / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


class Report(Form):
    """A form as a room would write it."""

    what = CharField(label="Was?", help_text="Ein Satz genügt.")
    kind = ChoiceField(label="Art", choices=[("a", "Kaputt")], widget=RadioSelect)


def render(source: str, **context: object) -> str:
    return Template("{% load smile %}" + source).render(Context(context))


def test_a_field_is_described_by_its_hint_and_its_error() -> None:
    html = render("{% field form.what %}{% field form.kind %}", form=Report({"what": ""}))
    assert 'aria-describedby="id_what_hint id_what_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.count('id="id_what_hint"') == html.count('id="id_what_error"') == 1
    assert "<fieldset" in html
    assert "kern-form-check__radio--error" in html


def test_what_a_person_typed_stays_text() -> None:
    html = render(
        "{% alert 'info' title %}{% endalert %}{% facts pairs %}", title="<b>", pairs=[("a", "<i>")]
    )
    assert "&lt;b&gt;" in html
    assert "&lt;i&gt;" in html


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 429, 500, 503])
def test_an_error_page_needs_nothing_but_itself(code: int) -> None:
    html = get_template(f"{code}.html").render()
    assert str(code) in html
    assert html.count("<h1>") == 1
    assert "style=" not in html


def test_a_catalogue_is_compiled_once(tmp_path: Path) -> None:
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Karte"\nmsgstr "Map"\n', encoding="utf-8")
    assert catalogue.compile_catalogues(tmp_path) == [source.with_suffix(".mo")]
    assert catalogue.compile_catalogues(tmp_path) == []
