# SPDX-License-Identifier: EUPL-1.2
"""Mail of a node that has no mail server: each message is one file in the data folder, for its owner alone.

So a newcomer can try everything that sends mail, and nothing leaves the machine. `SMILE_MAIL` names a real server.
"""

import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ReadMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from smilecity.core import clock
from smilecity.core.database.files import make_folder

MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """One kept message: to whom, when, what about, and its plain text."""

    file: Path
    to: str
    at: datetime
    subject: str
    text: str


class FolderBackend(BaseEmailBackend):
    """Django's way to send, into `settings.EMAIL_FILE_PATH`; the newest 200 messages are kept."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message as one `.eml` file (0600); a reader never finds half of one."""
        folder = Path(settings.EMAIL_FILE_PATH)
        make_folder(folder, 0o700)
        for message in email_messages:
            _write(folder, message.message().as_bytes())
        _keep_newest(folder)
        return len(email_messages)


def latest(folder: Path, most: int = 10) -> list[Letter]:
    """The newest messages in this mail folder (`<data>/mail`), newest first; none if there is no folder yet."""
    letters: list[Letter] = []
    for file in sorted(folder.glob("*.eml"), reverse=True):
        if len(letters) == most:
            break
        try:
            letters.append(_read(file))
        except FileNotFoundError:  # another process keeps the newest 200 too
            continue
    return letters


def _write(folder: Path, content: bytes) -> None:
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    draft = folder / f".{name}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.rename(folder / f"{name}.eml")


def _keep_newest(folder: Path) -> None:
    for file in sorted(folder.glob("*.eml"))[:-MOST_KEPT]:
        file.unlink(missing_ok=True)


def _read(file: Path) -> Letter:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, ReadMessage)
    body = message.get_body(preferencelist=("plain", "html"))
    return Letter(
        file=file,
        to=str(message.get("To", "")),
        at=parsedate_to_datetime(message["Date"]) if message["Date"] else clock.now(),
        subject=str(message.get("Subject", "")),
        text=body.get_content() if body is not None else "",
    )
