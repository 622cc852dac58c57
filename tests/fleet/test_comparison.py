"""What counts as drift between two looks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.helpers import vmx
from tui.convert import to_domain_xml
from tui.fleet.comparison import (
    CHANGED,
    MISSING,
    NEW,
    Facts,
    compare_audits,
    compare_machines,
    facts_of,
    key_of,
    read_audit,
)
from tui.fleet.written import AuditError
from tui.formats.vmx import VmxDocument
from tui.machine import machine_in

ONE = Facts("a.vmx", "web", "scsi0:0", "sda", "[ds] web/web.vmdk", "persistent", None, True, True)


def test_a_machine_and_its_conversion_do_not_differ(tmp_path: Path) -> None:
    data = vmx(tmp_path, 'scsi0:1.mode = "independent-nonpersistent"').read_bytes()
    document = VmxDocument(data)
    other = machine_in(to_domain_xml(document).text.encode())
    left = [facts_of(document.configuration, disk, "a", "web") for disk in document.disks]
    right = [facts_of(other.configuration, disk, "b", "web") for disk in other.disks]
    assert compare_machines(left, right) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, target="vda", source="other"),
        replace(ONE, address=None, source="other"),
        replace(ONE, address=None, target="vdz", source="/img/WEB.qcow2"),
    ],
)
def test_disks_are_matched_by_address_then_target_then_image(other: Facts) -> None:
    assert compare_machines([ONE], [other]) == []
    (drift,) = compare_machines([ONE], [replace(other, snapshot=False)])
    assert (drift.what, drift.fields) == (CHANGED, (("snapshot", "yes", "no"),))


def test_a_name_two_disks_share_matches_none() -> None:
    twins = [replace(ONE, address=None, target="sda", source=name) for name in ("x/1.vmdk", "y/2.vmdk")]
    drifts = compare_machines([replace(ONE, address=None, source="z")], twins)
    assert [one.what for one in drifts] == [MISSING, NEW, NEW]


def test_audits_are_compared_disk_by_disk() -> None:
    gone, new = replace(ONE, address="scsi0:1"), replace(ONE, file="b.vmx")
    before = {key_of(one): one for one in (ONE, gone)}
    now = {key_of(one): one for one in (replace(ONE, mode="undoable", findings=("legacy-mode",)), new)}
    drifts = compare_audits(before, now)
    assert [one.what for one in drifts] == [CHANGED, MISSING, NEW]
    assert drifts[0].fields == (("mode", "persistent", "undoable"), ("findings", "none", "legacy-mode"))
    assert compare_audits(now, now) == []


def test_bytes_that_are_no_json_are_no_audit() -> None:
    assert read_audit(b"<domain/>") is None
    assert read_audit(b'displayName = "x"') is None


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"{}",
        b'{"schema": "other/1"}',
        json.dumps({"schema": "diskmode.audit/1", "results": [1]}).encode(),
    ],
)
def test_another_programs_json_is_told(data: bytes) -> None:
    with pytest.raises(AuditError):
        read_audit(data)
