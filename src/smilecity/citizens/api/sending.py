# SPDX-License-Identifier: EUPL-1.2
"""What apps send: a report by whoever may, how a report stands by the programmes the city works in."""

import base64
import binascii
from collections.abc import Mapping
from uuid import UUID, uuid4

import orjson
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from smilecity.citizens import actions, reads, rights, rules
from smilecity.citizens.actions import talking
from smilecity.citizens.api.said import Row, language_of
from smilecity.citizens.api.services import chosen
from smilecity.citizens.models import Category, Comment, Need
from smilecity.citizens.reads import open311 as reports
from smilecity.citizens.rules import open311
from smilecity.core.elsewhere import site
from smilecity.core.limits import Limiter
from smilecity.core.nouns import in_text
from smilecity.core.pictures import Picture, remade
from smilecity.core.problems import Refusal
from smilecity.core.who import ANYONE, Who
from smilecity.people.reads import who_has

ANYONE_A_MINUTE, KEY_A_MINUTE, WRONG_KEYS_A_MINUTE = 10, 120, 30
anyone, keyed, wrong_keys = Limiter(ANYONE_A_MINUTE), Limiter(KEY_A_MINUTE), Limiter(WRONG_KEYS_A_MINUTE)
MOST_URL = 500
# What else Klarschiff's clients may change elsewhere; here it is changed at the desk, where people see each other's work.
DESK_ONLY = (
    "description", "lat", "long", "address_string", "photo_required", "media", "priority", "delegation", "job_status",
    "job_priority",
)  # fmt: skip
DECIDED = {"PROCESSED": Need.DONE, "REJECTED": Need.REFUSED}
STEPPED = {"RECEIVED": Need.OPEN, "IN_PROCESS": Need.IN_PROGRESS}
Fields = Mapping[str, list[str]]


def reported(request: HttpRequest) -> Row:
    """Keep a report; the answer to it. Of who sent it only an address for answers is kept."""
    who = sender(request)
    if not rights.may_say_by_app(who):
        raise _no_key() if settings.SMILE.open311_write == "key" else _closed()
    fields = fields_of(request)
    category = chosen(_one(fields, "service_code"))
    language = language_of(request)
    need = actions.say_need(
        who,
        _form(request, who, fields),
        kind="problem",
        words=_words(fields, category, language),
        language=language,
        contact=_one(fields, "email"),
        coming=_coming(request, fields, category),
    )
    return {
        "service_request_id": str(need.noun_id),
        "service_notice": _notice(request, need),
        "account_id": None,
    }


def commented(request: HttpRequest, number: int) -> Comment:
    """Say something to a report, by whoever may report; nobody reads it until a moderator has."""
    who = sender(request)
    if not rights.may_say_by_app(who):
        raise _no_key() if settings.SMILE.open311_write == "key" else _closed()
    fields = fields_of(request)
    form = _form(request, who, fields)
    return talking.comment_by_app(who, form, number, _one(fields, "comment"), language_of(request))


def updated(request: HttpRequest, number: int) -> None:
    """Say how a report stands (`detailed_status`), always with the sentence that its people read (`status_notes`)."""
    who = worker(request)
    fields = fields_of(request)
    given = {name: _one(fields, name) for name in ("detailed_status", "status_notes", "service_code")}
    for name in DESK_ONLY:
        if _one(fields, name):
            raise open311.wrong(name, f"'{name}' is changed at the desk, not here.")
    found = reports.report(ANYONE, number)
    if given["service_code"] and found and found.category and found.category.code != given["service_code"]:
        raise open311.wrong("service_code", "The category is changed at the desk, not here.")
    status, notes = given["detailed_status"].upper(), given["status_notes"]
    if not rules.cleaned(notes):
        raise open311.wrong("status_notes", "Say in status_notes what people shall read about it.")
    if status in STEPPED:
        actions.step_need(who, number, STEPPED[status], notes)
    elif status in DECIDED:
        actions.decide_need(who, number, DECIDED[status], notes)
    else:
        raise open311.wrong("detailed_status", f"'detailed_status' takes {', '.join([*STEPPED, *DECIDED])}.")


def worker(request: HttpRequest) -> Who:
    """A programme that the city works in, by its key."""
    who = sender(request)
    if "report-work" not in who.scopes:
        raise Refusal(
            "key.wrong-scope",
            "This needs a key for working on reports.",
            cure="The operator makes one with 'smile key make NAME --scope report-work'.",
            status=403,
        )
    return who


def sender(request: HttpRequest) -> Who:
    """Who sends this: the holder of the key, in a header or as `api_key`, else anyone. Each only so often a minute."""
    address, text = request.META.get("REMOTE_ADDR", ""), _key(request)
    if not text:
        who, left = ANYONE, anyone.spend(address)
    else:
        if not wrong_keys.left(address):
            raise _too_often()
        try:
            who = who_has(text)
        except Refusal:
            wrong_keys.spend(address)
            raise
        left = keyed.spend(who.label)
    if not left:
        raise _too_often()
    return who


def fields_of(request: HttpRequest) -> Fields:
    """What was sent: a form, or the same as a flat JSON object. XML is never read."""
    try:
        if request.content_type == "application/json":
            found = _of_json(request.body)
        elif request.content_type == "multipart/form-data" and request.method != "POST":
            raise Refusal("request.not-readable", "Send this as a form that is not multipart.", status=400)
        elif request.content_type not in ("application/x-www-form-urlencoded", "multipart/form-data", ""):
            raise Refusal(
                "request.not-readable", "Send a form (application/x-www-form-urlencoded).", status=400
            )
        else:
            form = request.POST if request.method == "POST" else QueryDict(request.body)
            found = {name: [str(one) for one in form.getlist(name)] for name in form}
    except RequestDataTooBig:
        raise Refusal(
            "request.too-large", "The form is too large.", cure="Send a picture as a file.", status=413
        ) from None
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError, ValueError):
        raise Refusal("request.not-readable", "The form cannot be read.", status=400) from None
    return {name: [one.replace("\0", "") for one in values] for name, values in found.items()}


def _of_json(body: bytes) -> dict[str, list[str]]:
    """Texts, numbers, yes and no, and lists of them."""
    sent = orjson.loads(body)
    if not isinstance(sent, dict):
        raise ValueError("no object")
    found: dict[str, list[str]] = {}
    for name, value in sent.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, dict | list) for one in values):
            raise ValueError("not flat")
        found[name] = [
            str(one).lower() if isinstance(one, bool) else str(one) for one in values if one is not None
        ]
    return found


def _one(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0].strip() if fields.get(name) else ""


def _key(request: HttpRequest) -> str:
    """In a header, in the form, or (as Klarschiff's clients do when they read) in the address."""
    scheme, _blank, given = request.headers.get("Authorization", "").partition(" ")
    found = given if scheme.lower() == "bearer" else request.headers.get("X-API-Key", "")
    if not found and request.method in ("POST", "PUT", "PATCH"):
        found = _one(fields_of(request), "api_key")
    return (found or request.GET.get("api_key", "")).strip()


def _form(request: HttpRequest, who: Who, fields: Fields) -> UUID:
    """The number it is kept by: the same for what one sender sends again by the same client_id, else a new one."""
    given = open311.client_id(_one(fields, "client_id") or request.headers.get("Idempotency-Key", "").strip())
    if not given:
        return uuid4()
    return UUID(
        bytes=salted_hmac("citizens.open311", f"{who.label}\n{given}", algorithm="sha256").digest()[:16],
        version=4,
    )


def _words(fields: Fields, category: Category, language: str) -> str:
    """The description, or what the category is called; an address of a picture is a line of it, never followed."""
    said = rules.cleaned(_one(fields, "description"))
    said = said if len(said) >= rules.LEAST else in_text(category.title, language)
    url = rules.cleaned(_one(fields, "media_url"))
    if url and not (url.startswith(("http://", "https://")) and len(url) <= MOST_URL and url.isprintable()):
        raise open311.wrong("media_url", f"A media_url is an address of up to {MOST_URL} characters.")
    return f"{said}\n\n{url}" if url else said


def _coming(request: HttpRequest, fields: Fields, category: Category) -> rules.Coming:
    where = _one(fields, "address_string")
    spot = open311.spot_of({name: _one(fields, name) for name in ("lat", "long")})
    if spot is None and not where:
        raise open311.wrong(
            "lat", "Say where: by lat and long, or by address_string. An address_id is not known here."
        )
    return rules.Coming(
        door="open311",
        category=category.code,
        spot=spot,
        at_home=open311.said_yes(_one(fields, "at_home")),
        where=where,
        details=open311.details(category.asks, fields),
        pictures=_pictures(request, fields),
    )


def _pictures(request: HttpRequest, fields: Fields) -> tuple[Picture, ...]:
    """Files of a form, and what Klarschiff's clients send as Base64."""
    texts = [one for one in fields.get("media", []) if one.strip()]
    files = request.FILES.getlist("media") if request.content_type == "multipart/form-data" else []
    if len(texts) + len(files) > rules.MOST_PHOTOS:
        raise open311.wrong("media", f"Up to {rules.MOST_PHOTOS} pictures go with a report.")
    return tuple(remade(data) for data in [*(file.read() for file in files), *map(_decoded, texts)])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join((text.partition(";base64,")[2] or text).split()), validate=True)
    except (binascii.Error, ValueError):
        raise open311.wrong("media", "This is not Base64.") from None


def _notice(request: HttpRequest, need: Need) -> str:
    """For whoever reported it, in their language."""
    with override(need.language):
        return _(
            "Danke. Ihre Meldung wird öffentlich, sobald sie jemand gelesen hat. Vorher sehen Sie mit dem Code %(code)s"
            " nach, was daraus wird: %(url)s"
        ) % {"code": reads.code_of(need.form), "url": f"{site(request)}{reverse('needs:code')}"}


def _no_key() -> Refusal:
    return Refusal(
        "key.needed",
        "This needs a valid key for sending reports.",
        cure="Send it as api_key. The operator makes one with 'smile key make NAME --scope report'.",
        status=403,
    )


def _closed() -> Refusal:
    return Refusal(
        "open311.closed", "The city takes no reports this way.", cure="Use its web pages.", status=403
    )


def _too_often() -> Refusal:
    return Refusal("request.too-often", "Too many requests.", cure="Wait a minute and try again.", status=429)
