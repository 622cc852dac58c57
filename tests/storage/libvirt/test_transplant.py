"""An edit of what libvirt shows, made in what it keeps: nothing secret is lost, nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.storage.libvirt.transplant import TransplantError, secrets_in, transplanted, without

SHOWN = b"""<domain>
  <devices>
    <disk type='file' device='disk'>
      <target dev='vda'/>
    </disk>
    <disk type='network' device='disk'>
      <source protocol='https' name='a'>
        <host name='h'/>
      </source>
      <target dev='vdb'/>
    </disk>
    <graphics type='vnc' port='-1'/>
  </devices>
</domain>
"""
KEPT = SHOWN.replace(b"port='-1'/>", b"port='-1' passwd='geheim'/>").replace(
    b"<host name='h'/>\n",
    b"<host name='h'/>\n        <cookies>\n          <cookie>crumb</cookie>\n        </cookies>\n",
)


def test_an_attribute_comes_into_a_line_of_its_own() -> None:
    edited = SHOWN.replace(b"'file' device='disk'>", b"'file' device='disk' snapshot='no'>")
    expected = KEPT.replace(b"'file' device='disk'>", b"'file' device='disk' snapshot='no'>")
    assert transplanted(SHOWN, edited, KEPT) == expected


@pytest.mark.parametrize("target", [b"vda", b"vdb"])
def test_an_element_comes_in_behind_its_neighbour(target: bytes) -> None:
    line = b"      <target dev='" + target + b"'/>\n"
    edited = SHOWN.replace(line, line + b"      <transient/>\n")
    assert transplanted(SHOWN, edited, KEPT) == KEPT.replace(line, line + b"      <transient/>\n")


def test_an_element_taken_out_is_taken_out_of_the_text_with_secrets() -> None:
    line = b"      <target dev='vda'/>\n"
    with_it = SHOWN.replace(line, line + b"      <transient/>\n")
    kept = KEPT.replace(line, line + b"      <transient/>\n")
    assert transplanted(with_it, SHOWN, kept) == KEPT


@pytest.mark.parametrize("line", [b"<graphics type='vnc' port='-1'/>", b"<graphics"])
def test_a_line_that_holds_a_secret_is_not_edited(line: bytes) -> None:
    with pytest.raises(TransplantError):
        transplanted(SHOWN, SHOWN.replace(line, b"<graphics x='y'", 1), KEPT)


def test_without_secrets_it_is_what_was_edited() -> None:
    assert transplanted(SHOWN, b"anything", SHOWN) == b"anything"


def test_secrets_are_the_lines_that_are_not_shown() -> None:
    assert secrets_in(SHOWN, SHOWN) == frozenset()
    assert {line.strip() for line in secrets_in(SHOWN, KEPT)} == {
        b"<cookies>",
        b"<cookie>crumb</cookie>",
        b"</cookies>",
        b"<graphics type='vnc' port='-1' passwd='geheim'/>",
    }


def test_what_libvirt_quotes_of_a_secret_line_is_left_out() -> None:
    words = "XML error: line 12: <graphics type='vnc' port='-1' passwd='geheim'/> is not wanted"
    assert without(secrets_in(SHOWN, KEPT), words) == "XML error: line 12: … is not wanted"


LINES = st.lists(st.sampled_from(["<disk>", "</disk>", "<a/>", "<b/>", "<c/>"]), min_size=1, max_size=12)


@given(LINES, st.lists(st.integers(0, 11), max_size=4), st.integers(0, 11), st.booleans())
def test_taken_back_the_kept_text_is_as_it_was(
    lines: list[str], secrets: list[int], place: int, adds: bool
) -> None:
    """Whatever is edited and whatever is secret: an edit and its opposite leave what was kept."""
    shown = "".join(f"{line}\n" for line in lines).encode()
    kept = "".join(
        f"{line}\n" + ("<secret/>\n" if number in secrets else "") for number, line in enumerate(lines)
    ).encode()
    edited_lines = list(lines)
    at = place % len(lines)
    edited_lines[at : at + (0 if adds else 1)] = ["<transient/>"]
    edited = "".join(f"{line}\n" for line in edited_lines).encode()
    there = transplanted(shown, edited, kept)
    assert there.replace(b"<secret/>\n", b"") == edited
    assert there.count(b"<secret/>") == kept.count(b"<secret/>")
