"""Whatever the bytes: a document or a FormatError, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.formats.samples import ALL_SAMPLES, POLICIES, editable, put, sample, views
from tests.strategies import damaged, documents
from tui.disks import INDEPENDENT
from tui.formats.domain_xml import DomainDocument
from tui.formats.errors import FormatError
from tui.formats.opening import open_document

HEAD = b'config.version = "8"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\n'
LIMIT = 6.0

PARTS = ("name", "type", "source", "target", "snapshot_mode", "address")

fragments = st.lists(
    st.sampled_from(
        (
            b"<domain>",
            b"</domain>",
            b"<devices>",
            b"</devices>",
            b"<disk>",
            b"</disk>",
            b"<disk/>",
            b"<source file='a'/>",
            b"<transient/>",
            b"<!--",
            b"-->",
            b"<![CDATA[",
            b"]]>",
            b"<?x ",
            b"?>",
            b"<domain ",
            b"snapshot='no'",
            b">",
            b"&#0;",
            b"scsi0:0.",
            b"present",
            b"fileName",
            b"mode",
            b" = ",
            b'"',
            b"TRUE",
            b"a.vmdk",
            b"\n",
            b"\r",
            b"|",
            b"#",
            b"\xff",
        )
    ),
    max_size=40,
).map(b"".join)


def assert_opens_or_says_why(data: bytes) -> None:
    try:
        opened = list(views(data))
    except FormatError as error:
        assert error.what
        assert error.remedy
        return
    for document in opened:
        assert document.data == data
        assert len(document.text_lines) == len(document.lines)
        assert document.configuration.disks == document.disks
        for disk in document.disks:
            assert disk.name
            assert disk.effect
        assert len(document.configuration.disk_lines) == len(document.disks)
        for lines in document.configuration.disk_lines:
            assert all(0 <= line < len(document.lines) for line in lines)
        for index in editable(document)[:2]:
            for policy in POLICIES:
                assert put(document, index, policy).disks[index].policy == policy


@given(st.binary(max_size=200) | fragments)
@settings(max_examples=300, deadline=None)
def test_any_bytes_open_or_are_refused(data: bytes) -> None:
    assert_opens_or_says_why(data)


@given(documents.flatmap(damaged))
@settings(max_examples=150, deadline=None)
def test_a_damaged_document_opens_or_is_refused(data: bytes) -> None:
    assert_opens_or_says_why(data)


SMALL_SAMPLES = [name for name in ALL_SAMPLES if len(sample(name)) < 9000]


@given(st.sampled_from(SMALL_SAMPLES).flatmap(lambda name: damaged(sample(name))))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_sample_opens_or_is_refused(data: bytes) -> None:
    assert_opens_or_says_why(data)


@given(st.text(max_size=60), st.sampled_from(PARTS))
@settings(max_examples=150, deadline=None)
def test_any_words_in_a_disk_are_taken_as_words(word: str, where: str) -> None:
    text = word.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")
    words = {key: text if key == where else "1" for key in PARTS}
    data = (
        f"<domain type='{words['type']}'><name>{words['name']}</name><devices>"
        f"<disk type='{words['type']}' snapshot_mode='{words['snapshot_mode']}'>"
        f"<source file='{words['source']}'/><target dev='{words['target']}'/>"
        f"<address type='drive' unit='{words['address']}'/></disk></devices></domain>"
    )
    assert_opens_or_says_why(data.encode("utf-8", "replace"))


def a_disk(inside: bytes, attributes: bytes = b"") -> bytes:
    disk = b"<disk" + attributes + b"><source file='a'/>" + inside + b"</disk>"
    return b"<domain><devices>" + disk + b"</devices></domain>"


HUGE: dict[str, Callable[[], bytes]] = {
    "one VMX line of 5 MB": lambda: HEAD + b'a = "' + b"x" * 5_000_000 + b'"\n',
    "5 MB of escapes": lambda: HEAD + b'a = "' + b"|22" * 1_600_000 + b'"\n',
    "5 MB of open braces": lambda: HEAD + b'a = "' + b"{" * 5_000_000 + b'"\n',
    "5 MB of template marks that never close": lambda: HEAD + b'a = "' + b"{{a" * 1_600_000 + b'"\n',
    "5 MB of blanks in a VMX line": lambda: HEAD + b"a" + b" " * 5_000_000 + b"b\n",
    "50,000 lines": lambda: HEAD + b"".join(b'k%d = "v"\n' % number for number in range(50_000)),
    "50,000 times one key": lambda: HEAD + b"k = v\n" * 50_000,
    "50,000 malformed lines": lambda: HEAD + b"free text\n" * 50_000,
    "300,000 line ends": lambda: HEAD + b"\r" * 300_000,
    "10,000 disks": lambda: (
        b"<domain><devices>"
        + b"\n".join(b"<disk><source file='a%d'/></disk>" % number for number in range(10_000))
        + b"</devices></domain>"
    ),
    "50,000 domains": lambda: b"<node>" + b"<domain/>" * 50_000 + b"</node>",
    "20,000 elements in a disk": lambda: a_disk(b"<x/>" * 20_000),
    "20,000 transients in a disk": lambda: a_disk(b" <transient/>" * 20_000),
    "20,000 attributes": lambda: a_disk(b"", b"".join(b" a%d='x'" % number for number in range(20_000))),
    "3 MB of blanks before an element": lambda: a_disk(b" " * 3_000_000 + b"<transient/>"),
    "blanks before many elements": lambda: a_disk((b" " * 1000 + b"<transient/>") * 2_000),
    "3 MB of blanks in a start tag": lambda: a_disk(b"", b" a='x'" + b" " * 3_000_000),
    "3 MB of >": lambda: a_disk(b">" * 3_000_000),
    "5 MB of <": lambda: b"<" * 5_000_000,
    "a start tag that never ends": lambda: b"<domain" + b" a='b'" * 500_000,
    "attributes without values": lambda: b"<domain" + b" a" * 1_000_000 + b">",
    "a declaration that never ends": lambda: b"<?xml" + b" encoding" * 500_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_input_takes_seconds_at_most(name: str) -> None:
    data = HUGE[name]()
    start = time.perf_counter()
    try:
        document = open_document(data)
        assert document.configuration.disks == document.disks
        for index in editable(document)[:1]:
            assert put(document, index, INDEPENDENT).disks[index].policy == INDEPENDENT
    except FormatError as error:
        assert len(str(error)) < 400
    assert time.perf_counter() - start < LIMIT


def test_the_last_of_many_domains_is_as_quickly_in_view_as_the_first() -> None:
    domains = b"".join(
        b"<domain><devices>%s</devices></domain>" % (b"<disk><source file='a'/></disk>" * 5)
        for _ in range(2_000)
    )
    document = open_document(b"<node>" + domains + b"</node>")
    assert isinstance(document, DomainDocument)
    start = time.perf_counter()
    assert len(document.of_domain(1_999).disks) == 5
    assert time.perf_counter() - start < LIMIT
