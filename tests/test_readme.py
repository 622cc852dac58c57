"""The README against the program: keys, commands, options, links, and the two commands that do everything."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from tui.app.app import DiskmodeApp
from tui.cli import main
from tui.cli.messages import Status
from tui.cli.program import COMMANDS, editor
from tui.disks import MODES, Preset, Spelling
from tui.fleet.query import FIELDS
from tui.keys.key_table import key_rows
from tui.session import Choices, open_reading
from tui.settings import load_settings
from tui.storage import read

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "sample_vms/README.md")
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -q "


def section(title: str) -> str:
    return re.split(r"^#+ ", README.split(f"\n{title}\n")[1], flags=re.MULTILINE)[0]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def rows_below(head: str) -> list[list[str]]:
    """The cells of each row of the table whose head begins so."""
    table = README[README.index(f"\n| {head} |") + 1 :].split("\n\n")[0]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()[2:]]


def calls() -> list[list[str]]:
    """Each call of diskmode in a block of shell, as words, without the pipe and the redirection."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    parts = [part.strip() for line in lines for part in re.split(r" \| | && ", line)]
    calls = [part for part in parts if part.partition(" ")[0].rpartition("/")[2] == "diskmode"]
    return [shlex.split(re.split(r" 2?> ", call)[0])[1:] for call in calls]


def context_of_main() -> click.Context:
    """The context a run of the program makes: click remembers the help option of a command's first one."""
    return click.Context(main, **main.context_settings)


def known_options() -> set[str]:
    group = main
    assert isinstance(group, click.Group)
    context = context_of_main()
    every = [group, editor, *(group.get_command(context, name) for name in COMMANDS)]
    every.append(group.resolve_command(context, ["set", "--each"])[1])
    return {
        flag
        for command in every
        if command is not None
        for param in command.get_params(context)
        if isinstance(param, click.Option)
        for flag in (*param.opts, *param.secondary_opts)
    }


# Keys and settings


@pytest.mark.parametrize("screen", ["editor", "fleet"])
def test_each_key_told_is_bound_and_the_rest_is_in_the_manual(screen: str) -> None:
    told = re.findall(r"^\| (`.+?`) \| ", section(f"## The {screen}"), re.MULTILINE)
    keys = {key for row in told for key in re.findall(r"`([^`]+)`", row)}
    bound = {key for row in key_rows(screen) for key in row.keys} | {"ctrl+p"}
    assert len(keys) > 8
    assert keys <= bound


def test_the_settings_shown_are_good_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shown,) = blocks("toml")
    path = tmp_path / "config.toml"
    path.write_text(shown)
    monkeypatch.setenv("DISKMODE_CONFIG", str(path))
    settings = load_settings()
    assert settings.trouble is None
    assert settings.keymap == tomllib.loads(shown)["keymap"]
    assert settings.keymap.keys() <= {row.id for row in key_rows("editor")}
    app = DiskmodeApp(open_reading(read(ROOT / "sample_vms/esxi8-web01.vmx"), Choices()))
    assert settings.theme in app.available_themes


# Commands


@pytest.mark.parametrize("words", calls(), ids=" ".join)
def test_each_call_shown_is_understood(words: list[str]) -> None:
    assert isinstance(main, click.Group)
    known = words[0] in COMMANDS
    above = context_of_main()
    command = main.resolve_command(above, words)[1] if known else editor
    assert command is not None
    context = command.make_context(words[0], words[1:] if known else list(words), above)
    assert not context.args


def test_every_command_is_told() -> None:
    told = [row[0].strip("`") for row in rows_below("command")]
    assert told == list(COMMANDS)
    assert {words[0] for words in calls()} >= set(COMMANDS)


def test_every_option_told_is_one() -> None:
    ours = README[: README.index("## Beside other tools")]
    ours = "\n".join(line for line in ours.splitlines() if not line.startswith(SET_UP))
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", ours))
    assert len(told) > 10
    assert told <= known_options()


def test_the_fields_of_a_query_are_all_told() -> None:
    (told,) = re.findall(r"the\s+fields\s+are\s+([^.]+)\.", README)
    assert re.findall(r"`(\w+)`", told) == list(FIELDS)


def test_the_exit_statuses_are_all_told() -> None:
    assert [int(row[0]) for row in rows_below("exit status")] == [status.value for status in Status]


# Words


def test_the_policy_table_has_every_current_mode() -> None:
    rows = {row[2].split("`")[1]: row for row in rows_below("in snapshots") if "`" in row[2]}
    current = {mode.value: facts for mode, facts in MODES.items() if not facts.legacy}
    assert rows.keys() == current.keys()
    for word, facts in current.items():
        snapshot, persistent, _, api, label = rows[word]
        assert (snapshot == "yes", persistent == "yes") == (facts.policy.snapshot, facts.policy.persistent)
        assert label == facts.label
        assert f"`{word.replace('-', '_')}`" in api


def test_every_spelling_preset_and_outdated_mode_is_told() -> None:
    assert [row[0] for row in rows_below("spelling")] == [f"`{spelling}`" for spelling in Spelling]
    words = {*Preset} - {Preset.NO} | {mode for mode, facts in MODES.items() if facts.legacy}
    assert not [word for word in words if f"`{word}`" not in README]


def test_the_seven_questions_have_a_key_and_a_command() -> None:
    rows = rows_below("you ask")
    assert len(rows) == 7
    assert all("`" in row[2] for row in rows)


def test_the_contents_lead_to_every_section() -> None:
    heads = re.findall(r"^###? (.+)$", README[README.index("## Contents") :], re.MULTILINE)[1:]
    told = re.findall(r"\[([^\]]+)\]\(#", section("## Contents"))
    assert [one for one in heads if one not in told] == []


# Links and the two commands


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    document = ROOT / name
    text = document.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"^\[[^]^]+\]: (\S+)", text, re.MULTILINE)
    for target in targets:
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        led = document.parent / path if path else document
        assert led.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", led.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in headings}


def test_pictures_are_shown() -> None:
    shown = re.findall(r"^!\[[^\]]+\]\((screenshots/[^)]+\.svg)\)$", README, re.MULTILINE)
    assert len(shown) >= 2


def test_one_line_opens_a_sample_and_one_passes_the_tests() -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("python3")]
    assert [line.startswith(SET_UP) for line in lines] == [True, True]
    opening, testing = (line.removeprefix(SET_UP) for line in lines)
    opened = re.fullmatch(r"\. && \.venv/bin/diskmode (\S+)", opening)
    assert opened
    assert (ROOT / opened[1]).is_file()
    assert testing == "-e '.[test]' && .venv/bin/pytest -n 2"


def test_ci_runs_the_readme_s_own_test_command() -> None:
    script = (ROOT / ".ci/run").read_text()
    (pattern,) = re.findall(r"grep -E '([^']+)' README\.md", script)
    (line,) = re.findall(pattern, README, re.MULTILINE)
    assert line.startswith(SET_UP)
    assert "bin/pytest" not in script.replace(pattern, "")
