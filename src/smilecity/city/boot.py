# SPDX-License-Identifier: EUPL-1.2
"""From settings to a running Django: finds the data folder, joins the database, sets Django up. Slim until then."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smilecity.city import envfile
from smilecity.city.settings import Settings
from smilecity.core.database import attach, default_folder
from smilecity.core.database.files import make_folder
from smilecity.core.problems import Refusal

VERSION_FILE = "version"  # in the data folder: which version last brought the tables up to date
CHECKOUT_MARK = "pyproject.toml"
PORT_SECONDS = 4.0


@dataclass(slots=True)
class Node:
    """What this process knows of its node: `url` is the database's libpq URL, `folder` the data folder."""

    settings: Settings
    folder: Path
    url: str

    @property
    def secret(self) -> str:
        """The node's signing secret: made at first use, kept in the data folder for its owner alone."""
        path = self.folder / "secret"
        if not path.exists():
            draft = self.folder / f".secret.{os.getpid()}"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()


_node: Node | None = None


def node() -> Node:
    """The node this process has booted; a bare one from `DATABASE_URL` where tools load Django by themselves."""
    if _node is not None:
        return _node
    settings = settings_now()
    return Node(settings, data_folder(settings), settings.database or "postgresql:///smilecity")


def settings_now() -> Settings:
    """The settings of this process: the environment, and below it `smile.env` in the data folder."""
    bare = {name: os.environ[name] for name in ("SMILE_DATA",) if name in os.environ}
    folder = _folder(Settings.read(bare))
    return Settings.read({**envfile.read(folder, Settings.names() - {"SMILE_DATA"}), **_said(os.environ)})


def _said(environment: Mapping[str, str]) -> dict[str, str]:
    """An empty variable says nothing, so it does not hide what the file says."""
    return {name: value for name, value in environment.items() if value}


def data_folder(settings: Settings) -> Path:
    """The data folder, made if it is not there."""
    folder = _folder(settings)
    make_folder(folder)
    return folder


def _folder(settings: Settings) -> Path:
    return (settings.data or default_folder(_checkout())).absolute()


def port_must_be_free(settings: Settings) -> None:
    """Refuses a port that another program holds: two servers could share it silently, each with half the requests.

    Waits a little first: the door of a supervisor that was killed needs a moment to notice and end.
    """
    until = time.monotonic() + PORT_SECONDS
    while (reason := _held(settings.host, settings.port)) and time.monotonic() < until:
        time.sleep(0.1)
    if reason:
        raise Refusal(
            "door.no-port",
            f"The door cannot listen on {settings.host}:{settings.port}: {reason}.",
            cure="End the other program, or set SMILE_PORT to another port.",
        )


def port_is_free(host: str, port: int) -> bool:
    """Whether this program can listen there now."""
    return not _held(host, port)


def _held(host: str, port: int) -> str:
    """Why nobody can listen there now; empty if one can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def _checkout() -> Path | None:
    here = Path(__file__).resolve().parents[3]
    return here if (here / CHECKOUT_MARK).exists() and (here / "src").is_dir() else None


@contextmanager
def database(settings: Settings) -> Iterator[Node]:
    """The node with its database running: its own, held while the block runs, or the one of `DATABASE_URL`."""
    folder = data_folder(settings)
    if settings.database:
        yield Node(settings, folder, settings.database)
        return
    with attach(folder / "postgres", binaries=settings.postgres) as lease:
        yield Node(settings, folder, lease.url())


@contextmanager
def booted(settings: Settings | None = None) -> Iterator[Node]:
    """The node with database and Django ready. Imports of rooms' models belong inside the block."""
    global _node  # noqa: PLW0603 - a process is part of one node
    with database(settings or settings_now()) as ready:
        _node = ready
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smilecity.city.django")
        import django

        django.setup()
        yield ready
