# SPDX-License-Identifier: EUPL-1.2
"""`smile.env`: what is written is read back, the environment wins, and a wrong line explains itself."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecity.city import boot, envfile
from smilecity.core.problems import Refusal

KNOWN = {"SMILE_PORT", "SMILE_MAIL", "DATABASE_URL"}
lines = st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=("Cs", "Cc", "Zl", "Zp"))).map(
    str.strip
)


@given(st.dictionaries(st.sampled_from(sorted(KNOWN)), lines))
def test_what_is_written_is_read_back(settings: dict[str, str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        path = envfile.write(Path(name), settings)
        assert envfile.read(Path(name), KNOWN) == settings
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "line", ["SMILE_PROT=1", "hello", 'SMILE_PORT="1', "export SMILE_PORT=1", "SMILE_DATA=/x"]
)
def test_a_wrong_line_is_told_with_its_number(line: str, tmp_path: Path) -> None:
    (tmp_path / "smile.env").write_text(f"# fine\n\n{line}\n")
    with pytest.raises(Refusal) as refused:
        envfile.read(tmp_path, KNOWN)
    assert refused.value.code == "settings.file"
    assert "line 3" in str(refused.value.sentence)


def test_a_setting_of_two_lines_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        envfile.write(tmp_path, {"SMILE_MAIL": "smtp://x\nSMILE_PORT=1"})
    assert list(tmp_path.iterdir()) == []


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    envfile.write(tmp_path, {"SMILE_PORT": "8001", "SMILE_TIME_ZONE": "Europe/Lisbon"})
    monkeypatch.setenv("SMILE_DATA", str(tmp_path))
    monkeypatch.setenv("SMILE_PORT", "8002")
    settings = boot.settings_now()
    assert (settings.port, settings.zone.key, settings.data) == (8002, "Europe/Lisbon", tmp_path)
    monkeypatch.setenv("SMILE_PORT", "")
    assert boot.settings_now().port == 8001
