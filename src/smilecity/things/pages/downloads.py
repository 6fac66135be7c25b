# SPDX-License-Identifier: EUPL-1.2
"""Values to take away, as a table (CSV) or Parquet; the door has threads of their own for those who read slowly."""

import tempfile
from datetime import UTC, date, datetime, time
from typing import IO, Any
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smilecity.core.nouns import in_text
from smilecity.core.problems import Refusal
from smilecity.people.reads import who_asks
from smilecity.things.reads import values as reads
from smilecity.things.reads.values import Values

PARQUET = "application/vnd.apache.parquet"
LICENCES = "https://spdx.org/licenses/"


@require_safe
def table(request: HttpRequest, key: str, datastream: int) -> HttpResponseBase:
    """GET /things/<key>/<id>.csv?from=&until=: all values as a table, streamed."""
    found = _found(request, key, datastream)
    body = reads.lines(found) if request.method == "GET" else iter(())
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8; header=present")
    return _named(request, response, found, key, "csv")


@require_safe
def parquet(request: HttpRequest, key: str, datastream: int) -> HttpResponseBase:
    """GET /things/<key>/<id>.parquet?from=&until=: the same, written to a file first."""
    found = _found(request, key, datastream)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    if request.method == "GET":
        _write(file, found)
    return _named(request, FileResponse(file, content_type=PARQUET), found, key, "parquet")


def _write(file: IO[bytes], found: Values) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    instant = pa.timestamp("us", tz="UTC")
    schema = pa.schema(
        [
            pa.field("phenomenonTime", instant, nullable=False),
            pa.field("phenomenonTimeEnd", instant),
            pa.field("resultTime", instant),
            pa.field("result", pa.float64()),
            pa.field("resultJson", pa.string()),
            pa.field("parameters", pa.string()),
            pa.field("resultQuality", pa.string()),
        ],
        metadata={"datastream": found.name, "licence": found.licence},
    )
    with pq.ParquetWriter(file, schema) as writer:
        for rows in reads.batches(found):
            columns = [
                pa.array(column, field.type)
                for column, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.table(columns, schema=schema))
    file.seek(0)


def _found(request: HttpRequest, key: str, datastream: int) -> Values:
    since, until = _moment(request, "from"), _moment(request, "until")
    found = reads.values(who_asks(request), f"things/{key}", datastream, since, until)
    if found is None:
        raise Refusal("thing.unknown", _("Diese Messreihe gibt es hier nicht."), status=404)
    if found.count > reads.MOST_ROWS:
        raise Refusal(
            "download.too-large",
            _("Das sind mehr als fünf Millionen Werte."),
            cure=_("Laden Sie sie in Teilen, zum Beispiel mit ?from=2026-01-01&until=2026-02-01."),
            field="from",
            status=413,
        )
    return found


def _moment(request: HttpRequest, name: str) -> datetime | None:
    """A day of the city, or an instant; without an offset it is the city's time."""
    said = request.GET.get(name, "")
    if not said:
        return None
    zone = get_default_timezone()
    try:
        if len(said) == 10:
            return datetime.combine(date.fromisoformat(said), time.min, zone)
        # In a query a plus sign is read as a space.
        moment = datetime.fromisoformat(
            said.replace(" ", "+") if said.count(" ") == 1 and "T" in said else said
        )
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refusal(
            "download.bad-time",
            _("Das ist kein Tag und kein Zeitpunkt."),
            cure=_("Zum Beispiel: 2026-01-31 oder 2026-01-31T12:00:00Z."),
            field=name,
        ) from error


def _named(request: HttpRequest, response: Any, found: Values, key: str, ending: str) -> HttpResponseBase:
    """With a name to save it by, its licence, and whom to name."""
    response["Content-Disposition"] = f'attachment; filename="{key}-{found.datastream}.{ending}"'
    response["Cache-Control"] = "no-cache"
    page = request.build_absolute_uri(reverse("things:thing", args=[key]))
    links = [f'<{page}>; rel="describedby"']
    if found.licence:
        links.append(f'<{LICENCES}{quote(found.licence)}>; rel="license"')
    if by := in_text(found.by, settings.LANGUAGE_CODE):
        links.append(f"<{page}>; rel=\"author\"; title*=UTF-8''{quote(by, safe='')}")
    response["Link"] = ", ".join(links)
    made: HttpResponseBase = response
    return made
