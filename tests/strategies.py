"""Hypothesis strategies: VMX files and domain XMLs with the oddities real ones have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tui.disks import Policy

MODE_WORDS = (
    "persistent",
    "independent-persistent",
    "independent-nonpersistent",
    "Independent-Persistent",
    "INDEPENDENT-NONPERSISTENT",
    "undoable",
    "nonpersistent",
    "append",
    "independent_persistent",
    "",
)
PLACES = (
    "scsi0:0",
    "scsi0:1",
    "scsi0:15",
    "scsi3:8",
    "sata0:0",
    "sata1:29",
    "ide0:0",
    "ide1:1",
    "nvme0:0",
    "nvme3:14",
    "usb_xhci:0",
    "floppy0",
)
NOISE = (
    b"",
    b"   \t",
    b"#!/usr/bin/vmware",
    b'# a comment with = and "quotes"',
    b'displayName = "R&D | \xfc\x85"',
    b"annotation = no quotes at all",
    b'guestOS = "debian11-64"   # the guest',
    b'memsize="512"',
    b'lost = "quote',
    b"free text",
    b'.encoding = "windows-1252"',
    b'.encoding = "GBK"',
    b'.encoding = "klingon"',
    b'vc.uuid = "52 00"',
    b'k@y;x-1 = "|22|7C|zz"',
    b'name = "\x81\x7c22"',
)
LINE_ENDS = (b"\n", b"\r\n", b"\r")

policies = st.builds(Policy, snapshot=st.booleans(), persistent=st.booleans())


@st.composite
def _spelt(draw: st.DrawFn, word: str) -> bytes:
    return draw(st.sampled_from((word, word, word, word.lower(), word.upper()))).encode()


@st.composite
def _vmx_line(draw: st.DrawFn, key: str, value: bytes) -> bytes:
    indent = draw(st.sampled_from((b"", b"", b"", b" ", b"\t")))
    equals = draw(st.sampled_from((b" = ", b" = ", b"=", b" =", b"= ", b"\t=  ")))
    after = draw(st.sampled_from((b"", b"", b"", b" ", b"# note", b"  # a note")))
    bare = not any(letter in value for letter in b" \t#")
    quote = b"" if bare and draw(st.integers(0, 4)) == 0 else b'"'
    return indent + draw(_spelt(key)) + equals + quote + value + quote + after


_file_names = st.one_of(
    st.sampled_from(
        (b"a.vmdk", b"/vmfs/volumes/x/b c.vmdk", b"D:\\VM\\c.VMDK", b"\xfc|7C.vmdk", b"\x81\x7c22.vmdk")
    ),
    st.sampled_from((b"x.iso", b"emptyBackingString", b"auto detect", b"/dev/sdb", b"")),
)


@st.composite
def _vmx_device(draw: st.DrawFn, place: str) -> list[bytes]:
    present = draw(st.sampled_from((b"TRUE", b"TRUE", b"TRUE", b"true", b"FALSE")))
    lines = [draw(_vmx_line(f"{place}.present", present))]
    lines.append(draw(_vmx_line(f"{place}.fileName", draw(_file_names))))
    for leaf, values in (
        ("mode", [word.encode() for word in MODE_WORDS]),
        ("deviceType", [b"scsi-hardDisk", b"cdrom-image", b"atapi-cdrom", b"rawDisk"]),
        ("redo", [b""]),
    ):
        times = draw(st.sampled_from((0, 0, 0, 1, 1, 1, 2))) if leaf == "mode" else draw(st.integers(0, 1))
        lines += [draw(_vmx_line(f"{place}.{leaf}", draw(st.sampled_from(values)))) for _ in range(times)]
    return lines


@st.composite
def vmx_files(draw: st.DrawFn) -> bytes:
    """A VMX file that opens: any line ends, encodings, spacing, order, duplicates, malformed lines."""
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True))
    lines = [line for place in places for line in draw(_vmx_device(place))]
    lines += draw(st.lists(st.sampled_from(NOISE), max_size=5))
    lines.append(b'config.version = "8"')
    lines = draw(st.permutations(lines))
    common = draw(st.sampled_from(LINE_ENDS))
    mixed = draw(st.booleans())
    ends = [draw(st.sampled_from(LINE_ENDS)) if mixed else common for _ in lines]
    ends[-1] = draw(st.sampled_from((ends[-1], b"")))
    mark = draw(st.sampled_from((b"", b"", b"", b"\xef\xbb\xbf")))
    return mark + b"".join(line + end for line, end in zip(lines, ends, strict=True))


# Domain XML


@dataclass(frozen=True)
class Manner:
    """How one XML document is written."""

    quote: str
    equals: str
    newline: str
    indent: str
    close: str


_manners = st.builds(
    Manner,
    quote=st.sampled_from("'\""),
    equals=st.sampled_from(("=", "=", " = ", "\n=")),
    newline=st.sampled_from(("\n", "\n", "\r\n", "")),
    indent=st.sampled_from(("  ", "\t", "")),
    close=st.sampled_from(("/>", " />", "></{}>", "\n/>")),
)
_SNAPSHOTS = (None, None, "no", "no", "internal", "external", "manual", "yes", "bogus", "&#110;o")
_PERSISTENTS = (None, None, None, "yes", "no", "perhaps")
_MODES = (None, None, None, *MODE_WORDS)
_ODD_CHILDREN = (
    "<!-- <transient/> snapshot='no' -->",
    "<?keep me?>",
    "<x:transient xmlns:x='urn:x'/>",
    "<transient xmlns='urn:y'/>",
    "<![CDATA[ <transient/> ]]>",
    "loose &amp; text > here",
    "<serial>A&#x42;&lt;</serial>",
    "<backingStore type='file'><source file='b'/><transient/></backingStore>",
    "<shareable/>",
)


def _attributes(manner: Manner, blank: str, pairs: Sequence[tuple[str, str | None]]) -> str:
    quote = manner.quote
    return "".join(
        f"{blank}{name}{manner.equals}{quote}{value}{quote}" for name, value in pairs if value is not None
    )


def _empty(manner: Manner, name: str, attributes: str = "") -> str:
    return f"<{name}{attributes}{manner.close.format(name)}"


@st.composite
def _policy_elements(draw: st.DrawFn, manner: Manner) -> list[str]:
    elements = []
    if draw(st.integers(0, 2)) == 0:
        share = draw(st.sampled_from((None, "yes", "no")))
        elements.append(_empty(manner, "transient", _attributes(manner, " ", [("shareBacking", share)])))
    elements += [
        _empty(manner, name) for name in ("nosnapshot", "nonpersistent") if draw(st.integers(0, 5)) == 0
    ]
    return elements


@st.composite
def _disk_elements(draw: st.DrawFn, manner: Manner) -> str:
    blank = draw(st.sampled_from((" ", " ", "\n\t", "  ")))
    device = draw(st.sampled_from((None, "disk", "disk", "lun", "cdrom", "floppy")))
    words = [
        ("snapshot", draw(st.sampled_from(_SNAPSHOTS))),
        ("persistent", draw(st.sampled_from(_PERSISTENTS))),
        ("snapshot_mode", draw(st.sampled_from(_MODES))),
    ]
    attributes = draw(st.permutations([("type", "file"), ("device", device), *words]))
    children = [_empty(manner, "target", _attributes(manner, " ", [("dev", "vda"), ("bus", "virtio")]))]
    if draw(st.integers(0, 5)):
        children.append(_empty(manner, "source", _attributes(manner, " ", [("file", "/a b&amp;c.qcow2")])))
    if draw(st.booleans()):
        children.append(_empty(manner, "driver", _attributes(manner, " ", [("type", "qcow2")])))
    if draw(st.integers(0, 5)) == 0:
        children.append(_empty(manner, "readonly"))
    children += draw(_policy_elements(manner))
    children += draw(st.lists(st.sampled_from(_ODD_CHILDREN), max_size=2))
    gap = manner.newline + manner.indent * 3
    inside = "".join(gap + child for child in draw(st.permutations(children)))
    tail = draw(st.sampled_from(("", "", " ", "\n")))
    return f"<disk{_attributes(manner, blank, attributes)}{tail}>{inside}{manner.newline}</disk>"


@st.composite
def _domain_elements(draw: st.DrawFn, manner: Manner, name: str) -> str:
    kind = draw(st.sampled_from((None, "kvm", "vmware", "vmware")))
    disks = draw(st.lists(_disk_elements(manner), max_size=3))
    between = draw(
        st.sampled_from(
            ("", "<!-- <disk/> -->", "<x:disk xmlns:x='urn:z'><source file='n'/></x:disk>", "<interface/>")
        )
    )
    gap = manner.newline + manner.indent * 2
    devices = between.join(gap + disk for disk in disks)
    more = draw(
        st.sampled_from(("", "<devices/>", "<metadata><disk xmlns='urn:m' snapshot='no'/><disk/></metadata>"))
    )
    title = draw(st.sampled_from(("web", "R&amp;D-&#x41;", "Gr\u00fc\u00dfe", "<![CDATA[<disk/>]]>")))
    head = f"<{name}{_attributes(manner, ' ', [('type', kind)])}>{manner.newline}<name>{title}</name>{more}"
    return f"{head}<devices>{devices}{manner.newline}</devices></{name}>"


@st.composite
def domain_files(draw: st.DrawFn) -> bytes:
    """A domain XML that opens: several domains, any spelling, quotes, blanks, line ends, encodings."""
    manner = draw(_manners)
    wrapper = draw(st.sampled_from((None, None, "node", "domstatus", "domainsnapshot")))
    names = (
        ["domain"]
        if wrapper is None
        else draw(st.lists(st.sampled_from(("domain", "inactiveDomain")), min_size=1, max_size=2))
    )
    body = manner.newline.join(draw(_domain_elements(manner, name)) for name in names)
    body = body if wrapper is None else f"<{wrapper}>{body}</{wrapper}>"
    before = draw(st.sampled_from(("", "<!-- <domain/> -->\n", "<?pi encoding='x'?>")))
    text = before + body + draw(st.sampled_from(("", "\n", "\r\n<!-- end -->")))
    declared, codec, mark = draw(
        st.sampled_from(
            (
                (None, "utf-8", b""),
                (None, "utf-8", b"\xef\xbb\xbf"),
                ("UTF-8", "utf-8", b""),
                ("ISO-8859-1", "iso8859-1", b""),
                ("windows-1252", "cp1252", b""),
                ("UTF-16", "utf-16-le", b"\xff\xfe"),
                ("UTF-16", "utf-16-be", b"\xfe\xff"),
            )
        )
    )
    declaration = "" if declared is None else f"<?xml version='1.0' encoding=\"{declared}\"?>\n"
    return mark + (declaration + text).encode(codec)


documents = st.one_of(vmx_files(), domain_files())


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """``whole`` with some bytes cut out, doubled, changed or put in."""
    data = whole
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from((0, 1, 2, 8, 40))))
        piece = draw(
            st.one_of(
                st.just(b""),
                st.just(data[start:end] * 2),
                st.binary(max_size=4),
                st.sampled_from(
                    (
                        b"<",
                        b">",
                        b'"',
                        b"'",
                        b"&",
                        b"]]>",
                        b"<!--",
                        b"\xff\xfe",
                        b"\x00",
                        b"|",
                        b"=",
                        b"<disk>",
                    )
                ),
            )
        )
        data = data[:start] + piece + data[end:]
    return data
