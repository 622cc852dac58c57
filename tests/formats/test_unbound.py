"""Prefixes that no xmlns declares: libvirt defines such a domain, so it opens and is edited as any other."""

from __future__ import annotations

import pytest

from tui.disks import DEPENDENT, INDEPENDENT
from tui.formats.domain_xml import DomainDocument
from tui.formats.errors import FormatError

DISK = "<disk><source file='a.img'/><target dev='vda'/></disk>"


def text(more: str = "", disk: str = DISK, root: str = "<domain type='kvm'>") -> bytes:
    return f"<!-- <x> -->\n{root}\n<devices>{disk}</devices>\n{more}</domain>\n".encode()


@pytest.mark.parametrize(
    "data",
    [
        text("<qemu:commandline><qemu:arg value='-s'/></qemu:commandline>"),
        text("<a:b/><c:d xmlns:c='urn:c'/>"),
        text(disk=DISK.replace("<disk>", "<disk foo:bar='1'>")),
        text("<qemu:x/>", root="<domain>"),
        text("<qemu:x/>", root="<domain type='kvm' xmlns:c='urn:c' >"),
        text("<metadata><x xmlns='urn:x'><devices><disk/></devices></x></metadata><qemu:x/>"),
    ],
)
def test_it_opens_is_edited_and_set_back(data: bytes) -> None:
    document = DomainDocument(data)
    assert [disk.target for disk in document.disks] == ["vda"]
    edited = document.with_policy(0, INDEPENDENT)
    assert edited.data.replace(b" snapshot='no'", b"") == data
    assert edited.disks[0].policy == INDEPENDENT
    assert DomainDocument(edited.data).disks == edited.disks
    assert edited.with_policy(0, DEPENDENT).data == data


def test_each_prefix_is_told_with_its_line_and_declared_ones_are_not() -> None:
    told = DomainDocument(text("<a:b/>\n<c:d xmlns:c='urn:c'/>\n<e:f/>")).configuration.unbound_prefixes
    assert [(one.text, one.line) for one in told] == [("a:", 4), ("e:", 6)]
    assert DomainDocument(text("<c:d xmlns:c='urn:c'/>")).configuration.unbound_prefixes == ()


def test_what_is_not_well_formed_is_refused_as_before() -> None:
    with pytest.raises(FormatError, match="not well-formed"):
        DomainDocument(text("<qemu:x>"))


@pytest.mark.parametrize("root", ["domainsnapshot", "domainCapabilities", "network", "domainbackup"])
def test_a_document_without_a_domain_is_told_as_what_it_is(root: str) -> None:
    with pytest.raises(FormatError, match=f"this is a <{root}>"):
        DomainDocument(f"<{root}><name>a</name></{root}>".encode())


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("protocol='http' name='/i/b.img'><host name='r.example'/>", "http://r.example/i/b.img"),
        ("protocol='https' name='i/a'><host name='r' port='443'/>", "https://r:443/i/a"),
        ("protocol='https' name='a' query='x=1'><host name='::1'/>", "https://[::1]/a?x=1"),
        ("protocol='nbd'><host name='n'/>", "nbd://n"),
        ("protocol='nbd' name='e'><host name='n' port='10809'/>", "nbd://n:10809/e"),
        ("protocol='nbd' name='e'><host transport='unix' socket='/s'/>", "nbd+unix:///e?socket=/s"),
        ("protocol='rbd' name='pool/a'><host name='n'/>", "rbd/pool/a"),
        ("protocol='ssh' name='/v/a'><host name='n'/>", "ssh://n/v/a"),
        ("protocol='gluster' name='v/a'><host name='n' port='24007'/>", "gluster://n:24007/v/a"),
    ],
)
def test_a_network_source_is_shown_as_others_write_it(source: str, shown: str) -> None:
    disk = f"<disk type='network'><source {source}</source><target dev='vda'/></disk>"
    assert DomainDocument(text(disk=disk)).disks[0].source == shown
