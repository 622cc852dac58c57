"""What is no document is refused with a sentence: what is wrong, where, and what to do."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import pytest

from tests.formats.samples import ALL_SAMPLES, VMX_SAMPLES, sample
from tui.disks import Format
from tui.formats.errors import FormatError
from tui.formats.opening import open_document

DOMAIN = b"<domain><name>web</name></domain>"
XINCLUDE = "http://www.w3.org/2001/XInclude"
BOMB = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n<domain><name>&b;</name></domain>'


@pytest.mark.parametrize("name", ALL_SAMPLES)
def test_every_sample_opens_as_what_it_is(name: str) -> None:
    document = open_document(sample(name))
    assert document.format == (Format.VMX if name in VMX_SAMPLES else Format.DOMAIN_XML)
    assert document.configuration.format == document.format


@pytest.mark.parametrize(
    "data",
    [
        b"displayName = x",
        b"\r\n# c\n.encoding = UTF-8\r",
        b"\xef\xbb\xbfvirtualHW.version = 8",
        b"SCSI0:0.fileName = a.vmdk",
        b"usb_xhci:0.fileName = a.vmdk",
        b"encryption.keySafe = x",
        b'guestOS = "<domain>"',
        b"\x1b[31m = 1\nmemsize = 4",
        b"<<<<<<< HEAD\nmemsize = 4\n=======\nmemsize = 8\n>>>>>>> main\n",
    ],
)
def test_a_key_of_vmware_makes_a_vmx(data: bytes) -> None:
    assert open_document(data).format == Format.VMX


@pytest.mark.parametrize(
    "data",
    [DOMAIN, b"\xef\xbb\xbf" + DOMAIN, b"\n \t" + DOMAIN, b" " * 3000 + DOMAIN, b"<!-- c -->" + DOMAIN]
    + [
        codec_mark + DOMAIN.decode().encode(codec)
        for codec_mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
    ],
)
def test_markup_with_a_domain_makes_a_domain(data: bytes) -> None:
    assert open_document(data).configuration.name == "web"


def declared(name: str) -> bytes:
    return f"<?xml version='1.0' encoding='{name}'?>\n<domain/>".encode()


@pytest.mark.parametrize(
    ("data", "what", "remedy", "line"),
    [
        (b"", "nothing but blanks", "give a VMX file or a domain XML", None),
        (b" \r\n\t\n", "nothing but blanks", "give a VMX", None),
        (b"\xef\xbb\xbf\n", "nothing but blanks", "give a VMX", None),
        (b"memsize = 1\nx\0y", "NUL byte at offset 13", "damaged", 2),
        (b"\x7fELF\x02\x01\x01\0", "NUL byte", "give a VMX", 1),
        (bytes(range(1, 32)) * 40, "binary", "give a VMX", None),
        (
            b"<<<<<<< HEAD\n<domain type='kvm'>\n=======\n<domain type='qemu'>\n>>>>>>> main\n</domain>",
            "left a conflict",
            "keep one side",
            None,
        ),
        (
            b"\xef\xbb\xbfversion https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 3\n",
            "Git LFS pointer",
            "git lfs pull",
            None,
        ),
        (b"# Disk DescriptorFile\nversion=1\n", "VMDK", ".vmx", None),
        (b"\n#disk descriptorfile\n", "VMDK", ".vmx", None),
        (b"KDMV\x01\0\0\0", "VMDK", ".vmx", None),
        (b"hello", "neither", "virsh dumpxml", None),
        (b"# a comment\n[section]\nkey = value\n", "neither", "virsh dumpxml", None),
        (b'{"name": "web"}', "neither", "virsh dumpxml", None),
        (b"\x89PNG\r\n\x1a\n", "binary", "give", None),
        (b"<domain>\n<name>\n</domain>", "not well-formed", "mend", 3),
        (b"<domain/>\n<domain/>", "not well-formed", "mend", 2),
        (b"<domain>\n&nbsp;</domain>", "not well-formed", "mend", 2),
        (b"<domain a='1'\na='2'/>", "not well-formed", "mend", 2),
        (b"<x:domain/>", "not well-formed", "mend", 1),
        (b"<", "not well-formed", "mend", 1),
        (b"<domain>\n\xff</domain>", "0xff", "declare the encoding", 2),
        (b"\xff\xfe<\x00\x00\xd8", "utf-16", "encoding", 1),
        (b"\xff\xfe", "not well-formed", "mend", 1),
        (b"<network/>", "no <domain>", "virsh dumpxml", None),
        (b"<domain xmlns='urn:x'/>", "no <domain>", "virsh dumpxml", None),
        (b"<html><body>404</body></html>", "no <domain>", "virsh dumpxml", None),
        (BOMB, "DOCTYPE", "nothing was fetched", 1),
        (b"<?xml version='1.0'?>\n<!DOCTYPE domain>\n<domain/>", "DOCTYPE", "remove it", 2),
        (b"\xff\xfe" + BOMB.decode().encode("utf-16-le"), "DOCTYPE", "remove it", 1),
        (b"<domain>" + b"<a>" * 100_000, "nested more than", "libvirt", 1),
        (b"<domain>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</domain>", "nested more than", "libvirt", 1),
        (declared("UTF-7"), '"UTF-7"', "convert it to UTF-8", 1),
        (declared("UTF-16"), '"UTF-16"', "convert it to UTF-8", 1),
        (declared("klingon"), '"klingon"', "convert it to UTF-8", 1),
        (declared("IBM037"), '"IBM037"', "convert it to UTF-8", 1),
        (declared("ISO-2022-JP"), '"ISO-2022-JP"', "convert it to UTF-8", 1),
        (declared("ascii") + b"<!-- \xfc -->", "0xfc", "declare the encoding", 2),
        (declared("Shift_JIS") + b"<!-- \x87\x90 -->", "cannot be written back", "convert it to UTF-8", None),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None,
)
def test_what_is_no_document_is_refused_with_what_where_and_what_to_do(
    data: bytes, what: str, remedy: str, line: int | None
) -> None:
    with pytest.raises(FormatError) as caught:
        open_document(data)
    error = caught.value
    assert what.lower() in error.what.lower()
    assert remedy in error.remedy
    assert error.line == line
    assert str(error) == ("" if line is None else f"line {line}: ") + f"{error.what}; {error.remedy}"
    assert len(error.what) < 200


@pytest.mark.parametrize(
    "kind", ["entity", "parameter", "subset", "stylesheet", "include"], ids=lambda kind: f"external-{kind}"
)
def test_nothing_outside_the_document_is_read(tmp_path: Path, kind: str) -> None:
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        for where in (secret.as_uri(), f"http://127.0.0.1:{server.server_port}/{kind}"):
            text = {
                "entity": f'<!DOCTYPE a [<!ENTITY e SYSTEM "{where}">]><domain><name>&e;</name></domain>',
                "parameter": f'<!DOCTYPE domain [<!ENTITY % e SYSTEM "{where}">%e;]><domain/>',
                "subset": f'<!DOCTYPE domain SYSTEM "{where}"><domain/>',
                "stylesheet": f'<?xml-stylesheet href="{where}"?><domain><name>a</name></domain>',
                "include": f'<domain><name><i:include xmlns:i="{XINCLUDE}" href="{where}"/></name></domain>',
            }[kind]
            try:
                document = open_document(text.encode())
            except FormatError as error:
                assert "s3cret" not in str(error)
                assert kind not in ("stylesheet", "include")
            else:
                assert kind in ("stylesheet", "include")
                assert "s3cret" not in document.configuration.name
        server.shutdown()
    assert asked == []


def test_an_encoding_hidden_behind_two_hundred_bytes_is_not_believed() -> None:
    data = b"<?xml version='1.0'" + b" " * 300 + b"encoding='UTF-7'?><domain><name>+AGE-</name></domain>"
    assert open_document(data).configuration.name == "+AGE-"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be"])
def test_a_vmx_in_utf_16_is_told_as_that(codec: str) -> None:
    mark = b"\xfe\xff" if codec == "utf-16-be" else b""
    with pytest.raises(FormatError, match="UTF-16") as caught:
        open_document(mark + 'config.version = "8"\n'.encode(codec))
    assert "iconv" in caught.value.remedy
