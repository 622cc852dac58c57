from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.formats.samples import sample, vmx
from tui.formats.limits import MAX_REMARKS
from tui.formats.vmx import VmxDocument
from tui.formats.vmx_syntax import VmxText, escape, unescape


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b'k = "v"', "v"),
        (b'k="v"', "v"),
        (b'\t k\t=\t"v" \t', "v"),
        (b'K = "v"', "v"),
        (b'k = "a b # = c"', "a b # = c"),
        (b'k = "v"# note', "v"),
        (b'k = "v"   # a "note"', "v"),
        (b"k = v", "v"),
        (b"k = v # note", "v"),
        (b"k = v#note", "v"),
        (b"k = /vmfs/volumes/x.vmdk", "/vmfs/volumes/x.vmdk"),
        (b"k =", ""),
        (b"k = # note", ""),
        (b'k = ""', ""),
        (b'k = "a|22b|7C|7c"', 'a"b||'),
        (b'k = "|zz|4|"', "|zz|4|"),
        (b'k = "|C3|BC"', "\u00fc"),
        (b'k = a"b', 'a"b'),
    ],
)
def test_a_line_that_carries_a_key_is_read(line: bytes, value: str) -> None:
    assert VmxText(line).get("k") == value


@pytest.mark.parametrize(
    "line",
    [
        b"k = a b",
        b'k = "lost',
        b'k = "v" w',
        b'k = "v" "w"',
        b"k v",
        b"free text",
        b"= v",
        b'a b = "v"',
        b'k = "a"b"',
    ],
)
def test_any_other_line_is_malformed_kept_and_carries_no_key(line: bytes) -> None:
    text = VmxText(line)
    assert text.entries == ()
    assert list(text.malformed_lines()) == [0]


@pytest.mark.parametrize("line", [b"", b"  \t", b"#", b"# k = v", b"#!/usr/bin/vmware", b"\t# x"])
def test_blank_lines_and_comments_are_silent(line: bytes) -> None:
    text = VmxText(line + b"\nk = v")
    assert [entry.name for entry in text.entries] == ["k"]
    assert list(text.malformed_lines()) == []


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_ends_a_line_but_85_does_not(end: bytes) -> None:
    text = VmxText(b'a = "x\x85y"' + end + b"b = 2" + end + end + b"c = 3")
    assert [entry.line for entry in text.entries] == [0, 1, 3]
    assert len(text.text_lines) == 4


def test_mixed_line_ends_are_one_file() -> None:
    assert [entry.line for entry in VmxText(b"a=1\nb=2\r\nc=3\rd=4").entries] == [0, 1, 2, 3]


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    text = VmxText(b"\xef\xbb\xbfk = v\n\xef\xbb\xbfl = w")
    assert text.get("k") == "v"
    assert text.get("l") is None


def test_names_compare_without_case_and_the_first_of_two_is_read() -> None:
    text = VmxText(b'scsi0:0.FileName = "a"\nSCSI0:0.filename = "b"')
    assert text.get("SCSI0:0.FILENAME") == "a"
    assert len(text.by_key["scsi0:0.filename"]) == 2


def test_the_span_of_a_value_leaves_its_quotes_out() -> None:
    text = VmxText(b'k = "va" # x\nl = wb')
    assert [text.raw(entry) for entry in text.entries] == [b"va", b"wb"]
    assert [entry.quoted for entry in text.entries] == [True, False]


def test_the_declared_encoding_counts_wherever_its_line_stands() -> None:
    text = VmxText(b'displayName = "\x85 \xe4"\n.encoding = "windows-1252"')
    assert text.get("displayName") == "\u2026 \u00e4"
    assert VmxText(b'displayName = "\xc3\xa4"').get("displayName") == "\u00e4"


@pytest.mark.parametrize("key", ["config.encoding", "Snapshot.Encoding"])
def test_an_older_name_of_the_encoding_counts_where_there_is_none_of_today(key: str) -> None:
    old = f'{key} = "windows-1252"\n'.encode()
    assert VmxText(old + b'displayName = "\xe4"').get("displayName") == "\u00e4"
    both = old + b'displayName = "\xc3\xa4"\n.encoding = "UTF-8"'
    assert VmxText(both).get("displayName") == "\u00e4"
    (remark,) = vmx("x = 1", f'{key} = "klingon"').configuration.encoding_trouble
    assert remark.line == 3


def test_a_letters_bar_that_nobody_escaped_begins_no_escape_where_that_would_leave_no_letter() -> None:
    """VMware writes no such file; libvirt reads it so, as it decodes first."""
    text = VmxText(b'.encoding = "GBK"\nk = "\x81\x7c22|22"\nl = "\xff|22"')
    assert text.get("k") == b"\x81\x7c".decode("gbk") + '22"'
    assert text.get("l") == '\\xff"'


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("Shift_JIS", "\u30ec\u30dd\u30fc\u30c8"),
        ("GBK", b"\x81\x7c\xc4\xe3".decode("gbk")),
        ("UTF-8", "a|b\u00e4"),
    ],
)
def test_a_bar_among_the_bytes_of_a_letter_is_escaped_like_any_other(encoding: str, text: str) -> None:
    raw = text.encode({"Shift_JIS": "cp932"}.get(encoding, encoding))
    written = raw.replace(b"|", b"|7C")
    assert written != raw
    named = VmxText(b'.encoding = "%s"\nk = "%s"\nl = "%s"' % (encoding.encode(), written, raw))
    assert named.get("k") == named.value_of(named.entries[1]) == text
    assert named.get("l") == text


def test_bytes_that_do_not_decode_are_shown_escaped() -> None:
    text = VmxText(b'k = "\xff|FF"')
    assert text.get("k") == "\\xff\\xff"
    assert text.text_lines == ('k = "\\xff|FF"',)


def test_an_unknown_encoding_is_read_as_utf_8_with_a_remark() -> None:
    document = vmx('.encoding = "klingon"', 'displayName = "\u00e4"')
    assert document.configuration.name == "\u00e4"
    (remark,) = document.configuration.encoding_trouble
    assert (remark.line, "klingon" in remark.text) == (2, True)


def test_utf_7_is_never_decoded() -> None:
    assert vmx('.encoding = "UTF-7"', 'displayName = "+AGE-"').configuration.name == "+AGE-"


def test_bytes_outside_the_encoding_are_remarked_with_their_line() -> None:
    (remark,) = vmx("a = 1", b'b = "\xff"').configuration.encoding_trouble
    assert (remark.line, "0xFF" in remark.text) == (3, True)


@given(st.text(st.characters(codec="utf-8")))
def test_what_is_escaped_stands_on_one_line_between_quotes_and_reads_back(text: str) -> None:
    written = escape(text)
    assert not set(written) & set('"\r\n\x00\x7f')
    assert unescape(written) == text
    assert VmxText(f'k = "{written}"'.encode()).get("k") == text


@pytest.mark.parametrize(
    ("text", "written"),
    [('a"b', "a|22b"), ("a|b", "a|7Cb"), ("\x7f\n", "|7F|0A"), ("a\tb\u00fc", "a\tb\u00fc")],
)
def test_escapes_are_written_as_vmware_writes_them(text: str, written: str) -> None:
    assert escape(text) == written


@given(st.binary(max_size=200).map(lambda data: data.replace(b"\0", b"")))
def test_any_bytes_give_entries_whose_spans_lie_on_their_lines(data: bytes) -> None:
    text = VmxText(data)
    silent_or_bad = set(text.malformed_lines())
    for entry in text.entries:
        assert entry.line not in silent_or_bad
        assert text.lines.at(entry.name_span[0]) == entry.line
        assert text.lines.starts[entry.line] <= entry.name_span[0] < entry.name_span[1]
        assert entry.name_span[1] < entry.value_span[0] <= entry.value_span[1] <= text.lines.ends[entry.line]
        assert isinstance(text.value_of(entry), str)


_PIECES = [
    '"',
    "\n",
    "\r",
    "\r\n",
    '"\n',
    '"\r\n',
    ' = "',
    " = ",
    "=",
    " ",
    "#",
    "a",
    "b.c",
    'k = "v"\n',
    'k = "v"\r\n',
]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
@example('a = "x"\n"y"b = \n')
@example('k = "v"\nl = "w"')
@example('a = "x\ny"\n')
def test_keys_and_values_read_at_once_are_those_read_one_by_one(written: str) -> None:
    text = VmxText(written.encode())
    at_once = [
        (line, text.name_on(line), text.value_on(line)) for line, key in enumerate(text.layout.keys) if key
    ]
    assert at_once == [(entry.line, entry.name, text.value_of(entry)) for entry in text.entries]


def test_flags_are_true_in_any_case_and_else_false() -> None:
    text = VmxText(b'a = "TRUE"\nb = true\nc = "True"\nd = "FALSE"\ne = "1"')
    assert [text.flag(key) for key in "abcdef"] == [True, True, True, False, False, False]


def test_a_template_says_so() -> None:
    (remark,) = vmx('displayName = "{{ .Name }}"').configuration.template_marks
    assert (remark.text, remark.line) == ("{{ .Name }}", 2)
    assert vmx('@NAME@ = "x"').configuration.template_marks[0].text == "@NAME@"
    assert vmx('ethernet@n@.present = "x"').configuration.template_marks[0].text == "@n@"
    for line in ("{{ .Extra }}", '{% if "ide" in disks %}', "@EXTRA_LINES@"):
        (remark,) = vmx("x = 1", line).configuration.template_marks
        assert (remark.text, remark.line) == (line, 3)
    assert vmx("x = 1", "# {{ .Extra }}").configuration.template_marks == ()
    assert vmx('displayName = "@VM_NAME@"').configuration.template_marks[0].text == "@VM_NAME@"
    assert vmx('displayName = "{a} {{ b"', 'x = "me@home@x"').configuration.template_marks == ()


@pytest.mark.parametrize(
    ("name", "lines"), [("shebang-comments.vmx", 3), ("gsx-legacy.vmx", 0), ("bad-modes.vmx", 0)]
)
def test_the_malformed_lines_of_a_sample_are_remarked(name: str, lines: int) -> None:
    assert len(VmxDocument(sample(name)).configuration.malformed_lines) == lines


def test_more_lines_than_anybody_reads_are_counted() -> None:
    many = MAX_REMARKS + 2
    doubled = [f'k{number} = "v"' for number in range(many)]
    configuration = vmx(*["free text"] * many, *doubled, *doubled).configuration
    for remarks, what in ((configuration.malformed_lines, "lines"), (configuration.duplicate_keys, "keys")):
        assert len(remarks) == MAX_REMARKS + 1
        assert remarks[-1].text == f"and 2 more {what}"


def test_a_duplicate_key_is_remarked_with_its_lines_and_its_disk() -> None:
    document = VmxDocument(sample("duplicate-keys.vmx"))
    remarks = document.configuration.duplicate_keys
    assert [document.disks[remark.disk].address for remark in remarks if remark.disk is not None] == [
        "scsi0:0"
    ]
    first, second = document.by_key["scsi0:0.mode"]
    assert str(first.line + 1) in remarks[0].text
    assert remarks[0].line == second.line + 1


def test_a_duplicate_of_no_disk_locks_nothing() -> None:
    document = vmx("memsize = 1", "MEMSIZE = 2", "scsi0:0.present = true", "scsi0:0.fileName = a.vmdk")
    (remark,) = document.configuration.duplicate_keys
    assert (remark.disk, remark.line) == (None, 3)
    assert document.disks[0].locked is None
