"""``diskmode doctor``: what it tells, that it fits a screen, and that nothing secret is in it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import program, run, vmx
from tests.history.test_journal import FIRST, TEXT, killed_editor
from tests.schemas import valid
from tui.cli.doctor_facts import Person

SECRET = "hunter2"


def told(env: dict[str, str | None] | None = None) -> dict[str, Any]:
    found = json.loads(run("doctor", "--json", env=env).text)
    valid(found)
    return found  # type: ignore[no-any-return]


def script(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str | None]:
    """The environment of somebody whose secrets lie about."""
    (tmp_path / "home/alice").mkdir(parents=True)
    names = ("LIBVIRT_DEFAULT_URI", "VIRSH_DEFAULT_CONNECT_URI", "AWS_SECRET", "TEXTUAL_THEME")
    return {
        "HOME": str(tmp_path / "home/alice"),
        "USER": "alice",
        "LOGNAME": "alice",
        "DISKMODE_CONFIG": str(tmp_path / "home/alice/config.toml"),
        "DISKMODE_STATE": str(tmp_path / "media/alice/state"),
        **dict.fromkeys(names, SECRET),
    }


def test_nothing_secret_is_told(home: dict[str, str | None]) -> None:
    for words in (("doctor",), ("doctor", "--json")):
        text = run(*words, env=home).text
        assert "alice" not in text
        assert SECRET not in text
        assert "~/config.toml" in text.replace("\n           ", "")
        assert "/media/USER/state" in text.replace("\n           ", "")
        assert "TEXTUAL_THEME" in text


def test_the_mistakes_of_the_settings_are_told_and_counted(home: dict[str, str | None]) -> None:
    assert run("doctor", env=home).status == 0
    Path(str(home["DISKMODE_CONFIG"])).write_text("theme = 3\n[keymap]\nx = 1\n")
    outcome = run("doctor", env=home)
    assert outcome.status == 1
    assert "line 1: theme wants a name" in " ".join(outcome.text.split())
    assert len(told(home)["amiss"]) >= 1


def test_it_is_one_screen_of_80_columns_whatever_is_amiss(home: dict[str, str | None]) -> None:
    lines = [f"key{number} = {number}" for number in range(200)]
    Path(str(home["DISKMODE_CONFIG"])).write_text("\n".join(["[keymap]", *lines]))
    shown = run("doctor", env=home).text.splitlines()
    assert len(shown) == 23
    assert max(map(len, shown)) <= 80
    assert "more lines: diskmode doctor --json" in shown[-1]


def test_edits_and_changes_are_counted(tmp_path: Path) -> None:
    before = told()["state"]
    assert run("set", vmx(tmp_path), "scsi0:1", "--no-snapshot").status == 0
    assert told()["state"]["records"] == before["records"] + 1
    killed_editor(str(tmp_path / "a.vmx"), TEXT, FIRST)
    assert told()["state"]["journals"] == before["journals"] + 1


def test_a_state_folder_that_cannot_be_is_amiss(home: dict[str, str | None], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = run("doctor", env={**home, "DISKMODE_STATE": str(tmp_path / "file/state")})
    assert outcome.status == 1
    assert "cannot be written to" in " ".join(outcome.text.split())


def test_programs_are_asked_for_their_versions_and_may_be_absent(tmp_path: Path) -> None:
    script(tmp_path, "ssh", 'test "$*" = -V && echo "OpenSSH_9.9, LibreSSL" >&2')
    script(tmp_path, "virsh", "exit 1")
    ssh, virsh = told({"PATH": str(tmp_path)})["programs"]
    assert ssh == {"name": "ssh", "path": str(tmp_path / "ssh"), "version": "OpenSSH_9.9"}
    assert virsh["version"] is None
    (tmp_path / "virsh").unlink()
    assert told({"PATH": str(tmp_path)})["programs"][1]["path"] is None
    assert "virsh      not here" in run("doctor", env={"PATH": str(tmp_path)}).text


@pytest.mark.parametrize(
    ("env", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": None}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1 << 24),
    ],
)
def test_colours_are_what_the_terminal_says(env: dict[str, str | None], colours: int) -> None:
    assert told(env)["terminal"]["colours"] == colours


def test_an_unknown_terminal_has_no_colours() -> None:
    outcome = program("doctor", "--json", env={"TERM": "no-such-terminal", "COLORTERM": ""})
    assert json.loads(outcome.text)["terminal"]["colours"] == 0


def test_the_painter_and_no_color_are_told() -> None:
    found = told({"DISKMODE_PAINTER": "textual", "NO_COLOR": "1"})
    assert found["painter"] == "textual"
    assert found["terminal"]["no_color"]
    assert "colours off by NO_COLOR" in run("doctor", env={"NO_COLOR": "1"}).text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("/home/al/x: no", "~/x: no"),
        ("/home/al", "~"),
        ("/home/alice/x", "/home/alice/x"),
        ("/run/media/al/x", "/run/media/USER/x"),
        ("C:\\Users\\al\\x", "C:\\Users\\USER\\x"),
    ],
)
def test_a_person_is_hidden(text: str, hidden: str) -> None:
    assert Person("/home/al", ("al",)).hidden(text) == hidden


def test_away_from_a_terminal_it_says_so_in_a_sentence() -> None:
    line = next(line for line in program("doctor").text.splitlines() if line.startswith("terminal"))
    assert "of no size" not in line
    assert "input and output are not a terminal" in " ".join(program("doctor").text.split())
