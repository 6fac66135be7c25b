# SPDX-License-Identifier: EUPL-1.2
"""One serving node a data folder: the second is refused and told who the first is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from smilecity.core.database import NodeLock
from smilecity.core.problems import Refusal

from .test_cluster_ground import script

HOLDER = """
import sys
from pathlib import Path
from smilecity.core.database import NodeLock
sys.argv = ["/usr/bin/smile", "serve", "--secret=hush"]
lock = NodeLock(Path(sys.stdin.readline().strip()))
print(flush=True)
sys.stdin.readline()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = script(HOLDER, stdin=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{folder}\n")
    process.stdin.flush()
    process.stdout.readline()
    return process


def test_a_second_node_is_told_who_the_first_is(tmp_path: Path) -> None:
    first = holder(tmp_path)
    with pytest.raises(Refusal) as refused:
        NodeLock(tmp_path)
    assert refused.value.code == "node.already-running"
    said = str(refused.value.sentence)
    assert f"process {first.pid} (smile serve), since 20" in said
    assert "hush" not in said + (tmp_path / "node.lock").read_text(), "options may hold secrets"
    first.kill()
    first.communicate()
    with NodeLock(tmp_path):  # the kernel freed the lock of the killed
        assert str(os.getpid()) in (tmp_path / "node.lock").read_text()


def test_the_lock_decides_and_not_the_file(tmp_path: Path) -> None:
    (tmp_path / "node.lock").write_text(
        '{"pid": 1, "command": "smile serve", "since": "2026-01-01T00:00:00+00:00"}'
    )
    with NodeLock(tmp_path):
        for lie in (
            "",
            "nonsense",
            '{"pid": 4194399, "command": "x", "since": "2026-01-01"}',
            "[]",
            '{"pid": -1}',
        ):
            (tmp_path / "node.lock").write_text(lie)
            with pytest.raises(Refusal, match="another process, which has not said its name"):
                NodeLock(tmp_path)


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    lock = NodeLock(tmp_path / "not" / "yet" / "there")
    lock.release()
    lock.release()
    NodeLock(tmp_path / "not" / "yet" / "there").release()


def test_a_started_program_does_not_hold_it_on(tmp_path: Path) -> None:
    """A worker outliving its supervisor must not keep the next node out."""
    with NodeLock(tmp_path):
        worker = subprocess.Popen(["sleep", "60"], close_fds=False)
    NodeLock(tmp_path).release()
    worker.kill()
    worker.wait()
