# SPDX-License-Identifier: EUPL-1.2
"""What may be subscribed to (18-088, clause 14): any resource path, with $select, $filter and $expand."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from smilecity.core.problems import Refusal
from smilecity.things.rules import odata
from smilecity.things.rules.entities import BY_PLURAL, KINDS
from smilecity.things.rules.odata.tree import Path

ROOT = "v1.1"
OPTIONS = ("$filter", "$select", "$expand")
MOST_CHARACTERS = 4000
IN_AN_OPTION = "/?:@!$'()*,;=-._~"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic read: `path` and `options` are those of a GET, `filter` stands apart so that more can be asked with it.

    `kind` is what its path leads to, and `many` whether to a collection of them; `id` is the one it names, and
    `datastream` the one whose observations it asks for.
    """

    text: str
    path: str
    options: str
    filter: str
    kind: str
    many: bool
    id: int | None
    datastream: int | None

    def query(self, condition: str = "") -> str:
        """The query string of a GET, with a condition besides the topic's own."""
        conditions = (
            [f"({self.filter})"] if self.filter and condition else [self.filter] if self.filter else []
        )
        both = " and ".join([*conditions, *([f"({condition})"] if condition else [])])
        asked = [f"$filter={quote(both, safe='')}"] if both else []
        return "&".join([*asked, *([self.options] if self.options else [])])


def read(text: str) -> Topic:
    """The topic in the text. Refuses what is no resource path, and options that make no sense for what comes later."""
    path, mark, query = text.partition("?")
    if len(text) > MOST_CHARACTERS or not path.startswith(f"{ROOT}/") or "\0" in text:
        raise Refusal("mqtt.topic", f"A topic begins with '{ROOT}/' and is a resource path.")
    below = unquote(path.removeprefix(ROOT)).rstrip("/")
    resource = odata.read_path(below)
    if not resource.steps or resource.end not in ("entity", "property"):
        raise Refusal("mqtt.topic", "A topic leads to an entity, a property or a collection.")
    options = dict(option.partition("=")[::2] for option in query.split("&")) if mark else {}
    foreign = options.keys() - set(OPTIONS)
    if foreign:
        raise Refusal("mqtt.topic", f"In a topic stand $filter, $select and $expand, not {min(foreign)}.")
    condition = unquote(options.pop("$filter", ""))
    rest = "&".join(f"{name}={quote(unquote(value), safe=IN_AN_OPTION)}" for name, value in options.items())
    kind, many = _leads_to(resource)
    if condition and not many:
        raise Refusal("mqtt.topic", "Only a collection is filtered.")
    topic = Topic(text, below, rest, condition, kind, many, resource.steps[-1].id, _datastream(resource))
    odata.read_query(topic.query())
    return topic


def _leads_to(resource: Path) -> tuple[str, bool]:
    """The kind at the end of the path, and whether it is a collection."""
    first, *rest = resource.steps
    kind, many = BY_PLURAL[first.name], first.id is None
    for step in rest:
        link = kind.link(step.name)
        assert link is not None  # the path was checked when it was read
        kind, many = KINDS[link.to], link.many and step.id is None
    return kind.name, many and resource.end == "entity"


def _datastream(resource: Path) -> int | None:
    """Of `Datastreams(5)/Observations`: 5."""
    match resource.steps:
        case (first, last) if (
            first.name in ("Datastreams", "MultiDatastreams") and last.name == "Observations"
        ):
            return first.id
    return None
