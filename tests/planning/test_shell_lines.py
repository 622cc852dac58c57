"""A command in lines: a shell takes them for the same words."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.columns import cells
from tui.planning.commands import wrapped_for_shell

WORDS = st.text(
    st.characters(exclude_characters="\x00\n\r", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=90
)


def taken(text: str) -> list[str]:
    """The words that a shell makes of it."""
    script = f"set -- {text}\nprintf '%s\\0' \"$@\""
    found = subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout
    return [word.decode() for word in found.split(b"\0")[:-1]]


@given(st.lists(WORDS, min_size=1, max_size=6), st.integers(20, 100))
@settings(max_examples=60, deadline=None)
def test_a_shell_takes_the_lines_for_the_same_command(words: list[str], width: int) -> None:
    lines = wrapped_for_shell(shlex.join(words), width)
    assert all(cells(line) <= width for line in lines)
    assert taken("\n".join(lines)) == words


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["virsh", "list"], ["virsh list"]),
        (["a" * 12, "b" * 12], ["aaaaaaaaaaaa \\", "bbbbbbbbbbbb"]),
    ],
)
def test_a_command_is_broken_between_words(words: list[str], lines: list[str]) -> None:
    assert wrapped_for_shell(shlex.join(words), 20) == lines


@given(st.text("ab '\"\\$", min_size=1, max_size=60), st.integers(20, 30))
@settings(max_examples=60, deadline=None)
def test_a_word_longer_than_a_line_is_broken_outside_or_between_its_quotes(word: str, width: int) -> None:
    lines = wrapped_for_shell(shlex.quote(word), width)
    assert all(cells(line) <= width for line in lines)
    assert taken("\n".join(lines)) == [word]
