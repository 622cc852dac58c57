"""What the rules say on the screen: read whole at 80x24, in full on demand, counted in the title."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from tests.app.helpers import copied, machine_file, seated
from tests.formats.samples import SAMPLES
from tests.rules.cases import Case
from tests.rules.more_cases import CASES
from tests.rules.test_every_rule import judged, of
from tui.app.dialogs.findings import FindingsScreen
from tui.app.editor.details import findings_at
from tui.app.editor.status import EditorStatus
from tui.editing import Editing
from tui.rules import Hypervisor, Severity
from tui.rules.all_rules import BY_ID


def _told(case: Case, width: int, height: int) -> str:
    """What the lines below the table say of the disk that the rule is about, with its finding in view."""
    editing, status = Editing(replace(case.raises, chosen=case.hypervisor)), EditorStatus()
    machine = editing.machine
    disk = next((one.disk for one in machine.findings if one.rule == case.rule and one.disk is not None), 0)
    if case.wanted is not None:
        status.answer(editing.make(case.wanted, [0]))
    else:
        status.finding = [one.rule for one in findings_at(machine, disk)].index(case.rule)
    lines = status.lines(editing, disk if machine.disks else None, width, height, searched=False)
    return " ".join(" ".join("".join(span.text for span in line) for line in lines).split())


async def test_what_each_rule_says_is_read_whole_in_the_editor_at_80x24(tmp_path: Path) -> None:
    async with seated(copied("esxi8-web01.vmx", tmp_path)) as seat:
        width, height = seat.editor.query_one("#details").size
    first = {case.rule: case for case in reversed(CASES)}
    for case in first.values():
        (finding, *_) = of(case.rule, judged(case.raises, case))
        text = _told(case, width, height)
        assert finding.rule in text
        assert finding.message in text, text
        if case.wanted is None or finding.severity is not Severity.ERROR:
            assert finding.advice in text, text
        else:
            assert finding.source in text, text


async def test_a_findings_whole_text_comes_on_demand(tmp_path: Path) -> None:
    async with seated(copied("cluster-multiwriter.vmx", tmp_path)) as seat:
        await seat.settle()
        await seat.press("down", "down", "f8", "f")
        assert isinstance(seat.screen, FindingsScreen)
        page = seat.screen.query_one("#page").lines  # type: ignore[attr-defined]
        text = " ".join("".join(span.text for span in line).strip() for line in page)
        for finding in findings_at(seat.editor.editing.machine, 2):
            for part in (finding.rule, finding.message, finding.advice, finding.source):
                assert part in text
            assert BY_ID[finding.rule].condition in text
        await seat.press("escape")
        assert not isinstance(seat.screen, FindingsScreen)


async def test_the_title_counts_by_severity(tmp_path: Path) -> None:
    async with seated(copied("cluster-multiwriter.vmx", tmp_path)) as seat:
        await seat.settle()
        assert "5 warnings" in seat.seen()[0]
        await seat.press("h", "down", "down", "down", "enter")
        assert seat.editor.editing.machine.hypervisor is Hypervisor.QEMU
        assert "warning" not in seat.seen()[0]


DESCRIPTOR = b'# Disk DescriptorFile\nCID=11111111\nparentCID=ffffffff\ncreateType="vmfs"\nRW 2048 VMFS "x"\n'


def _vm(folder: Path, *lines: str) -> Path:
    (folder / "a.vmdk").write_bytes(DESCRIPTOR)
    disk = ('scsi0.present = "TRUE"', 'scsi0:0.present = "TRUE"', 'scsi0:0.fileName = "a.vmdk"')
    return machine_file(folder, *disk, *lines)


async def test_a_refusal_by_a_lock_is_insisted_against_with_one_key(tmp_path: Path) -> None:
    path = _vm(tmp_path)
    path.with_name(f"{path.name}.lck").mkdir()
    async with seated(path) as seat:
        await seat.settle()
        await seat.press("s")
        assert "in-use" in seat.below()
        assert "o: edit all the same" in seat.below()
        assert seat.policy(0) == (True, True)
        await seat.press("escape", "o")
        assert seat.policy(0) == (True, True), "what was put away cannot be insisted on"
        await seat.press("s", "o")
        assert seat.policy(0) == (False, True)
        await seat.press("p")
        assert seat.policy(0) == (False, False)


async def test_the_mode_menu_leads_to_the_same_question(tmp_path: Path) -> None:
    path = _vm(tmp_path, 'checkpoint.vmState = "a.vmss"')
    async with seated(path) as seat:
        await seat.settle()
        await seat.press("m", "down", "enter")
        assert "it is suspended in a.vmss" in seat.below()
        await seat.press("o")
        assert seat.policy(0) == (False, True)


async def test_a_locked_disk_says_why_before_a_key_and_another_hypervisor_unlocks_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLES / "rdm", tmp_path / "vm"))
    async with seated(folder / "rdm.vmx") as seat:
        await seat.settle()
        await seat.press("down")
        assert "Locked: a physical raw device mapping" in seat.below()
        assert seat.policy(1) == (None, None)
        assert seat.sees("Physical RDM")
        await seat.press("s")
        assert "is locked: a physical raw device mapping" in seat.below()
        await seat.press("h", "down", "down", "enter")
        assert seat.editor.editing.machine.hypervisor is Hypervisor.WORKSTATION
        assert seat.policy(1) == (False, True)


async def test_reading_the_file_again_reads_what_lies_beside_it_again(tmp_path: Path) -> None:
    path = _vm(tmp_path, 'vc.uuid = "52 00"')
    async with seated(path) as seat:
        await seat.settle()
        (tmp_path / path.with_suffix(".vmsd").name).write_bytes(b'snapshot.numSnapshots = "3"\n')
        await seat.press("r")
        await seat.settle()
        await seat.press("s")
        assert "the VM has 3 snapshots" in seat.below()
        assert seat.policy(0) == (True, True)


async def test_a_caution_is_told_when_the_edit_is_made(tmp_path: Path) -> None:
    path = _vm(tmp_path)
    path.with_suffix(".vmsd").write_bytes(b'snapshot.numSnapshots = "1"\n')
    async with seated(path) as seat:
        await seat.settle()
        await seat.press("s")
        assert seat.policy(0) == (False, True)
        assert "! has-snapshots: the VM has 1 snapshot" in seat.below()


async def test_without_a_finding_there_is_nothing_to_read_in_full(tmp_path: Path) -> None:
    async with seated(_vm(tmp_path)) as seat:
        await seat.settle()
        assert "no findings" in seat.seen()[0]
        await seat.press("f")
        assert "No rule finds anything on this disk." in seat.below()
