"""A <domainsnapshot> is read, and edited in place: the laws of a lens, and what may change."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.samples import sample
from tui.disks import Preset
from tui.disks.snapshot import Listed, Memory
from tui.formats.domainsnapshot import MemoryWanted, SnapshotDocument, Wanted
from tui.formats.errors import FormatError

SAMPLE = "domainsnapshot.xml"
WORDS = (None, *Preset)
TARGETS = ("vda", "vdb", "vdc")


def names_of(target: str) -> tuple[str, ...]:
    return (target, f"/img/{target} & co.qcow2")


def asked(document: SnapshotDocument, target: str) -> str | None:
    """What the disk's first entry says; None where there is none."""
    return next((one.word_in_effect for one in document.value.listed if one.name in names_of(target)), None)


def put(document: SnapshotDocument, target: str, word: Preset | None) -> SnapshotDocument:
    return document.with_wanted([Wanted(names_of(target), word)])


# Documents with the oddities real ones have


@st.composite
def entries(draw: st.DrawFn, target: str) -> str:
    name = draw(st.sampled_from(names_of(target))).replace("&", draw(st.sampled_from(("&amp;", "&#38;"))))
    word = draw(st.sampled_from((None, "no", "internal", "external", "manual", "bogus")))
    blank, equals = draw(st.sampled_from((" ", "\n\t", "  "))), draw(st.sampled_from(("=", " = ")))
    quote = draw(st.sampled_from("'\""))
    words = [("name", name), ("snapshot", word), ("type", draw(st.sampled_from((None, None, "file"))))]
    attributes = "".join(
        f"{blank}{key}{equals}{quote}{value}{quote}"
        for key, value in draw(st.permutations(words))
        if value is not None
    )
    inside = draw(
        st.sampled_from(
            (
                "",
                "",
                "<source file='/o'/>",
                "<driver type='qcow2'/><source file='/o'/>",
                "<!-- kept -->",
                "\n",
            )
        )
    )
    element = draw(st.sampled_from(("disk", "disk", "x")))
    if not inside and draw(st.booleans()):
        return f"<{element}{attributes}{draw(st.sampled_from(('/>', ' />')))}"
    return f"<{element}{attributes}>{inside}</{element}>"


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    newline, indent = draw(st.sampled_from((("\n", "  "), ("\r\n", "\t"), ("", ""))))
    listed = draw(st.lists(st.sampled_from(TARGETS), max_size=3, unique=True))
    texts = [draw(entries(target)) for target in listed]
    gap = newline + indent * 2
    empty_too = draw(st.booleans())
    if texts or empty_too:
        disks = [f"<disks>{''.join(gap + text for text in texts)}{newline}{indent}</disks>"]
    else:
        disks = [draw(st.sampled_from(("<disks/>", "<disks />", "")))]
    others = (
        "<name>a &amp; b</name>",
        "<memory snapshot='no'/>",
        "<!-- <disks><disk name='vda'/></disks> -->",
        "<description>x</description>",
        "<domain><devices><disk snapshot='no'><target dev='vda'/></disk></devices></domain>",
    )
    parts = draw(st.permutations([*disks, *draw(st.lists(st.sampled_from(others), unique=True))]))
    inside = "".join(newline + indent + part for part in parts if part)
    root = f"<domainsnapshot>{inside}{newline}</domainsnapshot>"
    if not inside:
        root = draw(st.sampled_from((root, "<domainsnapshot/>", "<domainsnapshot />")))
    declared, codec, mark = draw(
        st.sampled_from(
            (
                ("", "utf-8", b""),
                ("", "utf-8", b"\xef\xbb\xbf"),
                ("<?xml version='1.0' encoding='ISO-8859-1'?>", "iso8859-1", b""),
                ("<?xml version='1.0' encoding='UTF-16'?>", "utf-16-le", b"\xff\xfe"),
            )
        )
    )
    return mark + (declared + root + draw(st.sampled_from(("", "\n", "<!-- end -->")))).encode(codec)


@given(documents(), st.sampled_from(TARGETS))
@settings(max_examples=120, deadline=None)
def test_the_laws_hold(data: bytes, target: str) -> None:
    document = SnapshotDocument(data)
    assert document.with_wanted().data == data
    before = asked(document, target)
    for word in WORDS:
        edited = put(document, target, word)
        assert asked(edited, target) == word, "PutGet"
        assert SnapshotDocument(edited.data).value == edited.value, "from the bytes alone"
        if word is not None and word == before:
            assert edited.data == data, "GetPut"
        assert put(edited, target, word).data == edited.data, "PutPut of one word"
        for second in WORDS:
            assert asked(put(edited, target, second), target) == second
        assert_only_its_entry_changed(document, edited, target)


def assert_only_its_entry_changed(before: SnapshotDocument, after: SnapshotDocument, target: str) -> None:
    """Without the disk's entries, and the <disks> around them, both are the same bytes."""

    def others(document: SnapshotDocument) -> list[bytes]:
        return [
            document.body[span.start : span.end]
            for span, listed in zip(document.entries, document.value.listed, strict=True)
            if listed.name not in names_of(target)
        ]

    assert others(before) == others(after)
    assert _around(before) == _around(after)


def _around(document: SnapshotDocument) -> bytes:
    """The bytes outside <disks>, blanks between elements aside."""
    body = document.body
    for span in reversed(document.span.all_named("disks")):
        body = body[: span.start] + body[span.end :]
    body = body.replace(b"<domainsnapshot />", b"<domainsnapshot/>").replace(
        b"<domainsnapshot/>", b"<domainsnapshot></domainsnapshot>"
    )
    return re.sub(rb">\s+<", b"><", body)


@given(documents())
@settings(max_examples=50, deadline=None)
def test_edits_of_two_disks_commute(data: bytes) -> None:
    document = SnapshotDocument(data)
    for word in Preset:
        both = document.with_wanted([Wanted(names_of("vda"), word), Wanted(names_of("vdb"), Preset.NO)])
        after = put(put(document, "vda", word), "vdb", Preset.NO)
        assert {(one.name, one.word_in_effect) for one in both.value.listed} == {
            (one.name, one.word_in_effect) for one in after.value.listed
        }


@given(documents(), st.text("ab<&>'\"é漢]", min_size=1), st.sampled_from(Memory))
@settings(max_examples=50, deadline=None)
def test_name_and_memory_are_set_and_nothing_else(data: bytes, name: str, memory: Memory) -> None:
    document = SnapshotDocument(data)
    file = "/m & m'\"<>" if memory is Memory.EXTERNAL else None
    edited = document.with_wanted(name=name, memory=MemoryWanted(memory, file))
    assert (edited.value.name, edited.value.memory, edited.value.memory_file) == (name, memory, file)
    assert edited.value.listed == document.value.listed
    again = edited.with_wanted(name=name, memory=MemoryWanted(memory, file))
    assert again.data == edited.data


def test_a_sample_is_read_with_its_memory_disks_and_lines() -> None:
    value = SnapshotDocument(sample(SAMPLE)).value
    assert (value.name, value.memory, value.memory_file) == ("before-migration", "no", None)
    assert [(one.name, one.word, one.file, one.file_format) for one in value.listed] == [
        ("vda", "external", "/var/lib/libvirt/images/ledger-root.before-migration", "qcow2"),
        ("vdb", "external", "/var/lib/libvirt/images/ledger-data.before-migration", "qcow2"),
        ("vdc", "no", "", None),
    ]
    assert [one.lines for one in value.listed] == [(10, 11, 12, 13), (14, 15, 16, 17), (18,)]


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert data.count(old) == 1
    return data.replace(old, new)


@pytest.mark.parametrize("word", ["internal", "external", "manual"])
def test_only_the_word_changes(word: str) -> None:
    data = sample(SAMPLE)
    edited = SnapshotDocument(data).with_wanted([Wanted(("vdc",), Preset(word))])
    old = b"<disk name='vdc' snapshot='no'/>"
    assert edited.data == changed(data, old, old.replace(b"no", word.encode()))


def test_content_that_is_for_external_alone_goes_with_the_word() -> None:
    data = sample(SAMPLE)
    edited = SnapshotDocument(data).with_wanted([Wanted(("vda",), Preset.NO)])
    start, end = data.index(b"<disk name='vda'"), data.index(b"</disk>") + len(b"</disk>")
    assert edited.data == data[:start] + b"<disk name='vda' snapshot='no'/>" + data[end:]


def test_an_entry_is_removed_with_its_line_and_added_behind_the_others() -> None:
    data = sample(SAMPLE)
    document = SnapshotDocument(data)
    line = b"\n    <disk name='vdc' snapshot='no'/>"
    assert document.with_wanted([Wanted(("vdc",), None)]).data == changed(data, line, b"")
    added = document.with_wanted([Wanted(("vdd", "/x"), Preset.NO)])
    assert added.data == changed(data, line, line + b"\n    <disk name='vdd' snapshot='no'/>")


def test_a_new_one_is_written_as_libvirt_writes_it() -> None:
    made = SnapshotDocument().with_wanted(
        [Wanted(("vda",), Preset.EXTERNAL), Wanted(("v<'\"&b",), Preset.NO)],
        name="s1",
        memory=MemoryWanted(Memory.EXTERNAL, "/m"),
    )
    assert made.data == (
        b"<domainsnapshot>\n  <name>s1</name>\n  <memory snapshot='external' file='/m'/>\n  <disks>\n"
        b"    <disk name='vda' snapshot='external'/>\n"
        b"    <disk name='v&lt;&apos;&quot;&amp;b' snapshot='no'/>\n  </disks>\n</domainsnapshot>\n"
    )
    assert made.without_disks().value.listed == ()
    assert b"disk" not in made.without_disks().data.replace(b"domainsnapshot", b"")


def test_what_the_encoding_lacks_is_written_by_its_number() -> None:
    latin = "<?xml version='1.0' encoding='ISO-8859-1'?><domainsnapshot/>".encode("iso8859-1")
    edited = SnapshotDocument(latin).with_wanted(name="漢é")
    assert b"&#28450;\xe9" in edited.data
    assert edited.value.name == "漢é"


def test_any_element_of_any_disks_is_an_entry_and_comments_are_none() -> None:
    document = SnapshotDocument(
        b"<domainsnapshot><disks><!-- c --><?p?><x name='a'/></disks><disks><disk/></disks></domainsnapshot>"
    )
    assert document.value.listed == (Listed("a"), Listed(None))


def test_what_says_where_the_overlay_lies_says_external() -> None:
    assert Listed("vda", file="/o").word_in_effect == "external"
    assert Listed("vda", file_format="qcow2").word_in_effect == "external"
    assert Listed("vda", "no", file="/o").word_in_effect == "no"
    assert Listed("vda").word_in_effect is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<domain/>", "this is no <domainsnapshot>"),
        (b"<node><domainsnapshot/></node>", "this is no <domainsnapshot>"),
        (b"", "not well-formed"),
        (b"<domainsnapshot>", "not well-formed"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><domainsnapshot/>", "DOCTYPE"),
        (b"<domainsnapshot>\xff</domainsnapshot>", "not utf-8"),
        (b"<domainsnapshot>" + b"<a>" * 250, "nested more than"),
    ],
)
def test_what_is_none_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        SnapshotDocument(data)


def test_documents_of_equal_bytes_are_equal() -> None:
    assert SnapshotDocument() == SnapshotDocument()
    assert hash(SnapshotDocument()) == hash(SnapshotDocument())
    assert SnapshotDocument() != SnapshotDocument(b"<domainsnapshot/>")
