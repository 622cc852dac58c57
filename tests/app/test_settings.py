"""Keys and theme a person set; what is wrong with them is said, and the program opens all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from textual.theme import BUILTIN_THEMES

from tests.app.helpers import WEB, Seat, copied, seated
from tests.standing import standing
from tui.app.app import DiskmodeApp
from tui.app.launch import has_few_colours
from tui.cli import main
from tui.keys import every_key
from tui.keys.keymap import clashes_in
from tui.session import Choices, open_reading
from tui.settings import OWN_THEMES, THEMES, MemorySettings, Settings, keep_filter, keep_theme, load_settings
from tui.storage import read


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings" / "config.toml"
    path.parent.mkdir()
    monkeypatch.setenv("DISKMODE_CONFIG", str(path))
    return path


async def test_a_key_of_ones_own_replaces_the_programs(settings: Path, tmp_path: Path) -> None:
    settings.write_text('[keymap]\n"disk.snapshot" = "f5,t"\n')
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("s")
        assert seat.policy(0) == (True, True)
        await seat.press("t")
        assert seat.policy(0) == (False, True)
        await seat.press("f5")
        assert seat.policy(0) == (True, True)
        assert "f5 snapshot" in seat.seen()[-1]
        await seat.press("question_mark")
        page = seat.screen.query_one("#page").lines  # type: ignore[attr-defined]
        lines = ["".join(span.text for span in line) for line in page]
        place = next(place for place, line in enumerate(lines) if "f5 t" in line)
        assert "disk.snapshot" in "".join(lines[place : place + 2])


async def test_a_key_that_another_action_has_is_told_and_left_to_it(settings: Path, tmp_path: Path) -> None:
    settings.write_text('[keymap]\n"file.save" = "ctrl+s,s"\n')
    async with seated(copied(WEB, tmp_path)) as seat:
        assert ": line 2: one key for two actions" in seat.below()
        assert "s snapshot" in seat.seen()[-1]
        await seat.press("s")
        assert seat.policy(0) == (False, True)


@pytest.mark.parametrize(
    ("given", "passed_over"),
    [
        ({"disk.snapshot": "t", "disk.persistent": "t"}, ["disk.persistent"]),
        ({"disk.snapshot": "p", "disk.persistent": "s"}, []),
        ({"disk.snapshot": "s"}, []),
        ({"disk.snapshot": "?"}, ["disk.snapshot"]),
        ({"disk.snapshot": "down"}, ["disk.snapshot"]),
        ({"fleet.sort": "H", "plan.leave": "x"}, ["fleet.sort"]),
        ({"disk.plan": "n"}, []),
    ],
)
def test_of_two_actions_with_one_key_the_later_is_passed_over(
    given: dict[str, str], passed_over: list[str]
) -> None:
    assert [name for name, _ in clashes_in(given)] == passed_over


def test_mistakes_come_in_the_order_of_their_lines(settings: Path) -> None:
    settings.write_text(
        'colour = 3\n[keymap]\n"file.save" = "q"\nnothing = "x"\n[ssh]\nconnect = "no"\n[history]\n'
    )
    lines = [one.partition(":")[0] for one in load_settings().mistakes]
    assert lines == ["line 1", "line 3", "line 4", "line 6"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("this is = = no toml", "the defaults are used"),
        ("keymap = 3", "[keymap] wants lines like"),
        ("[keymap]\ndisk = 3", "[keymap] wants lines like"),
        ("[keymap]\nx = '\udcff'", "the defaults are used"),
        ('[filters]\n"a b" = "vm:x"', "[filters] wants lines like"),
        ("[filters]\na = 3", "line 2: [filters] wants lines like"),
    ],
)
async def test_settings_that_cannot_be_read_are_told_and_the_defaults_hold(
    text: str, said: str, settings: Path, tmp_path: Path
) -> None:
    settings.write_bytes(text.encode("utf-8", "surrogateescape"))
    async with seated(copied(WEB, tmp_path)) as seat:
        assert said in seat.below()
        await seat.press("s")
        assert seat.policy(0) == (False, True)


def test_without_a_file_the_defaults_hold_and_nothing_is_said(settings: Path) -> None:
    assert load_settings() == Settings()


def test_an_empty_file_sets_nothing_and_may_be_written_to(settings: Path) -> None:
    settings.write_bytes(b"")
    assert load_settings() == Settings()
    assert keep_theme("nord") is None
    assert load_settings().theme == "nord"


def test_filters_are_saved_by_name(settings: Path) -> None:
    settings.write_text('[filters]\nmine = "vm:web* is:skipped"\n')
    assert load_settings().filters == {"mine": "vm:web* is:skipped"}


async def test_a_theme_chosen_is_kept_and_all_else_in_the_settings_stays(
    settings: Path, tmp_path: Path
) -> None:
    settings.write_text('# mine\n[keymap] # keys\n"disk.snapshot" = "t"\n')
    async with seated(copied(WEB, tmp_path)) as seat:
        seat.app.theme = "nord"
        await seat.pilot.pause()
    assert load_settings() == Settings("nord", {"disk.snapshot": "t"})
    assert "# mine" in settings.read_text()
    assert "[keymap] # keys" in settings.read_text()


def test_a_theme_is_kept_where_there_was_no_folder(settings: Path) -> None:
    settings.parent.rmdir()
    assert keep_theme("nord") is None
    assert load_settings().theme == "nord"


def test_a_filter_is_kept_among_the_others_and_all_else_stays(settings: Path) -> None:
    settings.write_text('theme = "nord" # mine\n\n[filters]\nweb = "vm:web*" # all\n')
    assert keep_filter("mine", 'is:skipped -vm:"test bench"') is None
    assert load_settings().filters == {"web": "vm:web*", "mine": 'is:skipped -vm:"test bench"'}
    assert settings.read_text().startswith('theme = "nord" # mine\n\n[filters]\nweb = "vm:web*" # all\n')


def test_a_filter_is_not_kept_where_its_table_is_none(settings: Path) -> None:
    settings.write_text('filters = "none"\n')
    assert "could not be kept" in (keep_filter("mine", "vm:web") or "")
    assert settings.read_text() == 'filters = "none"\n'


def test_a_theme_that_cannot_be_kept_is_told(settings: Path) -> None:
    settings.mkdir()
    assert "could not be kept" in (keep_theme("nord") or "")


@pytest.mark.parametrize(
    ("told", "few"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True),
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, False),
        ({"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "256"}, False),
        ({"TERM": "xterm-256color", "TEXTUAL_COLOR_SYSTEM": "standard"}, True),
        ({"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "auto", "COLORTERM": " 24bit"}, False),
        ({"TERM": "xterm", "COLORTERM": "256"}, True),
        ({"TERM": "XTERM-256COLOR"}, False),
        ({"TERM": "screen"}, True),
        ({"TERM": "xterm-kitty"}, False),
        ({"TERM": "xterm-16color"}, True),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, True),
        ({}, True),
    ],
)
def test_a_terminal_of_few_colours_gets_a_theme_of_its_own_colours(told: dict[str, str], few: bool) -> None:
    assert has_few_colours(told) is few


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = " + "[" * 50_000, "nested too deeply"),
        ("\nx = " + "9" * 5_000, "line 2: a number has too many digits"),
        ("\na = 1\nb = \x00", "line 3"),
        ("# " + "x" * 300_000, "larger than 256 KiB"),
        ("\n\ntheme = 3", "line 3: theme wants a name"),
        ('theme = "a\\u0000b"', "line 1: theme wants a name"),
        ('[keymap]\n"disk.snapshot" = "t"\n"disk.persistent" = 3', "line 3: [keymap] wants lines like"),
        ('[keymap]\n"disk.snapshot" = "\\u0000"', "line 2: [keymap] wants lines like"),
        ("[history]\ndays = 0", "line 2: history.days wants a whole number from 1"),
        ("[history]\ndays = true", "line 2: history.days"),
        ("\n[ history ] # mine\nrecords = 1.5", "line 3: history.records"),
        ("\nhistory.days = 1e99", "line 2: history.days"),
        ("\nhistory = { days = -1 }", "line 2: history.days"),
        ("\n[[history]]\ndays = 3", "line 2: [history] wants lines like"),
        ("history = 3", "line 1: [history] wants lines like"),
        ('\ntheme = "nrod"', 'line 2: no theme is called "nrod": nord?'),
        ('tehme = "nord"', "line 1: nothing is called tehme: theme?"),
        ("[history]\ndays = 3\nrecord = 5", "line 3: nothing is called record in [history]: records?"),
        ('[keymap]\n"disk.snapshto" = "t"', "line 2: no action is called disk.snapshto: disk.snapshot?"),
        ('[keymap]\n"disk.snapshot" = "F5"', 'line 2: no key is called "F5": f5?'),
        ('[keymap]\n"disk.snapshot" = "ctrl+entr"', 'line 2: no key is called "ctrl+entr": ctrl+enter?'),
        ('[keymap]\n"disk.snapshot" = "cmd+s"', 'line 2: no key is called "cmd+s"'),
        ('[kyemap]\n"disk.snapshot" = "t"', "line 1: nothing is called kyemap: keymap?"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, said: str, settings: Path) -> None:
    settings.write_text(text)
    found = load_settings()
    assert said in (found.trouble or "")
    assert len((found.trouble or "").replace(str(settings), "")) < 200
    assert found.history in (MemorySettings(), MemorySettings(3))


def test_every_key_and_theme_of_the_program_is_a_good_setting(settings: Path) -> None:
    lines = [f'"{key.id}" = "{key.keys}"' for key in every_key().values()]
    for theme in sorted(THEMES):
        settings.write_text("\n".join((f'theme = "{theme}"', "[keymap]", *lines)))
        assert load_settings().trouble is None
    assert BUILTIN_THEMES.keys() | set(OWN_THEMES) == set(THEMES)


def test_the_command_line_tells_a_mistake_and_goes_on(settings: Path, tmp_path: Path) -> None:
    settings.write_text('theme = "nrod"\n')
    found = CliRunner().invoke(main, ["show", str(copied(WEB, tmp_path))])
    assert found.exit_code == 0
    assert f'diskmode: {settings}: line 1: no theme is called "nrod": nord?' in found.stderr
    assert found.stderr.count("nrod") == 1


def test_one_mistake_leaves_all_else_as_it_was_set(settings: Path) -> None:
    history, keymap = '[history]\ndays = 7\nrecords = "x"\n', '[keymap]\n"disk.mode" = "t"\ny = 3\n'
    settings.write_text(f'theme = "nord"\n{history}{keymap}')
    found = load_settings()
    assert (found.theme, found.keymap, found.history) == (
        "nord",
        {"disk.mode": "t"},
        MemorySettings(7, 1_000),
    )


async def test_an_unknown_theme_does_not_stop_the_program(settings: Path, tmp_path: Path) -> None:
    settings.write_text('theme = "no such theme"\n')
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("s")
        assert seat.policy(0) == (False, True)


async def test_a_key_taken_from_an_action_that_keeps_its_own_is_told(settings: Path, tmp_path: Path) -> None:
    settings.write_text('[keymap]\n"disk.snapshot" = "p"\n')
    async with seated(copied(WEB, tmp_path)) as seat:
        assert "disk.snapshot may not have p, which disk.persistent has" in seat.below()


async def test_who_never_used_the_editor_is_told_its_keys_until_they_are_put_away(tmp_path: Path) -> None:
    hidden = ("encrypted.vmx", ("escape",), False)  # no disk there that a key would change
    runs = (hidden, (WEB, (), True), (WEB, ("escape",), True), (WEB, (), False))
    for place, (sample, put_away, told) in enumerate(runs):
        folder = tmp_path / str(place)
        folder.mkdir()
        path = copied(sample, folder)
        app = DiskmodeApp(open_reading(read(path), Choices()), explains=True)
        async with app.run_test() as pilot:
            await standing(app)
            await app.workers.wait_for_complete()
            await standing(app)
            seat = Seat(app, pilot)
            assert seat.sees("s leaves a disk out, p makes it forget") is told
            await seat.press(*put_away)
            await seat.settle()
            assert not (put_away and seat.sees("p makes it forget"))
