from __future__ import annotations

import pickle

import pytest
from hypothesis import example, given, settings

from tests.formats.samples import XML_SAMPLES, domain, sample, views
from tests.strategies import damaged, domain_files
from tui.disks import DEPENDENT, DISCARDING, INDEPENDENT, UNSUPPORTED, Device, Policy, Preset
from tui.formats.domain_xml import DomainDocument
from tui.formats.limits import MAX_ATTRIBUTES, MAX_DEPTH
from tui.formats.xml_source import children_of, find_domains, has_nothing_to_refuse, read_tag

DISK = b"<disk type='file'><source file='a'/><target dev='vda'/></disk>"


def in_domain(inside: bytes) -> bytes:
    return b"<domain type='kvm'><name>web</name>" + inside + b"</domain>"


def assert_both_readers_agree(document: DomainDocument) -> None:
    """lxml's disks are the spans expat found, one by one."""
    elements = document.element.findall("devices/disk")
    assert len(elements) == len(document.span.disks) == len(document.disks)
    for element, span in zip(elements, document.span.disks, strict=True):
        tag = read_tag(document.source.body, span.start)
        local = [name for name in element.attrib if not name.startswith("{")]
        assert [
            part.name for part in tag.attributes if ":" not in part.name and part.name != "xmlns"
        ] == local
        assert document.source.body[span.start : span.end].startswith(b"<disk")
        assert document.source.body[span.end - 1 : span.end] == b">"
        children = [child.tag for child in element if isinstance(child.tag, str)]
        found = children_of(document.source.body[span.start : span.end], element.nsmap)
        assert [child.name.replace(" ", "}") for child in found] == [tag.lstrip("{") for tag in children]


@pytest.mark.parametrize("name", XML_SAMPLES)
def test_both_readers_agree_on_the_samples(name: str) -> None:
    for document in views(sample(name)):
        assert isinstance(document, DomainDocument)
        assert_both_readers_agree(document)


@given(domain_files())
@settings(max_examples=120, deadline=None)
def test_both_readers_agree_on_any_domain(data: bytes) -> None:
    for document in views(data):
        assert isinstance(document, DomainDocument)
        assert_both_readers_agree(document)


@pytest.mark.parametrize(
    ("data", "disks"),
    [
        (in_domain(b"<devices>" + DISK + b"</devices><devices>" + DISK + b"</devices>"), [2]),
        (in_domain(b"<devices/>"), [0]),
        (in_domain(b""), [0]),
        (b"<domain/>", [0]),
        (in_domain(DISK), [0]),
        (in_domain(b"<devices><hub>" + DISK + b"</hub></devices>"), [0]),
        (in_domain(b"<devices><devices>" + DISK + b"</devices></devices>"), [0]),
        (in_domain(b"<metadata><devices>" + DISK + b"</devices></metadata>"), [0]),
        (in_domain(b"<metadata>" + in_domain(b"<devices>" + DISK + b"</devices>") + b"</metadata>"), [0]),
        (in_domain(b"<devices><disk><disk/>" + DISK + b"</disk></devices>"), [1]),
        (in_domain(b"<devices><x:disk xmlns:x='u'/><disk xmlns='v'/>" + DISK + b"</devices>"), [1]),
        (in_domain(b"<x:devices xmlns:x='u'>" + DISK + b"</x:devices>"), [0]),
        (in_domain(b"<devices xmlns=''><disk/></devices>"), [1]),
        (
            in_domain(b"<devices><!-- <disk/> --><![CDATA[<disk/>]]><?disk <disk/>?>" + DISK + b"</devices>"),
            [1],
        ),
        (b"<node><domain/><inactiveDomain><devices>" + DISK + b"</devices></inactiveDomain></node>", [0, 1]),
        (b"<domainsnapshot><disks>" + DISK + b"</disks>" + in_domain(b"") + b"</domainsnapshot>", [0]),
        (
            b"<a><domain xmlns='urn:x'/><b>" + in_domain(b"<devices>" + DISK + b"</devices>") + b"</b></a>",
            [1],
        ),
        (in_domain(b"<devices><disk/><disk></disk><disk\n/></devices>"), [3]),
        (in_domain(b"<devices><disk a='/>' b=\"/>\"/></devices>"), [1]),
    ],
)
def test_only_disks_directly_in_a_domains_devices_count(data: bytes, disks: list[int]) -> None:
    documents = list(views(data))
    assert [len(document.disks) for document in documents] == disks
    for document in documents:
        assert isinstance(document, DomainDocument)
        assert_both_readers_agree(document)


@pytest.mark.parametrize(
    ("name", "domains"),
    [("several-domains.xml", 3), ("domstatus.xml", 1), ("domainsnapshot.xml", 2), ("mixed-quotes.xml", 1)],
)
def test_every_domain_of_a_sample_is_found(name: str, domains: int) -> None:
    assert len(list(views(sample(name)))) == domains


def test_domains_are_told_apart_by_name_and_state() -> None:
    document = DomainDocument(sample("domainsnapshot.xml"))
    first, second = document.domain_names
    assert second == f"{first} (inactive)"
    assert DomainDocument(b"<node><domain/><domain><name>b</name></domain></node>").domain_names == (
        "domain 1",
        "b",
    )


def test_the_text_of_a_name_is_read_through_references() -> None:
    assert DomainDocument(sample("mixed-quotes.xml")).configuration.name == "R&D-A1"


def test_the_disks_of_mixed_quotes_are_read_through_everything_around_them() -> None:
    disks = DomainDocument(sample("mixed-quotes.xml")).disks
    assert [(disk.target, disk.policy) for disk in disks] == [
        ("vda", DEPENDENT),
        ("vdb", DISCARDING),
        ("vdc", DEPENDENT),
        ("vdd", INDEPENDENT),
        ("sda", INDEPENDENT),
    ]
    assert [disk.source.rpartition("/")[2] for disk in disks] == [
        "R&D-A.qcow2",
        'say "x>y".qcow2',
        "one-line.qcow2",
        "tape.img",
        "",
    ]


def test_vmware_transient_alone_is_independent_nonpersistent_and_elsewhere_not() -> None:
    assert domain("<transient/>", kind="vmware").disks[0].policy == DISCARDING
    assert domain("<transient/>", kind="kvm").disks[0].policy == UNSUPPORTED
    assert DomainDocument(sample("vmware-esx.xml")).disks[-1].policy in (DISCARDING, INDEPENDENT)


@pytest.mark.parametrize(
    ("inside", "attributes", "policy"),
    [
        ("<readonly/>", "", INDEPENDENT),
        ("<readonly/>", " snapshot='internal'", DEPENDENT),
        ("<x:readonly xmlns:x='u'/>", "", DEPENDENT),
        ("<!-- <transient/> -->", "", DEPENDENT),
        ("<![CDATA[<transient/>]]>", "", DEPENDENT),
        ("<x:transient xmlns:x='u'/>", " x:snapshot='no' xmlns:x='u'", DEPENDENT),
        ("<transient/>", " snapshot='&#110;&#x6f;'", DISCARDING),
        ("<backingStore><transient/></backingStore>", "", DEPENDENT),
    ],
)
def test_the_effective_policy_of_one_disk(inside: str, attributes: str, policy: Policy) -> None:
    assert domain(inside, attributes).disks[0].policy == policy


@pytest.mark.parametrize(
    ("attributes", "preset", "bad", "said"),
    [
        ("", None, None, False),
        (" snapshot='no'", Preset.NO, None, True),
        (" snapshot='internal'", Preset.INTERNAL, None, True),
        (" snapshot='external'", Preset.EXTERNAL, None, True),
        (" snapshot='manual'", Preset.MANUAL, None, True),
        (" snapshot='yes'", None, None, True),
        (" snapshot='NO'", None, "snapshot='NO'", False),
        (" snapshot=''", None, "snapshot=''", False),
    ],
)
def test_presets_are_read_and_other_words_told(
    attributes: str, preset: Preset | None, bad: str | None, said: bool
) -> None:
    disk = domain(attributes=attributes).disks[0]
    assert (disk.preset, disk.bad_preset, disk.snapshot_said) == (preset, bad, said)


@pytest.mark.parametrize(
    ("attributes", "source", "device", "locked"),
    [
        ("", "<source file='a'/>", Device.DISK, None),
        (" device='disk'", "<source file='a'/>", Device.DISK, None),
        (" device='lun'", "<source file='a'/>", Device.LUN, None),
        (" device='cdrom'", "<source file='a'/>", Device.CDROM, "CD-ROM"),
        (" device='floppy'", "<source file='a'/>", Device.FLOPPY, "floppy"),
        ("", "", Device.DISK, "empty"),
        ("", "<source/>", Device.DISK, "empty"),
        ("", "<source file=''/>", Device.DISK, "empty"),
        (" device='bogus'", "<source file='a'/>", Device.DISK, None),
    ],
)
def test_drives_and_empty_disks_are_locked_with_the_reason(
    attributes: str, source: str, device: Device, locked: str | None
) -> None:
    disk = domain(attributes=attributes, source=source).disks[0]
    assert disk.device == device
    assert (disk.locked is None) == (locked is None)
    assert (locked or "") in (disk.locked or "")


@pytest.mark.parametrize(
    ("kind", "source", "shown"),
    [
        ("block", "<source dev='/dev/sda'/>", "/dev/sda"),
        ("network", "<source protocol='rbd' name='p/i'/>", "rbd/p/i"),
        ("volume", "<source pool='p' volume='v'/>", "p/v"),
        ("bogus", "<source file='f'/>", "f"),
        ("vhostuser", "<source type='unix' path='/s'/>", "/s"),
        (
            "nvme",
            "<source type='pci' namespace='1'><address domain='0' bus='0x1' slot='0x0'/></source>",
            "pci/0000:01:00.0/1",
        ),
        ("nvme", "<source type='pci' namespace='1'><address bus='z'/></source>", "pci/0:z:0.0/1"),
        ("nvme", "<source type='pci' namespace='1'/>", "pci/1"),
    ],
)
def test_a_source_is_read_as_its_type_names_it(kind: str, source: str, shown: str) -> None:
    text = f"<domain><devices><disk type='{kind}'>{source}</disk></devices></domain>"
    disk = DomainDocument(text.encode()).disks[0]
    assert (disk.source, disk.source_kind) == (shown, kind)


@pytest.mark.parametrize(
    ("target", "address", "bus", "name"),
    [
        (
            "dev='sda' bus='scsi'",
            "type='drive' controller='1' bus='0' target='0' unit='3'",
            "scsi",
            "scsi1:3",
        ),
        ("dev='sda'", "type='drive' controller='0' unit='1'", "scsi", "scsi0:1"),
        ("dev='hdc'", "type='drive' controller='0' bus='1' unit='0'", "ide", "ide1:0"),
        ("dev='sda' bus='sata'", "type='drive' controller='0' bus='0' unit='29'", "sata", "sata0:29"),
        ("dev='fda'", "type='drive' unit='1'", "fdc", "floppy1"),
        ("dev='vda'", "type='pci' slot='0x04'", "virtio", None),
        ("dev='sda'", "type='drive' controller='x'", "scsi", None),
        ("dev='sda'", "type='drive' controller='99999999999999999999'", "scsi", None),
        ("dev='sda'", "type='drive' controller='-1'", "scsi", None),
    ],
)
def test_bus_and_address_are_read(target: str, address: str, bus: str, name: str | None) -> None:
    text = f"<domain><devices><disk><target {target}/><address {address}/></disk></devices></domain>"
    disk = DomainDocument(text.encode()).disks[0]
    assert (disk.bus, disk.address) == (bus, name)


def test_a_disks_lines_reach_from_its_start_tag_to_its_end_tag() -> None:
    document = DomainDocument(b"<domain>\r\n<devices>\r<disk>\n<x/>\n</disk><disk/>\n</devices></domain>")
    assert document.configuration.disk_lines == ((2, 3, 4), (4,))
    assert type(pickle.loads(pickle.dumps(document.configuration)).disk_lines) is tuple


@given(domain_files().flatmap(damaged))
@example(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1))
@example(b"<a>" * MAX_DEPTH + b"<b/>" + b"</a>" * MAX_DEPTH)
@example(b"<a " + b" ".join(b"a%d=''" % number for number in range(MAX_ATTRIBUTES + 1)) + b"/>")
@example(b"<!DOCTYPE domain><domain/>")
@example(b"<x:a/>")
@settings(max_examples=200, deadline=None)
def test_where_nothing_is_to_be_refused_no_scan_refuses_it(data: bytes) -> None:
    if has_nothing_to_refuse(data):
        find_domains(data)


def test_a_machine_as_libvirt_writes_it_has_nothing_to_refuse() -> None:
    assert has_nothing_to_refuse(sample("kvm-app01.xml"))


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (
            "<?xml version='1.0' encoding='ISO-8859-1'?><domain><name>\u00fc</name></domain>".encode(
                "latin-1"
            ),
            "iso8859-1",
        ),
        (b"\xef\xbb\xbf" + "<domain><name>\u00fc</name></domain>".encode(), "utf-8"),
        (b"\xff\xfe" + "<domain><name>\u00fc</name></domain>".encode("utf-16-le"), "utf-16-le"),
        (
            b"\xfe\xff"
            + "<?xml version='1.0' encoding='UTF-16'?><domain><name>\u00fc</name></domain>".encode(
                "utf-16-be"
            ),
            "utf-16-be",
        ),
        ("<?xml version='1.0' encoding='GBK'?><domain><name>\u4e2d</name></domain>".encode("gbk"), "gbk"),
        ("<?xml-style encoding='ISO-8859-1'?><domain><name>\u00fc</name></domain>".encode(), "utf-8"),
    ],
)
def test_a_document_is_read_in_its_own_encoding(data: bytes, codec: str) -> None:
    document = DomainDocument(data)
    assert document.source.codec == codec
    assert document.configuration.name in ("\u00fc", "\u4e2d")
