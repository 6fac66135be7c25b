# SPDX-License-Identifier: EUPL-1.2
"""People's part of the demo city: organisations, and ten people who show what each role may do.

Clubs and groups are invented and say so; so are all people. Everyone knows the password.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.db import transaction

from smilecity.core import clock
from smilecity.core.who import NODE, Who
from smilecity.people import actions
from smilecity.people.actions.accounts import keep_profile, open_account
from smilecity.people.models import Account, Notice, Organisation
from smilecity.people.reads import who_is

Texts = Mapping[str, str]
# The noun ids of areas by their keys.
Areas = Mapping[str, int]

PASSWORD = "smile-city-demo"  # noqa: S105 - it is on the demo's own page
CITY, NEIGHBOUR = "13003000", "bentwisch"


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """An organisation; `parent` is the slug of what it belongs to, `area` the key of where it is at home."""

    slug: str
    kind: str
    title: Texts
    text: Texts
    area: str = CITY
    parent: str = ""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone to sign in as: roles are (name, organisation, key of the area or nothing for the whole node)."""

    name: str
    role: Texts
    tries: Texts
    roles: tuple[tuple[str, str, str], ...] = field(default=())
    home: str = ""

    @property
    def email(self) -> str:
        """What they sign in with."""
        return f"{self.name.lower()}@example.org"


ORGANISATIONS = (
    DemoOrganisation(
        "rostock",
        "municipality",
        {"de": "Hanse- und Universitätsstadt Rostock", "en": "Hanseatic and University City of Rostock"},
        {
            "de": "Die Stadt an der Warnow. Sie hält Plätze, Häuser und Wege für alle offen, die hier leben.",
            "en": "The city on the Warnow. It keeps squares, houses and paths open for all who live here.",
        },
    ),
    DemoOrganisation(
        "amt-fuer-sport",
        "department",
        {"de": "Amt für Sport, Vereine und Ehrenamt", "en": "Office for Sport, Clubs and Volunteering"},
        {
            "de": "Kümmert sich um Sportanlagen und ist für Vereine und Ehrenamtliche da.",
            "en": "Looks after sports grounds and is there for clubs and volunteers.",
        },
        parent="rostock",
    ),
    DemoOrganisation(
        "stadtgruen",
        "department",
        {"de": "Amt für Stadtgrün", "en": "Office for Urban Green"},
        {
            "de": "Pflegt Parks, Spielplätze und Bäume.",
            "en": "Cares for parks, playgrounds and trees.",
        },
        parent="rostock",
    ),
    DemoOrganisation(
        "stadtbibliothek-rostock",
        "department",
        {"de": "Stadtbibliothek Rostock", "en": "Rostock City Library"},
        {
            "de": "Bücher, Spiele, Arbeitsplätze und Ruhe, in der Mitte und in den Stadtteilen.",
            "en": "Books, games, desks and quiet, in the centre and in the districts.",
        },
        parent="rostock",
    ),
    DemoOrganisation(
        "museen",
        "department",
        {"de": "Städtische Museen", "en": "Municipal museums"},
        {
            "de": "Zeigen Kunst und Geschichte der Stadt und des Landes am Meer.",
            "en": "Show the art and history of the city and of the land by the sea.",
        },
        parent="rostock",
    ),
    DemoOrganisation(
        "volkstheater",
        "firm",
        {"de": "Volkstheater Rostock", "en": "Volkstheater Rostock"},
        {
            "de": "Schauspiel, Musik und Tanz: die Bühne der Stadt.",
            "en": "Drama, music and dance: the city's stage.",
        },
        parent="rostock",
    ),
    DemoOrganisation(
        "baeder",
        "firm",
        {"de": "Städtische Bäder (Demo)", "en": "Municipal pools (demo)"},
        {
            "de": "Ausgedacht für diese Demo: hält Schwimmhallen warm und Becken sauber.",
            "en": "Made up for this demo: keeps pools warm and clean.",
        },
        parent="rostock",
    ),
    DemoOrganisation(
        "strand-und-hafen",
        "firm",
        {"de": "Strand und Hafen (Demo)", "en": "Beach and harbour (demo)"},
        {
            "de": "Ausgedacht für diese Demo: hält Strände, Stege und Kaikanten in Schuss.",
            "en": "Made up for this demo: keeps beaches, jetties and quays in good order.",
        },
        parent="rostock",
    ),
    DemoOrganisation(
        "sv-hafensport",
        "club",
        {"de": "SV Hafensport (Demo)", "en": "SV Hafensport (demo)"},
        {
            "de": "Ein Verein, den es nur in dieser Demo gibt. Er pflegt den Sportplatz am Stadthafen.",
            "en": "A club that exists in this demo only. It looks after the sports ground at the city harbour.",
        },
        area="kroepeliner-tor-vorstadt",
    ),
    DemoOrganisation(
        "tsv-luetten-klein",
        "club",
        {"de": "TSV Lütten Klein (Demo)", "en": "TSV Lütten Klein (demo)"},
        {
            "de": "Ein Verein, den es nur in dieser Demo gibt: Turnen, Ballspiele und ein offener Mittwoch.",
            "en": "A club that exists in this demo only: gymnastics, ball games and an open Wednesday.",
        },
        area="luetten-klein",
    ),
    DemoOrganisation(
        "jugend-offen",
        "club",
        {"de": "Jugend offen (Demo)", "en": "Open Youth (demo)"},
        {
            "de": "Ausgedacht für diese Demo: öffnet Häuser, in denen Jugendliche sein dürfen, ohne etwas zu kaufen.",
            "en": "Made up for this demo: opens houses where young people may be without buying anything.",
        },
    ),
    DemoOrganisation(
        "mit-siebzig",
        "club",
        {"de": "Mit siebzig dabei (Demo)", "en": "Seventy and there (demo)"},
        {
            "de": "Ausgedacht für diese Demo: Treffpunkte für Ältere, mit Kaffee, Karten und Begleitung zum Arzt.",
            "en": "Made up for this demo: meeting points for older people, with coffee, cards and company to the doctor.",
        },
    ),
    DemoOrganisation(
        "nachbarn-gross-klein",
        "group",
        {"de": "Nachbarn in Groß Klein (Demo)", "en": "Neighbours in Groß Klein (demo)"},
        {
            "de": "Ausgedacht für diese Demo: Menschen aus einem Viertel, die einander helfen.",
            "en": "Made up for this demo: people of one neighbourhood who help each other.",
        },
        area="gross-klein",
    ),
    DemoOrganisation(
        "gartennachbarn",
        "group",
        {"de": "Gartennachbarn (Demo)", "en": "Garden neighbours (demo)"},
        {
            "de": "Ausgedacht für diese Demo: gräbt, sät und teilt die Ernte.",
            "en": "Made up for this demo: digs, sows and shares the harvest.",
        },
        area="toitenwinkel",
    ),
    DemoOrganisation(
        "cafe-am-strom",
        "business",
        {"de": "Café am Strom (Demo)", "en": "Café am Strom (demo)"},
        {
            "de": "Ausgedacht für diese Demo: ein Café, in dem man auch ohne Bestellung sitzen darf.",
            "en": "Made up for this demo: a café where you may sit without ordering.",
        },
        area="warnemuende",
    ),
    DemoOrganisation(
        "ortsbeirat-gross-klein",
        "council",
        {"de": "Ortsbeirat Groß Klein", "en": "Ward council of Groß Klein"},
        {
            "de": "Berät, was im Ortsteil geschieht, und hört zu.",
            "en": "Discusses what happens in the district, and listens.",
        },
        area="gross-klein",
    ),
    DemoOrganisation(
        "turku",
        "partner",
        {"de": "Partnerstadt Turku", "en": "Partner city of Turku"},
        {
            "de": "Eine Hafenstadt in Finnland, mit Rostock seit Jahrzehnten verbunden.",
            "en": "A port in Finland, tied to Rostock for decades.",
        },
    ),
    DemoOrganisation(
        "gemeinde-bentwisch",
        "municipality",
        {"de": "Gemeinde Bentwisch", "en": "Municipality of Bentwisch"},
        {
            "de": "Die Nachbarin im Osten. Sie teilt sich diese Plattform mit der Stadt.",
            "en": "The neighbour in the east. It shares this platform with the city.",
        },
        area=NEIGHBOUR,
    ),
)

PEOPLE = (
    DemoPerson(
        "Anna",
        {"de": "Einwohnerin in Groß Klein", "en": "Resident of Groß Klein"},
        {
            "de": "Einen Ort finden, ihm folgen, etwas sagen. Ihre Mitteilungen und Daten ansehen.",
            "en": "Find a place, follow it, say something. Look at her notices and data.",
        },
        home="gross-klein",
    ),
    DemoPerson(
        "Karim",
        {"de": "Trainer im SV Hafensport", "en": "Trainer at SV Hafensport"},
        {
            "de": "Den Eintrag seines Platzes ändern und zur Prüfung schicken.",
            "en": "Change the entry of his sports ground and send it for review.",
        },
        (("trainer", "sv-hafensport", "kroepeliner-tor-vorstadt"),),
        home="kroepeliner-tor-vorstadt",
    ),
    DemoPerson(
        "Tina",
        {"de": "Trainerin im TSV Lütten Klein", "en": "Trainer at TSV Lütten Klein"},
        {
            "de": "Sehen, dass sie fremde Orte nicht ändern kann, eigene schon.",
            "en": "See that she cannot change the places of others, but her own.",
        },
        (("trainer", "tsv-luetten-klein", "luetten-klein"),),
        home="luetten-klein",
    ),
    DemoPerson(
        "Petra",
        {"de": "Sachbearbeiterin im Amt für Sport", "en": "Clerk at the office for sport"},
        {
            "de": "Am Schreibtisch Karims Änderung prüfen und Anliegen beantworten.",
            "en": "Review Karim's change at the desk and answer what people said.",
        },
        (("clerk", "amt-fuer-sport", CITY),),
    ),
    DemoPerson(
        "Stefan",
        {"de": "Verantwortlicher für die Stadt", "en": "Steward for the city"},
        {
            "de": "Eine Organisation anlegen und jemandem eine Rolle geben.",
            "en": "Add an organisation and give someone a role.",
        },
        (("steward", "rostock", CITY),),
    ),
    DemoPerson(
        "Olga",
        {"de": "Betreiberin", "en": "Operator"},
        {
            "de": "Name und Aussehen der Stadt, Schlüssel, Gebiete und das Verzeichnis der Verarbeitung.",
            "en": "The city's name and look, keys, areas and the register of processing.",
        },
        (("operator", "rostock", ""),),
    ),
    DemoPerson(
        "Paul",
        {"de": "Planer", "en": "Planner"},
        {
            "de": "Auch sehen, was noch intern ist.",
            "en": "Also see what is still internal.",
        },
        (("planner", "rostock", CITY),),
    ),
    DemoPerson(
        "Mia",
        {"de": "Moderatorin", "en": "Moderator"},
        {
            "de": "Entwürfe und Anliegen der ganzen Stadt lesen.",
            "en": "Read drafts and what people said in the whole city.",
        },
        (("moderator", "rostock", CITY),),
    ),
    DemoPerson(
        "Rolf",
        {"de": "Mitglied des Ortsbeirats Groß Klein", "en": "Member of the ward council of Groß Klein"},
        {
            "de": "Seinen Ortsteil sehen, auch was intern ist, und nur ihn.",
            "en": "See his district, also what is internal, and only that one.",
        },
        (("council", "ortsbeirat-gross-klein", "gross-klein"),),
        home="gross-klein",
    ),
    DemoPerson(
        "Nils",
        {
            "de": "Sachbearbeiter der Nachbargemeinde Bentwisch",
            "en": "Clerk of the neighbouring municipality",
        },
        {
            "de": "Seine Gemeinde pflegen, und sehen, dass die Stadt nebenan nicht seine ist.",
            "en": "Look after his municipality, and see that the city next door is not his.",
        },
        (("clerk", "gemeinde-bentwisch", NEIGHBOUR),),
        home=NEIGHBOUR,
    ),
)


def move_in(areas: Areas) -> dict[str, int]:
    """Found the organisations and let the people in; the noun ids of organisations by their slugs."""
    kept: dict[str, Organisation] = {}
    for one in ORGANISATIONS:
        kept[one.slug] = actions.keep_organisation(
            NODE,
            one.slug,
            kind=one.kind,
            title=one.title,
            text=one.text,
            area=areas[one.area],
            parent=kept.get(one.parent),
        )
    hashed = make_password(PASSWORD)  # once for all: it is slow on purpose
    for person in PEOPLE:
        if account(person.name) is None:
            _let_in(person, areas, kept, hashed)
    return {slug: organisation.noun_id for slug, organisation in kept.items()}


def follow(follows: Mapping[str, tuple[int, ...]]) -> None:
    """Let these people follow these nouns."""
    for name, followed in follows.items():
        for noun in followed:
            actions.follow(known(name), noun)


def have_read(but: int) -> None:
    """Let each of the demo's people have read their notices, but for the newest few."""
    for one in Account.objects.filter(email__in=[person.email for person in PEOPLE]):
        newest = Notice.objects.filter(account=one).order_by("-id").values_list("pk", flat=True)[:but]
        earlier = Notice.objects.filter(account=one, read_at=None).exclude(pk__in=list(newest))
        earlier.update(read_at=clock.now())


def account(name: str) -> Account | None:
    """The account of one of the demo's people."""
    return Account.objects.filter(email=f"{name.lower()}@example.org").first()


def known(name: str) -> Who:
    """One of the demo's people, as the rules know them."""
    found = account(name)
    assert found is not None
    return who_is(found)


def _let_in(person: DemoPerson, areas: Areas, kept: Mapping[str, Organisation], hashed: str) -> None:
    with transaction.atomic():
        new = open_account(NODE, person.email, person.name)
        Account.objects.filter(pk=new.pk).update(password=hashed)
        if person.home:
            keep_profile(
                who_is(new), pseudonym=person.name, real_name="", language="de", home=areas[person.home]
            )
        for role, organisation, area in person.roles:
            actions.give_role(NODE, new, role, kept[organisation], areas[area] if area else None)
