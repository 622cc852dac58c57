"""Sentences name the keys that a person has, not those that the program came with."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import tui.app
from tests.app.helpers import WEB, copied, seated
from tests.scenes import SAMPLES
from tui.app.editor.file_presentation import notice_line, prompt_words, review_of
from tui.app.editor.mending import not_mended, nothing_safe
from tui.app.fleet.fleet_presentation import SetKeys, set_lines
from tui.app.widgets.spans import Line
from tui.disks import Format, Sidecars
from tui.fleet.sets import FleetSet
from tui.keys import every_key
from tui.keys.bound import DEFAULT_KEYS, BoundKeys
from tui.machine import machine_in
from tui.session import Notice, NoticeKind, Origin, PathQuestion, Question, QuestionKind, Reply

MINE = BoundKeys(dict.fromkeys(every_key(), "f12"))


def text(line: Line) -> str:
    return "".join(span.text for span in line)


@pytest.mark.parametrize(
    ("keymap", "name", "said"),
    [
        ({}, "file.save", "ctrl+s"),
        ({}, "view.filter", "/"),
        ({}, "message.put-away", "esc"),
        ({"file.save": "f2"}, "file.save", "f2"),
        ({"file.save": " full_stop , f2"}, "file.save", "."),
        ({"file.save": "ctrl+question_mark"}, "file.save", "ctrl+?"),
        ({"file.save": "+"}, "file.save", "+"),
        ({"file.save": "f2"}, "edit.undo", "u"),
        ({"file.save": ""}, "file.save", "ctrl+s"),
    ],
)
def test_a_key_is_named_as_a_person_has_it(keymap: dict[str, str], name: str, said: str) -> None:
    assert BoundKeys(keymap)[name] == said


def test_an_arrow_is_a_word_where_its_sign_would_be_another_key() -> None:
    assert BoundKeys().pair("choice.up", "choice.down") == BoundKeys().arrows == "↑↓"
    assert BoundKeys(in_ascii=True).pair("choice.up", "choice.down") == "up down"
    assert BoundKeys({"choice.up": "f1"}).pair("choice.up", "choice.down") == "f1 ↓"


def test_an_action_that_there_is_not_has_no_key() -> None:
    with pytest.raises(KeyError):
        DEFAULT_KEYS["file.swallow"]


def notices(keys: BoundKeys) -> list[str]:
    return [notice_line(Notice(kind, "a: b"), Origin.FILE, keys)[0] for kind in NoticeKind]


def questions(keys: BoundKeys) -> list[str]:
    asked = [Question(kind, (Reply.RELOAD,)) for kind in (QuestionKind.RELOAD, QuestionKind.CONFLICT)]
    asked += [Question(kind, ()) for kind in (QuestionKind.RECOVER, QuestionKind.RECOVER_ELSEWHERE)]
    return [" ".join(review_of(one, Format.VMX, Origin.FILE, keys).sentences) for one in asked]


def prompts(keys: BoundKeys) -> list[str]:
    asked = PathQuestion(QuestionKind.EXPORT, "out.xml", b"", unsaid="2 things are lost")
    return list(prompt_words(asked, Format.DOMAIN_XML, Origin.FILE, keys))


def remedies(keys: BoundKeys) -> list[str]:
    path = SAMPLES / "esxi8-web01.vmx"
    return [nothing_safe(machine_in(path.read_bytes(), None, None), keys), not_mended(keys)]


@pytest.mark.parametrize("sentences", [notices, questions, prompts, remedies])
def test_no_sentence_names_a_key_that_does_something_else_now(
    sentences: Callable[[BoundKeys], list[str]],
) -> None:
    default, mine = sentences(DEFAULT_KEYS), sentences(MINE)
    named = re.compile(r"\b(?:ctrl\+\w|esc|f8|F|u|r|l)\b")
    assert any(named.search(one) for one in default)
    assert not [one for one in mine if named.search(one)]
    assert not [one for one in (*default, *mine) if "{" in one]


def test_the_sets_of_a_fleet_have_the_keys_that_pick_them() -> None:
    sets = [FleetSet("skipped", 2, "is:skipped"), FleetSet("other", 1, "rule:other")]

    def shown(keymap: dict[str, str]) -> str:
        return text(set_lines(sets, "rule:other", 80, 1, SetKeys.of(BoundKeys(keymap)))[0])

    assert shown({}) == " 1 skipped 2 [2 other 1]  0 all "
    assert shown({"fleet.pick": "f1,f2,f3", "fleet.pick-all": "f4"}) == " f1 skipped 2 [f2 other 1]  f4 all "


async def test_the_editor_names_the_keys_that_a_person_gave_its_actions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "config.toml"
    keys = {"file.history": "f3", "view.preview": "f4", "edit.undo": "f5", "choice.leave": "f6"}
    settings.write_text("[keymap]\n" + "".join(f'"{name}" = "{key}"\n' for name, key in keys.items()))
    monkeypatch.setenv("DISKMODE_CONFIG", str(settings))
    async with seated(copied(WEB, tmp_path)) as seat:
        assert seat.sees("VMX · f4 whole")
        await seat.press("f5")
        assert "Nothing to undo here; f3 shows earlier saves." in seat.below()
        await seat.press("m")
        assert seat.sees("enter choose  f6 leave")
        await seat.press("f6")
        assert not seat.sees("enter choose")


def test_of_a_machine_in_use_it_is_said_why_nothing_is_mended_now() -> None:
    machine = machine_in((SAMPLES / "esxi8-web01.vmx").read_bytes(), None, None)
    said = nothing_safe(machine.knowing(Sidecars(lock="web.vmx.lck")), DEFAULT_KEYS)
    assert said.startswith("Not mended now: the VM seems to be in use")
    assert said.endswith("power it off first.")


def texts_of(path: Path) -> list[str]:
    """The text a module shows: its strings that are no docstrings."""
    tree = ast.parse(path.read_bytes())
    documents = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    return [
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in documents
    ]


def test_no_text_of_the_screens_has_a_key_by_its_letter() -> None:
    key = re.compile(r"\bctrl\+\w|\besc\b|\bf8\b|[;·] \w (shows|takes|asks|saves|undo|redo|stops|reads)\b")
    modules = Path(tui.app.__file__).parent.rglob("*.py")
    assert not {text for path in modules for text in texts_of(path) if key.search(text)}
