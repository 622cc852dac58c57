"""Properties over generated VMs, and over files of any kind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.convert.generated import as_vmx, machines
from tests.formats.samples import VMX_SAMPLES, XML_SAMPLES, sample
from tests.strategies import damaged, domain_files, vmx_files
from tui.convert import Options, to_domain_xml, to_vmx
from tui.disks import Spelling
from tui.formats.domain_xml import DomainDocument
from tui.formats.errors import FormatError
from tui.formats.vmx import VmxDocument

# Said by the product or the format, not by the machine.
_HEAD = (".encoding", "config.version", "virtualHW.version", "vmci0.present", "pciBridge")
# Written out although it is what silence means, or the other way round.
_DEFAULTS = {"floppy0.present": "false", "floppy1.present": "false", "svga.vramSize": "4194304"}


def _keys(data: bytes) -> dict[str, str]:
    document = VmxDocument(data)
    return {entry.name: document.value_of(entry) for entry in document.entries}


def _machine(keys: dict[str, str]) -> dict[str, str]:
    """The keys that tell of the machine, with those a default says left out and modes in small letters."""
    said = {
        name: value.lower() if name.endswith(".mode") else value
        for name, value in keys.items()
        if not name.startswith(_HEAD) and _DEFAULTS.get(name) != value
    }
    return {
        name: value for name, value in said.items() if not (name.endswith(".mode") and value == "persistent")
    }


@given(machines())
@settings(max_examples=100, deadline=None)
def test_there_and_back_keeps_every_key(keys: dict[str, str]) -> None:
    forth = to_domain_xml(VmxDocument(as_vmx(keys)))
    lost = {loss.key for loss in forth.losses if "libvirt" not in loss.why}
    assert lost == {"virtualHW.version"}
    back = _machine(_keys(to_vmx(DomainDocument(forth.text.encode())).text.encode()))
    wanted = _machine(keys)
    limit = wanted.get("sched.mem.max")
    if limit == wanted["memsize"]:  # no limit at all
        del wanted["sched.mem.max"]
    assert back == wanted


@given(machines(), st.sampled_from(Spelling))
@settings(max_examples=50, deadline=None)
def test_converting_twice_gives_the_same_bytes(keys: dict[str, str], spelling: Spelling) -> None:
    options = Options(location="[ds] vm", spelling=spelling)
    once = to_domain_xml(VmxDocument(as_vmx(keys)), options)
    assert to_domain_xml(VmxDocument(as_vmx(keys)), options) == once
    back = to_vmx(DomainDocument(once.text.encode()), options)
    assert to_vmx(DomainDocument(once.text.encode()), options) == back
    again = to_domain_xml(VmxDocument(back.text.encode()), options)
    assert to_vmx(DomainDocument(again.text.encode()), options).text == back.text
    assert again.text == once.text


@given(machines(), st.sampled_from(Spelling))
@settings(max_examples=50, deadline=None)
def test_every_spelling_carries_the_three_modes(keys: dict[str, str], spelling: Spelling) -> None:
    source = VmxDocument(as_vmx(keys))
    there = DomainDocument(to_domain_xml(source, Options(spelling=spelling)).text.encode())
    back = VmxDocument(to_vmx(there).text.encode())
    wanted = {disk.target: disk.policy for disk in source.disks if disk.is_disk}
    assert {disk.target: disk.policy for disk in there.disks if disk.is_disk} == wanted
    assert {disk.target: disk.policy for disk in back.disks if disk.is_disk} == wanted


def _holds_together(data: bytes) -> None:
    """A conversion of anything ends, in a document of the other format, with its disks where it says."""
    document = VmxDocument(data)
    forth = to_domain_xml(document)
    element = etree.fromstring(forth.text.encode())
    assert element.tag == "domain"
    lines = forth.text.split("\n")
    for part in forth.disk_lines.values():
        assert lines[part.start].startswith("    <disk ") and lines[part.stop - 1] == "    </disk>"
    assert len(forth.disk_lines) == len(element.findall("devices/disk"))
    assert all(loss.line is None or 1 <= loss.line <= len(document.lines) for loss in forth.losses)


@given(vmx_files().flatmap(lambda data: st.one_of(st.just(data), damaged(data))))
@settings(max_examples=100, deadline=None)
def test_any_vmx_becomes_a_well_formed_domain(data: bytes) -> None:
    _holds_together(data)


@given(
    st.binary(max_size=300).map(lambda tail: as_vmx({"displayName": "x"}) + b'annotation = "' + tail + b'"\n')
)
@settings(max_examples=100, deadline=None)
def test_any_bytes_in_a_value_stay_inside_their_element(data: bytes) -> None:
    _holds_together(data)


@given(domain_files().flatmap(lambda data: st.one_of(st.just(data), damaged(data))))
@settings(max_examples=100, deadline=None)
def test_any_domain_becomes_a_vmx_of_clean_lines(data: bytes) -> None:
    try:
        document = DomainDocument(data)
    except FormatError:
        return
    conversion = to_vmx(document)
    vmx = VmxDocument(conversion.text.encode())
    assert not list(vmx.malformed_lines())
    assert not vmx.configuration.duplicate_keys
    lines = conversion.text.split("\n")
    for index, part in conversion.disk_lines.items():
        prefix = lines[part.start].partition(".")[0]
        assert all(lines[number].removeprefix("# ").startswith(f"{prefix}.") for number in part), index


@pytest.mark.parametrize("name", VMX_SAMPLES)
def test_every_vmx_sample_converts_both_ways(name: str) -> None:
    _holds_together(sample(name))
    text = to_domain_xml(VmxDocument(sample(name))).text
    _holds_together(to_vmx(DomainDocument(text.encode())).text.encode())


@pytest.mark.parametrize("name", XML_SAMPLES)
def test_every_xml_sample_converts_both_ways(name: str) -> None:
    vmx = VmxDocument(to_vmx(DomainDocument(sample(name))).text.encode())
    assert not list(vmx.malformed_lines())
    _holds_together(vmx.data)
