from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.visible import visible, visible_lines

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
letters = st.text(st.characters(exclude_categories=()))
acting = st.text(st.sampled_from("\x1b[31m\x07\x9b\x7f\u0085\n\r\t\u2028\ufeff\u200b\ud800ab" + BIDI))


@given(letters | acting)
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(shown) & set(BIDI)


@given(letters)
def test_a_text_without_acting_letters_is_shown_as_it_is(text: str) -> None:
    plain = "".join(letter for letter in text if unicodedata.category(letter)[0] in "LNPS" or letter == " ")
    assert visible(plain) == plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\x1b[31mred\x1b[0m", "\\e[31mred\\e[0m"),
        ("\x00\x07\x7f", "\\x00\\x07\\x7f"),
        ("\x85\x9b0m\xad", "\\x85\\x9b0m\\xad"),
        ("web\u202egnp.vmdk", "web\\u202egnp.vmdk"),
        ("a\u2066b\u2069c", "a\\u2066b\\u2069c"),
        ("a\u200bb\u200dc\u2060d\ufeff", "a\\u200bb\\u200dc\\u2060d\\ufeff"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("\U000e0041", "\\U000e0041"),
        ("\udc85", "\\udc85"),
        ("Gr\u00fc\u00dfe \u4e2d\u6587 \u05d0 \U0001f600", "Gr\u00fc\u00dfe \u4e2d\u6587 \u05d0 \U0001f600"),
        ("", ""),
    ],
)
def test_each_acting_letter_is_shown_by_its_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(letters | acting)
def test_a_whole_document_keeps_its_line_feeds_and_tabs_alone(text: str) -> None:
    shown = visible_lines(text)
    assert shown.count("\n") == text.count("\n")
    assert shown.count("\t") == text.count("\t")
    assert shown.replace("\n", "\\n").replace("\t", "\\t") == visible(text)
