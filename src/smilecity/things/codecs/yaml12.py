# SPDX-License-Identifier: EUPL-1.2
"""Descriptions in YAML 1.2 (`on` and `2024-01-01` stay texts), from strangers, with bounds.

The pure loader of ruamel.yaml reads about 200 KB/s; the faster C loaders know YAML 1.1 only.
"""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

TEXT_BYTES = 512 << 10
NODES = 50_000  # with every alias counted as a copy
DEPTH = 50


class DescriptionBroken(Exception):
    """This text is no YAML, or too much of it. The message says where."""


class _BoundedComposer(Composer):
    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader=loader)
        self._nodes, self._depth = 0, 0
        self._sizes: dict[str, int] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.parser.peek_event()
        if isinstance(event, AliasEvent):
            self._nodes += self._sizes.get(event.anchor, NODES)
        before = self._nodes
        self._nodes += 1
        self._depth += 1
        if self._nodes > NODES or self._depth > DEPTH:
            raise DescriptionBroken("too many or too deeply nested values")
        node = super().compose_node(parent, index)
        self._depth -= 1
        if event.anchor is not None and not isinstance(event, AliasEvent):
            self._sizes[event.anchor] = self._nodes - before
        return node


class _PlainConstructor(SafeConstructor):
    """No dates and no other types beyond those of JSON."""


for _tag in ("timestamp", "value"):
    _PlainConstructor.add_constructor(f"tag:yaml.org,2002:{_tag}", SafeConstructor.construct_yaml_str)


def load(text: bytes) -> dict[str, Any]:
    """The mapping in `text`; raises `DescriptionBroken`."""
    if len(text) > TEXT_BYTES:
        raise DescriptionBroken(f"longer than {TEXT_BYTES} bytes")
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer, yaml.Constructor = _BoundedComposer, _PlainConstructor
    try:
        value = yaml.load(decoded_text(text))
    except (YAMLError, ValueError, TypeError, RecursionError) as problem:
        raise DescriptionBroken(" ".join(str(problem).split())[:200] or type(problem).__name__) from None
    if not isinstance(value, dict):
        raise DescriptionBroken("not a mapping")
    return value


def decoded_text(text: bytes) -> str:
    """Files from Windows editors come with byte order marks, in UTF-16, or in Latin-1."""
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text.decode("utf-16", "replace")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")
