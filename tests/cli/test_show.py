"""``diskmode show``: the table, the findings, the JSON, the exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.cli.helpers import SAMPLES, domain, run, vmx
from tui.cli import main
from tui.cli.messages import Status
from tui.columns import Column, apart, cells, padded, rows_in_columns, shortened, shortened_path
from tui.formats.opening import open_document

ALL_SAMPLES = sorted(path for path in SAMPLES.rglob("*") if path.suffix in (".vmx", ".xml"))
KEYS = [
    "schema",
    "file",
    "format",
    "name",
    "hypervisor",
    "readonly",
    "snapshots",
    "locked",
    "disks",
    "findings",
    "libvirt",
    "ways",
    "host",
    "hypervisor_reason",
    "until_next_start",
    "from_next_start",
]
DISK_KEYS = [
    *("address", "target", "device", "bus", "source", "mode", "preset"),
    *("participates", "persistent", "chain", "editable", "reason"),
]
FINDING_KEYS = ["rule", "severity", "disk", "message", "advice", "source"]


def report(*words: str | Path, data: bytes = b"") -> dict[str, Any]:
    outcome = run("show", "--json", *words, data=data)
    assert outcome.status == Status.DONE
    assert outcome.err == ""
    found = json.loads(outcome.out)
    assert isinstance(found, dict)
    return found


def _domain_of(path: Path) -> tuple[str, ...]:
    return ("--domain", "1") if path.name in ("several-domains.xml", "domainsnapshot.xml") else ()


@pytest.mark.parametrize("path", ALL_SAMPLES, ids=lambda path: path.name)
def test_every_sample_in_80_columns_and_as_json(path: Path) -> None:
    outcome = run("show", path, *_domain_of(path))
    assert outcome.status == Status.DONE
    assert outcome.err == ""
    assert max(cells(line) for line in outcome.text.splitlines() if str(path) not in line) <= 80
    found = report(path, *_domain_of(path))
    assert list(found) == KEYS
    assert found["schema"] == "diskmode.show/1"
    assert found["file"] == str(path)
    assert len(found["disks"]) == len(open_document(path.read_bytes()).disks)
    names = {disk["address"] or disk["target"] for disk in found["disks"]}
    for disk in found["disks"]:
        assert list(disk) == DISK_KEYS
        assert disk["editable"] is (disk["reason"] is None)
    for finding in found["findings"]:
        assert list(finding) == FINDING_KEYS
        assert finding["disk"] is None or finding["disk"] in names


def test_the_json_of_a_vmx_holds_disks_policies_and_findings(tmp_path: Path) -> None:
    path = vmx(
        tmp_path,
        'scsi0:1.mode = "Independent-Persistent"',
        'scsi0:2.present = "TRUE"',
        'scsi0:2.fileName = "c.vmdk"',
        'scsi0:2.mode = "weird"',
        'ide0:0.present = "TRUE"',
        'ide0:0.deviceType = "cdrom-image"',
        'ide0:0.fileName = "a.iso"',
    )
    found = report(path)
    assert found["format"] == "vmx"
    assert found["name"] == "web"
    assert found["hypervisor"] == "workstation"
    assert found["hypervisor_reason"] == "the file has no key that only an ESX host writes"
    assert found["readonly"] is None
    by_target = {disk["target"]: disk for disk in found["disks"]}
    assert by_target["sda"] == {
        "address": "scsi0:0",
        "target": "sda",
        "device": "disk",
        "bus": "scsi",
        "source": "web.vmdk",
        "mode": "persistent",
        "preset": None,
        "participates": True,
        "persistent": True,
        "chain": None,
        "editable": True,
        "reason": None,
    }
    assert by_target["sdb"]["mode"] == "independent-persistent"
    assert by_target["sdb"]["participates"] is False
    assert by_target["sdc"]["mode"] == "weird"
    assert by_target["sdc"]["participates"] is None
    assert by_target["hda"]["mode"] is None
    assert by_target["hda"]["editable"] is False
    assert {"rule": "unknown-mode", "severity": "error", "disk": "scsi0:2"}.items() <= next(
        one for one in found["findings"] if one["rule"] == "unknown-mode"
    ).items()


def test_the_json_of_a_domain_tells_its_presets() -> None:
    found = report(SAMPLES / "kvm-presets.xml")
    assert found["format"] == "domain-xml"
    assert found["hypervisor"] == "qemu"
    presets = {disk["target"]: disk["preset"] for disk in found["disks"]}
    assert {presets["vda"], presets["vdb"], presets["vdc"]} == {"internal", "external", "manual"}
    assert {one["preset"]: one["participates"] for one in found["disks"]}["manual"] is False
    assert found["disks"][0]["address"] is None
    assert {"rule": "transient-limits", "disk": "vdf"}.items() <= next(
        one for one in found["findings"] if one["rule"] == "transient-limits"
    ).items()


def test_a_policy_vmx_has_no_word_for_has_no_mode(tmp_path: Path) -> None:
    disk = "<disk snapshot='external'><source file='/a'/><target dev='vda'/><transient/></disk>"
    (found,) = report(domain(tmp_path, disk))["disks"]
    assert (found["mode"], found["participates"], found["persistent"]) == (None, True, False)


def test_an_encrypted_file_is_read_only() -> None:
    found = report(SAMPLES / "encrypted.vmx")
    assert "encrypted" in found["readonly"]
    assert found["findings"][0]["disk"] is None
    assert "Read-only: the file is encrypted" in run("show", SAMPLES / "encrypted.vmx").text


def test_standard_input_is_called_so() -> None:
    data = (SAMPLES / "fusion-mac.vmx").read_bytes()
    found = report("-", data=data)
    assert found["file"] == "-"
    assert found["readonly"] is None
    assert "in standard input" in run("show", "-", data=data).text


def test_the_hypervisor_decides_the_rules() -> None:
    found = report(SAMPLES / "vmware-esx.xml", "--hypervisor", "qemu")
    assert (found["hypervisor"], found["hypervisor_reason"]) == ("qemu", "as asked")
    text = run("show", SAMPLES / "vmware-esx.xml", "--hypervisor", "qemu").text
    assert "Judged for QEMU/KVM: as asked." in text


@pytest.mark.parametrize(
    ("name", "level", "status"),
    [
        ("bad-modes.vmx", "error", 1),
        ("bad-modes.vmx", "never", 0),
        ("gsx-legacy.vmx", "error", 0),
        ("gsx-legacy.vmx", "warning", 1),
        ("gsx-legacy.vmx", "info", 1),
        ("contradicting.xml", "error", 1),
        ("kvm-presets.xml", "error", 0),
        ("kvm-presets.xml", "info", 1),
        ("kvm-app01.xml", "warning", 0),
        ("kvm-app01.xml", "info", 1),
    ],
)
def test_the_status_tells_whether_a_finding_reaches_the_level(name: str, level: str, status: int) -> None:
    assert run("show", SAMPLES / name, "--fail-on", level).status == status
    assert run("show", SAMPLES / name, "--json", "--fail-on", level).status == status


def test_findings_have_message_advice_rule_and_source() -> None:
    text = " ".join(run("show", SAMPLES / "bad-modes.vmx").text.split())
    assert "[unknown-mode] vSphere API, VirtualDiskMode" in text
    assert "✗ error: " in text
    assert "choose a mode; until then the file keeps the word as it is" in text


def test_columns_align_with_wide_and_combining_letters(tmp_path: Path) -> None:
    path = vmx(
        tmp_path,
        'scsi0:2.fileName = "数据库服务器的第二块虚拟磁盘文件.vmdk"',
        'scsi0:2.present = "TRUE"',
        'scsi0:2.mode = "independent-nonpersistent"',
        'scsi0:3.fileName = "e\u0301te\u0301.vmdk"',
        'scsi0:3.present = "TRUE"',
    )
    lines = run("show", path).text.splitlines()
    head = next(line for line in lines if "FILE" in line)
    rows = [line for line in lines if "scsi0:" in line[:12]]
    assert len(rows) == 4
    for row in rows:
        before, _, _ = row.partition("persistent" if " persistent" in row else "independent")
        assert cells(before) == head.index("MODE")
        assert cells(row) <= 80
    wide = run("show", path, env={"COLUMNS": "140"}).text
    assert "数据库服务器的第二块虚拟磁盘文件.vmdk" in wide
    assert "PERSISTENT" in wide
    assert run("show", path, env={"COLUMNS": "9" * 5000}).text == run("show", path, env={"COLUMNS": ""}).text


def test_colour_only_on_a_terminal_and_never_the_only_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    words = ["show", str(SAMPLES / "gsx-legacy.vmx")]
    monkeypatch.setenv("TERM", "xterm-256color")
    plain = CliRunner().invoke(main, words).stdout
    assert "\x1b" not in plain
    colourful = CliRunner().invoke(main, words, color=True).stdout
    assert "\x1b[33m!" in colourful
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        assert CliRunner().invoke(main, words, color=True, env={name: value}).stdout == plain
    assert "warning: scsi0:0" in plain


def test_a_long_name_is_cut_in_the_middle_to_its_cells() -> None:
    assert shortened("scratch.vmdk", 12) == "scratch.vmdk"
    assert shortened("a-rather-long-name_1.vmdk", 12) == "a-r…e_1.vmdk"
    for width in range(2, 30):
        assert cells(shortened("数据库abc数据库数据库def", width)) <= width
    assert shortened_path("/vmfs/volumes/ds/web/web_1.vmdk", 12) == "web_1.vmdk"
    assert padded("数", 4) == "数  "


def test_a_huge_word_in_any_column_is_cut() -> None:
    columns = (Column("A", "A", 4), Column("FILE", "FILE", None), Column("B", "B", 6))
    (_, row) = list(rows_in_columns(columns, [("x" * 500, "f" * 500, "y" * 500)], 80))
    assert cells("".join(row)) == 80


NAMES = ("delta-snapshots-000002.vmdk", "delta-snapshots_1-000002.vmdk", "delta-snapshots_2.vmdk", "a.iso")


@pytest.mark.parametrize("width", [10, 12, 14, 20, 40])
def test_names_that_differ_are_shown_apart(width: int) -> None:
    shown = apart((*NAMES, NAMES[0]), width, shortened)
    assert len(set(shown.values())) == len(NAMES)
    assert all(cells(one) <= width for one in shown.values())
    assert shown["a.iso"] == "a.iso"


def test_names_of_many_disks_are_shown_apart_where_there_is_room_for_what_differs() -> None:
    names = [f"a-long-name-of-a-machine_{number}-000001.vmdk" for number in range(64)]
    assert len(set(apart(names, 14, shortened).values())) == 64
    assert len(apart(names, 1, shortened)) == 64


@pytest.mark.parametrize("command", ["show", "plan"])
def test_a_machine_with_one_text_has_nothing_pending(command: str) -> None:
    outcome = run(command, SAMPLES / "esxi8-web01.vmx")
    assert "next start" not in outcome.text + outcome.err


def test_no_rule_of_a_domains_targets_speaks_of_a_vmx() -> None:
    outcome = run("show", SAMPLES / "esxi8-web01.vmx", "--hypervisor", "qemu")
    assert "duplicate-target" not in outcome.text


def test_of_two_connections_none_is_taken_without_a_word() -> None:
    outcome = run("show", "-c", "test:///default", "-c", "qemu:///system", "test")
    assert (outcome.status, "give one" in outcome.err) == (2, True)
