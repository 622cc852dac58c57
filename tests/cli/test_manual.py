"""The manual: made of what help, keys and rules are made of, and taken by the linters of pages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import __version__
from tui.cli.environment import VARIABLES
from tui.cli.manual.__main__ import HOME, write
from tui.cli.manual.config_page import EXAMPLE, TOLD
from tui.cli.manual.pages import RELEASED, Page, pages
from tui.cli.manual.roff import lines_of, literal
from tui.cli.program import COMMANDS, main
from tui.rules.all_rules import RULES
from tui.settings import KNOWN, load_settings

ROOT = Path(__file__).parents[2]
PAGES = list(pages())


def page(name: str) -> Page:
    return next(one for one in PAGES if one.file_name == name)


def plain(text: str) -> str:
    """The words of a page, without its requests and fonts."""
    return re.sub(r"\\f[BIR]", "", text).replace("\\-", "-").replace("\\(aq", "'")


def needs(program: str) -> None:
    if shutil.which(program) is None:
        assert not os.environ.get("CI"), f"in CI {program} must be there"
        pytest.skip(f"{program} is not here")


def test_there_is_a_page_for_each_command_and_for_rules_and_settings() -> None:
    names = {f"diskmode-{name}.1" for name in COMMANDS}
    wanted = {"diskmode.1", "diskmode-rules.7", "diskmode-config.5"} | names
    assert [one.file_name for one in PAGES if one.file_name not in wanted] == []
    assert len(PAGES) == len(wanted)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_page_has_every_option(name: str) -> None:
    assert isinstance(main, click.Group)
    context = click.Context(main)
    text = plain(page(f"diskmode-{name}.1").text)
    commands = [main.get_command(context, name)]
    if name == "set":
        commands.append(main.resolve_command(context, ["set", "--each"])[1])
    for command in commands:
        assert command is not None
        flags = [flag for one in command.params if isinstance(one, click.Option) for flag in one.opts]
        assert [flag for flag in flags if flag not in text] == []


def test_every_rule_is_on_its_page() -> None:
    text = plain(page("diskmode-rules.7").text)
    assert [rule.id for rule in RULES if f"\n{rule.id}\n" not in text] == []


def test_the_settings_of_the_page_are_good_ones_and_all_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(EXAMPLE)
    monkeypatch.setenv("DISKMODE_CONFIG", str(path))
    assert load_settings().trouble is None
    text = plain(page("diskmode-config.5").text)
    assert [name for name in TOLD if name not in text] == []
    free = {name for name in KNOWN[""] if name not in KNOWN}
    within = {f"{table}.{name}" for table in KNOWN if table for name in KNOWN[table]}
    assert TOLD.keys() == free | within
    assert load_settings().filters == {"web": "vm:web* is:skipped"}


def test_every_variable_that_is_read_is_told() -> None:
    read = {
        name
        for path in (ROOT / "tui").rglob("*.py")
        for name in re.findall(r'environ(?:\.get\(|\[)"(\w+)"', path.read_text())
    }
    ours = {name for name in read if name.startswith("DISKMODE_") or name in VARIABLES}
    assert ours
    assert {name for name in VARIABLES if name.startswith("DISKMODE_")} == {
        name for name in ours if name.startswith("DISKMODE_")
    }


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_no_text_becomes_a_request_or_an_escape(text: str) -> None:
    for line in [*lines_of(text), *list(literal([text]))[1:-1]]:
        assert line.isascii()
        assert not line.startswith((".", "'"))
        assert re.sub(r"\\(?:[&e-]|\((?:aq|ga|ha|ti|dq)|\[u[0-9A-F]{4,6}\])", "", line).count("\\") == 0


def test_writing_takes_away_a_page_that_is_no_more(tmp_path: Path) -> None:
    left = tmp_path / "man1" / "diskmode-gone.1"
    left.parent.mkdir()
    left.write_text("")
    write(tmp_path)
    assert {one.name for one in tmp_path.glob("man*/*")} == {one.file_name for one in PAGES}


def test_the_pages_that_are_shipped_are_current() -> None:
    shipped = {one.name: one.read_text(encoding="ascii") for one in HOME.glob("man*/*")}
    assert shipped == {one.file_name: one.text for one in PAGES}, "python -m tui.cli.manual makes them anew"


def test_the_day_of_the_pages_is_the_changelog_s() -> None:
    day = rf"^## \[{re.escape(__version__)}\] - {RELEASED}$"
    assert re.search(day, (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


@pytest.mark.man
@pytest.mark.parametrize("one", PAGES, ids=lambda one: one.file_name)
def test_the_linters_of_pages_find_nothing(one: Page, tmp_path: Path) -> None:
    path = tmp_path / one.file_name
    path.write_text(one.text)
    needs("mandoc")
    needs("man")
    linted = subprocess.run(["mandoc", "-T", "lint", path], capture_output=True, text=True, check=False)
    assert (linted.stdout, linted.stderr) == ("", "")
    surroundings = os.environ | {"LC_ALL": "C.UTF-8", "MANWIDTH": "80"}
    words = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(path)]
    shown = subprocess.run(words, capture_output=True, text=True, check=False, env=surroundings)
    assert shown.stderr == ""
    assert shown.returncode == 0
