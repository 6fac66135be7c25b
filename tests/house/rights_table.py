# SPDX-License-Identifier: EUPL-1.2
"""Who may do and read what: one row for each function of every room's actions, and each read that asks who.

A row is a minimal case that is fine in itself, and who may: for everyone else the action refuses, and the read has
nothing. Whoever adds an action or a read adds its row; without one, `test_rights.py` fails.
"""

import base64
from collections.abc import Callable
from datetime import UTC, time
from typing import Any

from smilecity.core.who import Who
from tests.house.rights_access import ACCESS, ACCESS_NO_ROW
from tests.house.rights_booking import BOOKING, BOOKING_NO_ROW
from tests.house.rights_bringing import BRINGING
from tests.house.rights_citizens import CITIZENS, CITIZENS_NO_ROW
from tests.house.rights_devices import DEVICES
from tests.house.rights_doors import DOORS
from tests.house.rights_feeds import FEEDS
from tests.house.rights_governance import GOVERNANCE
from tests.house.rights_lending import LENDING, LENDING_NO_ROW
from tests.house.rights_offers import OFFERS, OFFERS_NO_ROW
from tests.house.rights_open311 import OPEN311
from tests.house.rights_opening import OPENING
from tests.house.rights_pulse import PULSE
from tests.house.rights_reports import REPORTS, REPORTS_NO_ROW
from tests.house.rights_rows import (
    ALL,
    DAY,
    GIVE,
    HAVE_DESK,
    KEEP,
    MANY_YEARS_AGO,
    NOBODY,
    NODE,
    PERSONS,
    RITA,
    RUN,
    SEE_DRAFTS,
    SEE_INTERNAL,
    WRITE,
    Row,
    asks,
)  # fmt: skip
from tests.house.rights_things import THINGS
from tests.house.rights_webhooks import WEBHOOKS
from tests.house.town import OUTLINE, SPOT, Town


def _pier(town: Town) -> int:
    return int(town.pier.noun_id)


def _noun(town: Town) -> Any:
    return town.pier.noun


def _letter(*given: Any) -> Any:
    raise AssertionError("nobody has news in this town")


def _handle(town: Town) -> str:
    """The number of a PIN that was given out by the node."""
    from smilecity.core import who
    from smilecity.places.actions.handles import give_handle

    return give_handle(who.NODE, "pin").handle.handle


def _call(value: Any) -> Callable[[Town], Any]:
    """A value that is callable itself, as it is."""
    return lambda town: value


def _box(town: Town) -> int:
    """A box at the pier for which a command waits."""
    from smilecity.core import who
    from smilecity.places.actions import keep_unit, locks

    unit = keep_unit(who.NODE, town.pier, "fach", {"de": "Fach"})
    box, _secret = locks.keep_controller(who.NODE, town.pier.noun_id, "pier-box", "Box")
    locks.ask_lock(who.NODE, locks.keep_compartment(who.NODE, box.id, 0, unit.id).id)
    return int(box.id)


ENTRY = {"title": {"de": "Neuer Name"}, "category": "sport", "position": SPOT}
TEXT = {"de": "Blaues Wasser", "en": "Blue water"}
KEY65 = base64.urlsafe_b64encode(b"\4" + bytes(64)).decode().rstrip("=")
KEY16 = base64.urlsafe_b64encode(bytes(16)).decode().rstrip("=")


def _geojson() -> bytes:
    import json

    feature = {"type": "Feature", "properties": {"key": "q1", "name": "Q1"}, "geometry": OUTLINE}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def _import(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    from smilecity.space.actions import Plan

    return function(who, _geojson(), Plan("quarter", parent="ward"), dry_run=True)


def _wish(*given: Any, **named: Any) -> Callable[[Town], Any]:
    def make(town: Town) -> Any:
        from smilecity.places.rules.finding import Wish

        return Wish(*given, **named)

    return make


def _telling(town: Town) -> Any:
    from smilecity.core import clock
    from smilecity.people.rules.notices import Telling

    return [Telling(town.accounts["rita"].pk, 99, "place-kept", clock.now(), _pier(town))]


def _at_home(town: Town, who: Who, function: Callable[..., Any]) -> Any:
    """Rita says where she lives."""
    rita = town.accounts["rita"]
    type(rita).objects.filter(pk=rita.pk).update(home=town.area("ward"))
    return function(who)


def _spans(town: Town) -> Any:
    from smilecity.space.rules.features import Span

    return Span()


PEOPLE_ACTIONS: dict[str, Row] = {
    "people.actions.accounts.keep_profile": asks(
        PERSONS, pseudonym="Ganz Neu", real_name="", language="de", home=None
    ),
    "people.actions.accounts.end_session": asks(RITA, lambda t: t.session.pk),
    "people.actions.browsers.drop_browser": asks(PERSONS, number=1),
    "people.actions.browsers.take_browser": asks(PERSONS, "https://9.9.9.9/push", KEY65, KEY16),
    "people.actions.consents.give_consent": asks(PERSONS, "digest", 1),
    "people.actions.consents.withdraw_consent": asks(PERSONS, "digest"),
    "people.actions.delivering.deliver_mail": asks(NODE, _call(_letter)),
    "people.actions.delivering.deliver_push": asks(NODE, None, _call(_letter)),
    "people.actions.keys.make_key": asks(RUN, "another", ["intake"]),
    "people.actions.keys.revoke_key": asks(RUN, "server"),
    "people.actions.leaving.forget_unconfirmed": asks(NODE, MANY_YEARS_AGO),
    "people.actions.leaving.leave": Row(
        PERSONS, lambda t, who, f: f(who, next((n for n, w in t.who.items() if w == who), "").capitalize())
    ),
    "people.actions.notices.choose_delivery": asks(
        PERSONS, mail="off", quiet_from=time(20), quiet_to=time(8)
    ),
    "people.actions.notices.follow": asks(PERSONS, _pier),
    "people.actions.notices.unfollow": asks(PERSONS, _pier),
    "people.actions.notices.mark_read": asks(PERSONS),
    "people.actions.notices.forget_notices": asks(NODE, MANY_YEARS_AGO),
    "people.actions.notices.tell": asks(NODE, _telling),
    "people.actions.organisations.keep_organisation": asks(
        GIVE, "club-a", kind="club", title={"de": "A"}, area=lambda t: t.area("town")
    ),
    "people.actions.roles.give_role": asks(
        GIVE,
        lambda t: t.accounts["carla"],
        "clerk",
        lambda t: t.organisations["club-a"],
        lambda t: t.area("ward"),
    ),
    # Petra may lay her own down.
    "people.actions.roles.end_role": asks(GIVE | {"petra"}, lambda t: t.role_of_petra.id),
}
PEOPLE_READS: dict[str, Row] = {
    "people.reads.accounts.districts": asks(ALL, "de"),
    "people.reads.accounts.has_home": Row(RITA, _at_home),
    "people.reads.consents.agreements": asks(ALL),
    "people.reads.consents.consent_history": asks(RITA),
    "people.reads.keys.keys": asks(RUN),
    "people.reads.lines.line": Row(ALL, lambda t, who, f: f(who, t.notice).title),
    "people.reads.notices.as_who": asks(NODE, lambda t: [t.accounts["rita"].pk]),
    "people.reads.notices.browsers": asks(NOBODY),
    "people.reads.notices.delivery": asks(ALL),
    "people.reads.notices.followed": asks(RITA),
    "people.reads.notices.followers": asks(NODE, lambda t: [_pier(t)]),
    "people.reads.notices.follows": asks(RITA, _pier),
    "people.reads.notices.holding": asks(NODE, ["operator"]),
    "people.reads.notices.inbox": asks(RITA),
    "people.reads.notices.keepers": asks(NODE, lambda t: [_noun(t)]),
    "people.reads.notices.notice": asks(RITA, lambda t: t.notice.pk),
    "people.reads.notices.present": asks(NODE, lambda t: [t.accounts["rita"].pk]),
    "people.reads.notices.reviewers": asks(NODE, lambda t: [_noun(t)]),
    "people.reads.notices.seen": asks(RITA),
    "people.reads.notices.subject": asks(SEE_DRAFTS, lambda t: t.plan.noun_id),
    "people.reads.notices.unread": asks(RITA),
    "people.reads.organisations.areas_to_choose": asks(GIVE),
    "people.reads.organisations.by_id": asks(ALL, lambda t: t.organisations["club-a"].pk),
    "people.reads.organisations.kept_by": Row(
        SEE_DRAFTS,
        lambda t, who, f: [
            n for n in f(who, t.organisations["club-a"].noun).items if n.visibility == "draft"
        ],
    ),
    "people.reads.organisations.kept_organisation": asks(GIVE, "club-a"),
    "people.reads.organisations.kept_organisations": asks(GIVE),
    "people.reads.organisations.kin": asks(ALL, lambda t: t.organisations["club-a"].noun),
    "people.reads.organisations.listed_organisations": asks(ALL),
    "people.reads.organisations.organisation": asks(ALL, "club-a"),
    "people.reads.organisations.organisations_to_choose": asks(ALL),
    "people.reads.pseudonyms.pseudonyms": asks(ALL - {"anyone", "nora"}, lambda t: [t.accounts["rita"].pk]),
    "people.reads.roles.my_roles": asks(PERSONS - {"rita", "nora"}),
    "people.reads.roles.person_by_name": asks(GIVE, lambda t: t.organisations["club-a"].noun, "Rita"),
    "people.reads.roles.role": asks(GIVE | {"petra"}, lambda t: t.role_of_petra.id),
    "people.reads.roles.roles_given": asks(GIVE),
    "people.reads.roles.roles_of": asks(GIVE, lambda t: t.organisations["town-hall"].noun),
}
SPACE: dict[str, Row] = {
    "space.actions.areas.end_area": asks(RUN, lambda t: t.areas["ward"], DAY),
    "space.actions.areas.keep_area": asks(
        RUN, "quarter", "q1", {"de": "Q1"}, _call(OUTLINE), parent=lambda t: t.areas["ward"]
    ),
    "space.actions.base.draw_base": asks(RUN, "water", "Meer", _call(OUTLINE)),
    "space.actions.importing.import_areas": Row(RUN, _import),
    "space.reads.areas.area": asks(ALL, "ward"),
    "space.reads.areas.area_at": asks(ALL, *SPOT),
    "space.reads.areas.area_by_key": asks(ALL, "ward"),
    "space.reads.areas.areas_near": asks(ALL, 12.1, 54.1, 12.1, 54.1),
    "space.reads.areas.areas_of_level": asks(ALL, "district"),
    "space.reads.areas.counts": Row(
        SEE_INTERNAL, lambda t, who, f: f(who, t.areas["ward"]).get("place", 0) > 1
    ),
    "space.reads.areas.earlier": asks(NOBODY, lambda t: t.areas["ward"]),
    "space.reads.areas.nouns_seen": asks(ALL),
    "space.reads.areas.of_today": asks(ALL),
    "space.reads.areas.outlined_parts": asks(ALL, lambda t: t.areas["town"]),
    "space.reads.areas.parts": asks(ALL, lambda t: t.areas["town"]),
    "space.reads.areas.extent": asks(ALL),
    "space.reads.areas.tree": asks(ALL),
    "space.reads.areas.whole": asks(ALL),
    "space.reads.base.base_map": asks(ALL, "de"),
    "space.reads.crowds.areas_of_points": Row(
        ALL, lambda t, who, f: list(f(who, "district", [12.1], [54.1]))
    ),
    "space.reads.features.feature": asks(SEE_DRAFTS, "place", lambda t: t.plan.noun_id),
    "space.reads.features.features": Row(
        SEE_DRAFTS,
        lambda t, who, f: [n for n in f(who, "place", [], _spans(t)).items if n.visibility == "draft"],
    ),
}
PLACES_ACTIONS: dict[str, Row] = {
    "places.actions.handles.give_handle": asks({"petra", "nils", "stefan", "olga", "node"}, "pin"),
    "places.actions.handles.have_codes": asks(PERSONS),
    "places.actions.handles.lose_by_name": asks({"petra", "nils", "stefan", "olga", "node"}, _handle),
    "places.actions.changes.begin_change": asks(WRITE, "depot", **ENTRY),
    "places.actions.changes.drop_change": asks(WRITE, lambda t: t.change.id),
    "places.actions.changes.propose_place": asks(
        WRITE, "neu", keeper=lambda t: t.organisations["club-a"].pk, area=lambda t: t.area("ward"), **ENTRY
    ),
    "places.actions.changes.publish_change": asks(KEEP, lambda t: t.change.id),
    "places.actions.changes.return_change": asks(KEEP, lambda t: t.change.id, "Es fehlt die Adresse."),
    "places.actions.changes.save_change": asks(WRITE, lambda t: t.change.id, **ENTRY),
    "places.actions.changes.send_change": asks(WRITE, lambda t: t.draft_change.id),
    "places.actions.changes.write_change": asks(WRITE, "pier", **ENTRY),
    "places.actions.entries.give_place": asks(KEEP, _pier, lambda t: t.organisations["club-b"].pk),
    "places.actions.entries.keep_place": asks(KEEP, "pier", area=lambda t: t.area("ward"), **ENTRY),
    "places.actions.entries.keep_sense": asks(KEEP, lambda t: t.pier, "people", lambda t: t.stream.id),
    "places.actions.entries.keep_unit": asks(KEEP, lambda t: t.pier, "court", {"de": "Feld"}),
    "places.actions.entries.license_place": asks(KEEP, _pier, "CC0-1.0"),
    "places.actions.entries.show_place": asks(KEEP, lambda t: t.depot.noun_id, "public"),
    "places.actions.photos.add_photo": Row(WRITE, lambda t, who, f: f(who, t.plan.noun_id, t.png, alt=TEXT)),
    "places.actions.photos.delete_photo": asks(WRITE, lambda t: t.photo.id),
    "places.actions.photos.describe_photo": asks(
        WRITE, lambda t: t.photo.id, alt=TEXT, credit="", licence="CC-BY-4.0"
    ),
    "places.actions.photos.hide_photo": asks(WRITE, lambda t: t.photo.id),
    "places.actions.photos.move_photo": asks(WRITE, lambda t: t.photo.id),
    "places.actions.photos.show_photo": asks(KEEP, lambda t: t.photo.id),
    "places.actions.spans.refresh_spans": asks(RUN, lambda t: [_pier(t)]),
}
PLACES_READS: dict[str, Row] = {
    "places.reads.changes.change": asks(WRITE, lambda t: t.change.id),
    "places.reads.changes.editable": asks(WRITE, "pier"),
    "places.reads.changes.kept_by": Row(
        KEEP, lambda t, who, f: type(t.pier.noun).objects.filter(f(who), id=_pier(t)).exists()
    ),
    "places.reads.changes.keepers": asks(KEEP | {"nils", "karim", "tina", "mia"}),
    "places.reads.changes.mine": asks({"karim"}),
    "places.reads.changes.open_change": asks(WRITE, lambda t: t.pier),
    "places.reads.changes.own_area": asks(HAVE_DESK),
    "places.reads.changes.waiting": asks(KEEP),
    "places.reads.changes.written": asks(WRITE),
    "places.reads.entries.place": asks(SEE_DRAFTS, "plan"),
    "places.reads.entries.readings": asks(NOBODY, []),
    "places.reads.entries.visible": Row(
        SEE_DRAFTS, lambda t, who, f: f(who).filter(visibility="draft").exists()
    ),
    "places.reads.entries.with_people": asks(NOBODY, 5),
    "places.reads.finding.counted": asks(NOBODY, "calm"),
    "places.reads.finding.districts": asks(ALL),
    "places.reads.finding.found": Row(
        SEE_DRAFTS, lambda t, who, f: f(who, _wish()(t)).filter(visibility="draft").exists()
    ),
    "places.reads.finding.sought_and_counted": Row(SEE_DRAFTS, lambda t, who, f: f(who, _wish()(t))[1] == 3),
    "places.reads.finding.keeper": asks(ALL, "club-a"),
    "places.reads.finding.newest": Row(
        SEE_DRAFTS, lambda t, who, f: any(n.visibility == "draft" for n in f(who, _wish()(t), 10))
    ),
    "places.reads.finding.sought": Row(
        SEE_DRAFTS, lambda t, who, f: any(n.visibility == "draft" for n in f(who, _wish()(t)).items)
    ),
    "places.reads.finding.spans_end_soon": asks(NOBODY),
    "places.reads.finding.with_position": Row(
        SEE_DRAFTS, lambda t, who, f: any(n.visibility == "draft" for n in f(who, _wish()(t), 10))
    ),
    "places.reads.locks.boxes_with_work": Row(NODE, lambda t, who, f: _box(t) and f(who)),
    "places.reads.locks.commands_due": Row(NODE, lambda t, who, f: f(who, _box(t))),
    "places.reads.photos.all_of": asks(WRITE, lambda t: t.pier),
    "places.reads.photos.photo": asks(WRITE, lambda t: t.photo.id),
    "places.reads.photos.picture": asks(WRITE, lambda t: t.photo.id, small=True),
    "places.reads.photos.shown": asks(NOBODY, _noun),
    "places.reads.photos.waiting": asks(KEEP),
    "places.reads.snapshot.snapshot": asks(ALL, _noun, MANY_YEARS_AGO, UTC),
}
ROWS = {
    **PEOPLE_ACTIONS,
    **PEOPLE_READS,
    **SPACE,
    **DEVICES,
    **FEEDS,
    **BOOKING,
    **BRINGING,
    **OFFERS,
    **LENDING,
    **ACCESS,
    **OPENING,
    **THINGS,
    **WEBHOOKS,
    **CITIZENS,
    **DOORS,
    **OPEN311,
    **REPORTS,
    **PULSE,
    **GOVERNANCE,
    **PLACES_ACTIONS,
    **PLACES_READS,
}

_WITHIN = "within the five calls of sensorthings, which have asked"
# What needs no row, and why.
NO_ROW = {
    **BOOKING_NO_ROW,
    **CITIZENS_NO_ROW,
    **REPORTS_NO_ROW,
    **LENDING_NO_ROW,
    **ACCESS_NO_ROW,
    **OFFERS_NO_ROW,
    "governance.actions.standing.write_step": "within the actions on a project, which have asked",
    "people.actions.accounts.open_account": "asked by the node when a city is founded; who may is `is_node`",
    "people.actions.roles.end": "within `end_role` and `leave`, which have asked",
    "places.actions.entries.area_of": "finds the area that `must_keep` is then asked for",
    "places.actions.entries.locked": "within the actions on a place; it asks itself",
    "places.actions.entries.must_keep": "is the question itself",
    "places.actions.opening.tell_struck": "within the actions that close a place, which have asked",
    "things.actions.desk.keeper": "is the question itself",
    "things.actions.desk.observer": "is the question itself",
    "things.actions.sensorthings.finding.writer": "is the question itself",
    "things.actions.watching.telling.concerns": "is the question itself",
    "things.actions.sensorthings.changing.merge": _WITHIN,
    "things.actions.sensorthings.changing.patch": _WITHIN,
    "things.actions.sensorthings.creating.arrive": _WITHIN,
    "things.actions.sensorthings.creating.bring": _WITHIN,
    "things.actions.sensorthings.creating.insert": _WITHIN,
    "things.actions.sensorthings.creating.observed": _WITHIN,
    "things.actions.sensorthings.creating.targets_of": _WITHIN,
    "things.actions.sensorthings.finding.checked_links": _WITHIN,
    "things.actions.sensorthings.finding.followed": _WITHIN,
    "things.actions.sensorthings.finding.linked": _WITHIN,
    "things.actions.sensorthings.finding.seen": _WITHIN,
    "things.actions.sensorthings.going.forget": _WITHIN,
    "things.actions.sensorthings.telling.tell": _WITHIN,
    "things.actions.sensorthings.things.follow": _WITHIN,
    "things.actions.sensorthings.things.move": _WITHIN,
    "things.actions.sensorthings.tying.tie": _WITHIN,
    "things.actions.sensorthings.tying.untie": _WITHIN,
}
# Actions that ask nobody, because the token, the account or the process in hand is the proof.
NO_WHO = {
    "people.actions.accounts.enter",
    "people.actions.courier.public_key",
    "people.actions.notices.switch_mail_off",
}
