# SPDX-License-Identifier: EUPL-1.2
"""An entity deleted, with all that cannot be without it (18-088, table 25).

What only hidden things and datastreams led to goes with them: a place or a feature that nothing leads to is for everyone,
and where a hidden thing was is nobody's business. The caller has the entity's lock.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from smilecity.core.models import Noun
from smilecity.core.problems import Refusal
from smilecity.core.who import Who
from smilecity.things import facts
from smilecity.things.actions import observations
from smilecity.things.actions.sensorthings import finding, telling, things
from smilecity.things.models import (
    Datastream,
    Device,
    Featured,
    FeatureOfInterest,
    Feed,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)


def forget(who: Who, kind: str, id_: int) -> None:
    """Delete the entity."""
    noun = None
    if kind in ("Datastream", "MultiDatastream"):
        noun = Datastream.objects.get(pk=id_).thing_id
    _FORGET[kind](who, id_)
    telling.tell(who, facts.GONE, kind, id_, noun)


def _thing(who: Who, id_: int) -> None:
    if Device.objects.filter(thing_id=id_, active=True).exists():
        raise _fed(Device.objects.filter(thing_id=id_, active=True).values_list("eui", flat=True)[0])
    _streams(who, Datastream.objects.filter(thing_id=id_).values_list("id", flat=True))
    noun = Noun.objects.get(pk=id_)
    places = Location.objects.filter(Q(things=id_) | Q(historicallocation__thing=id_))
    there = set(places.values_list("id", flat=True))
    hidden = noun.visibility != Noun.PUBLIC
    noun.delete()
    if hidden:
        nobodys = Location.objects.filter(id__in=there, things=None, historicallocation=None)
        nobodys.delete()


def _location(who: Who, id_: int) -> None:
    HistoricalLocation.objects.filter(locations=id_).delete()
    for thing in Thing.objects.filter(locations=id_).order_by("noun_id"):
        left = thing.locations.exclude(id=id_).order_by("id").values_list("id", flat=True)
        things.move(who, thing.pk, list(left))
    Location.objects.filter(pk=id_).delete()


def _historical_location(who: Who, id_: int) -> None:
    HistoricalLocation.objects.filter(pk=id_).delete()


def _datastream(who: Who, id_: int) -> None:
    _streams(who, [id_], told=False)


def _sensor(who: Who, id_: int) -> None:
    _streams(who, Datastream.objects.filter(sensor_id=id_).values_list("id", flat=True))
    Sensor.objects.filter(pk=id_).delete()


def _observed_property(who: Who, id_: int) -> None:
    observing = Datastream.objects.filter(Q(observed_property_id=id_) | Q(observed_properties=id_))
    _streams(who, observing.values_list("id", flat=True))
    ObservedProperty.objects.filter(pk=id_).delete()


def _feature(who: Who, id_: int) -> None:
    with connection.cursor() as cursor:
        observations.forget_feature(cursor, id_)
    FeatureOfInterest.objects.filter(pk=id_).delete()


_FORGET = {
    "Thing": _thing,
    "Location": _location,
    "HistoricalLocation": _historical_location,
    "Datastream": _datastream,
    "MultiDatastream": _datastream,
    "Sensor": _sensor,
    "ObservedProperty": _observed_property,
    "FeatureOfInterest": _feature,
}


def _streams(who: Who, ids: Iterable[int], *, told: bool = True) -> None:
    """Delete datastreams with their observations; refuses (409) one that a device in service feeds.

    Lock: their rows, in order of id. Who feeds one or observes in it holds its row too, so nothing is left behind.
    """
    gone = sorted(set(ids))
    finding.hold("Datastream", gone, "UPDATE")
    fed = Feed.objects.filter(datastream_id__in=gone, device__active=True).order_by("id")
    if (eui := fed.values_list("device__eui", flat=True).first()) is not None:
        raise _fed(eui)
    streams = list(Datastream.objects.filter(id__in=gone).select_related("thing__noun").order_by("id"))
    hidden = [
        one.pk for one in streams if one.visibility != Noun.PUBLIC or one.thing.noun.visibility != Noun.PUBLIC
    ]
    features = set(Featured.objects.filter(datastream_id__in=hidden).values_list("feature_id", flat=True))
    with connection.cursor() as cursor:
        for one in streams:
            observations.forget_datastream(cursor, one.pk)
    Datastream.objects.filter(id__in=gone).delete()
    FeatureOfInterest.objects.filter(id__in=features, featured=None).delete()
    for one in streams if told else []:
        kind = "MultiDatastream" if one.multi else "Datastream"
        telling.tell(who, facts.GONE, kind, one.pk, noun=one.thing_id)


def _fed(eui: str) -> Refusal:
    return Refusal(
        "datastream.fed",
        f"The device {eui} is still in service.",
        cure="Take it out of service first: 'smile things device retire EUI'.",
        status=409,
    )
