# SPDX-License-Identifier: EUPL-1.2
"""Refusals: how a rule says no, and how that is told to a machine (RFC 9457)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Sentence = str | _StrPromise
else:
    Sentence = str

MEDIA_TYPE = "application/problem+json"


class Refusal(Exception):
    """A rule says no.

    `code` is stable and for machines (`thing.what-is-wrong`), `sentence` is for people and says what is
    wrong, `cure` says what to do, `field` names the offending input if there is one (dotted path),
    `status` is the HTTP status. Raise it anywhere below a page or an API; nothing else is shown to a user.
    """

    def __init__(
        self, code: str, sentence: Sentence, *, cure: Sentence = "", field: str = "", status: int = 400
    ) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.cure = cure
        self.field = field
        self.status = status

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence} {self.cure}".strip()

    def problem(self) -> dict[str, Any]:
        """The problem details object of RFC 9457, section 3; `code` and `field` are extensions."""
        body: dict[str, Any] = {
            "type": f"urn:smilecity:problem:{self.code}",
            "title": str(self.sentence),
            "status": self.status,
            "code": self.code,
        }
        if self.cure:
            body["detail"] = str(self.cure)
        if self.field:
            body["field"] = self.field
        return body
