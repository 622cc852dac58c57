"""``diskmode convert``: the other format on standard output, what it lost on standard error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import SAMPLES, copied, program, run, vmx
from tui.cli.messages import Status
from tui.formats.domain_xml import DomainDocument
from tui.formats.opening import open_document
from tui.formats.vmx import VmxDocument
from tui.machine import machine_in

ALL_SAMPLES = sorted(path for path in SAMPLES.rglob("*") if path.suffix in (".vmx", ".xml"))


@pytest.mark.parametrize("path", ALL_SAMPLES, ids=lambda path: path.name)
def test_every_sample_becomes_a_document_of_the_other_format(path: Path) -> None:
    target = "xml" if path.suffix == ".vmx" else "vmx"
    several = ("--domain", "1") if path.name in ("several-domains.xml", "domainsnapshot.xml") else ()
    outcome = run("convert", path, "--to", target, *several)
    if path.name == "encrypted.vmx":
        assert (outcome.status, outcome.out) == (Status.REFUSED, b"")
        return
    assert outcome.status == Status.DONE
    document = open_document(outcome.out)
    assert isinstance(document, DomainDocument if target == "xml" else VmxDocument)
    assert outcome.text == machine_in(path.read_bytes(), str(path), *several[1:]).conversion.text


@pytest.mark.parametrize(
    ("name", "target", "kind"), [("esxi8-db02.vmx", "vmx", "VMX"), ("latin1.xml", "xml", "domain XML")]
)
def test_the_format_it_has_already(name: str, target: str, kind: str) -> None:
    outcome = run("convert", SAMPLES / name, "--to", target)
    assert outcome.status == Status.BAD_INPUT
    assert f"it is a {kind} already" in outcome.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "vmx", "--spelling", "libvirt"), "--spelling says something of a domain XML only"),
        (("--to", "vmx", "--datacenter-path", "a"), "--datacenter-path says something of a domain XML only"),
        (("--to", "vmx", "--moref", "vm-1"), "--moref says something of a domain XML only"),
        (("--to", "xml", "--for", "qemu", "--moref", "vm-1"), "--moref says nothing of a domain for QEMU"),
        (("--to", "xml", "--hardware-version", "13"), "--hardware-version says something of a VMX only"),
        (("--to", "vmx", "--hardware-version", "3"), "3 is not in the range 4<=x<=22"),
        (("--to", "ovf"), "'ovf' is not one of"),
        (("--to", "xml", "--force"), "--force goes with -o OUT"),
    ],
)
def test_options_that_make_no_sense(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    outcome = run("convert", vmx(tmp_path), *words)
    assert (outcome.status, outcome.out) == (Status.BAD_INPUT, b"")
    assert said in outcome.err


def test_location_and_datacenter_path(tmp_path: Path) -> None:
    words = ("--location", "[fast] web", "--datacenter-path", "Berlin", "--moref", "vm-42")
    text = run("convert", vmx(tmp_path), "--to", "xml", *words).text
    assert "'[fast] web/web.vmdk'" in text
    assert "Berlin" in text
    assert "<vmware:moref>vm-42</vmware:moref>" in text


@pytest.mark.parametrize("spelling", ["libvirt", "attributes", "elements", "vmx-mode"])
def test_the_policy_is_written_in_the_spelling_asked_for(spelling: str) -> None:
    text = run("convert", SAMPLES / "esxi8-db02.vmx", "--to", "xml", "--spelling", spelling).text
    words = {"libvirt": "<transient/>", "attributes": "persistent='no'", "elements": "<nonpersistent/>"}
    assert words.get(spelling, "snapshot_mode='independent-nonpersistent'") in text


def test_the_vmx_has_the_hardware_version_asked_for() -> None:
    path = SAMPLES / "vmware-esx.xml"
    assert 'virtualHW.version = "19"' in run("convert", path, "--to", "vmx", "--hardware-version", "19").text


def test_standard_input_and_a_file_give_the_same_and_none_is_overwritten(tmp_path: Path) -> None:
    path = copied("vmware-esx.xml", tmp_path)
    plain = run("convert", path, "--to", "vmx")
    assert program("convert", "-", "--to", "vmx", data=path.read_bytes()).out == plain.out
    out = tmp_path / "out.vmx"
    outcome = run("convert", path, "--to", "vmx", "-o", out)
    assert (outcome.status, outcome.out) == (Status.DONE, b"")
    assert out.read_bytes() == plain.out
    again = run("convert", path, "--to", "vmx", "-o", out)
    assert again.status == Status.BAD_INPUT
    assert "there is already a file of this name" in again.err
    assert run("convert", path, "--to", "vmx", "-o", out, "--force").status == Status.DONE
    assert run("convert", path, "--to", "vmx", "-o", "-").out == plain.out


def test_losses_are_one_line_each_and_infos_are_counted(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'memSize = "lots"', 'mks.enable3d = "TRUE"', 'isolation.x = "y"')
    outcome = run("convert", path, "--to", "xml")
    assert outcome.status == Status.DONE
    assert f'diskmode: {path}: line 7: error: memSize = "lots": ' in outcome.err
    assert "3 values have no counterpart; --report text lists them all" in outcome.err
    assert "mks.enable3d" not in outcome.err
    whole = run("convert", path, "--to", "xml", "--report", "text")
    assert 'line 8: info: mks.enable3d = "TRUE": ' in whole.err
    assert "--report" not in whole.err
    assert whole.out == outcome.out


def test_a_loss_names_no_driver_without_a_part_in_the_conversion(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'mks.enable3d = "TRUE"', 'svga.autodetect = "TRUE"')
    outcome = run("convert", path, "--to", "xml", "--for", "qemu", "--report", "text")
    assert "mks.enable3d" in outcome.err
    assert "VMX driver has no such device" not in outcome.err


def test_the_report_as_json(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'memSize = "l\x1bots"', 'scsi0:1.mode = "weird"')
    outcome = run("convert", path, "--to", "xml", "--report", "json", "--hypervisor", "qemu")
    assert "\x1b" not in outcome.err
    report = json.loads(outcome.err)
    assert list(report) == ["schema", "losses", "findings", "before_the_move", "snapshots"]
    assert report["schema"] == "diskmode.convert/1"
    by_key = {loss["key"]: loss for loss in reversed(report["losses"])}
    names = ["key", "value", "why", "line", "severity", "disk", "stops_define"]
    assert list(by_key["memSize"]) == names
    assert report["findings"] == []
    assert (by_key["memSize"]["line"], by_key["memSize"]["severity"]) == (7, "error")


def test_what_stops_the_tools_that_move_it_is_said_of_the_original(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'scsi0:0.mode = "independent-persistent"')
    outcome = run("convert", path, "--to", "xml")
    assert "before the move: scsi0:0 (sda): snapshot-based backups skip this disk" in outcome.err
    outcome = run("convert", path, "--to", "xml", "--report", "json")
    assert [one["rule"] for one in json.loads(outcome.err)["before_the_move"]] == ["not-in-snapshots"]


def test_the_result_is_judged_when_a_hypervisor_is_named() -> None:
    path = SAMPLES / "kvm-app01.xml"
    plain = run("convert", path, "--to", "vmx")
    judged = run("convert", path, "--to", "vmx", "--hypervisor", "esxi")
    assert judged.out == plain.out
    assert "warning in the result: " in judged.err
    assert "in the result" not in plain.err
    report = run("convert", path, "--to", "vmx", "--hypervisor", "esxi", "--report", "json")
    disks = {finding["disk"] for finding in json.loads(report.err)["findings"]}
    assert disks <= {disk.address for disk in open_document(plain.out).disks}
    assert disks


@pytest.mark.parametrize("by", ["name", "symbolic link", "hard link"])
def test_a_result_never_replaces_the_file_it_was_made_from(tmp_path: Path, by: str) -> None:
    path = copied("esxi8-web01.vmx", tmp_path)
    before, out = path.read_bytes(), tmp_path / "out.vmx"
    if by == "name":
        out = path
    elif by == "symbolic link":
        out.symlink_to(path)
    else:
        out.hardlink_to(path)
    outcome = run("convert", path, "--to", "xml", "-o", out, "--force")
    assert outcome.status == Status.BAD_INPUT
    assert "the file that was read" in outcome.err
    assert path.read_bytes() == before


# For QEMU/KVM


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--devices", "virtio"), "--devices goes with --for qemu"),
        (("--disk-folder", "/vm"), "--disk-folder goes with --for qemu"),
        (("--for", "qemu", "--disk-format", "qcow2"), "--disk-format qcow2 goes with --disk-folder"),
        (("--for", "qemu", "--disk-folder", "vm"), "--disk-folder must be an absolute path"),
        (("--for", "qemu", "--network", "lan"), "is no NAME=bridge:BRIDGE"),
        (("--for", "qemu", "--network", "lan=dvs:x"), "is no NAME=bridge:BRIDGE"),
        (("--libvirt", "new"), "new is no version such as"),
    ],
)
def test_options_for_qemu_that_make_no_sense(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    outcome = run("convert", vmx(tmp_path), "--to", "xml", *words)
    assert (outcome.status, outcome.out) == (Status.BAD_INPUT, b"")
    assert said in outcome.err


def test_a_domain_for_qemu_with_its_networks() -> None:
    words = ("--for", "qemu", "--network", "db-backend=bridge:br0", "--libvirt", "9.0")
    outcome = run("convert", SAMPLES / "esxi8-db02.vmx", "--to", "xml", *words)
    assert outcome.status == Status.DONE
    assert "<domain type='kvm'>" in outcome.text
    assert "<source bridge='br0'/>" in outcome.text
    assert "--network" not in outcome.err
    assert "of the result: a plain snapshot while it runs is refused" in outcome.err


def test_the_script_for_the_disks_does_not_mix_with_the_xml(tmp_path: Path) -> None:
    words = ("--to", "xml", "--for", "qemu", "--disk-format", "raw", "--disk-folder", "/vm")
    both = run("convert", SAMPLES / "esxi8-db02.vmx", *words)
    assert both.text.startswith("<domain")
    assert "qemu-img convert" in both.err
    out = tmp_path / "db02.xml"
    alone = run("convert", SAMPLES / "esxi8-db02.vmx", *words, "-o", out)
    assert alone.text.startswith("#!/bin/sh\n")
    assert out.read_text() == both.text
    assert "qemu-img" not in alone.err


def test_what_stops_a_define_is_said_first_and_counted(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'nvme0.present = "TRUE"', 'nvme0:0.present = "TRUE"', 'nvme0:0.fileName = "n.vmdk"')
    first = run("convert", path, "--to", "xml").err.splitlines()
    assert "stops virsh define: nvme0:0.present" in first[0]
    assert any("1 stops virsh define" in line for line in first[1:])
    assert "stops" not in run("convert", path, "--to", "xml", "--libvirt", "11.5").err
