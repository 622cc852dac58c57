"""The plan screen: what it shows, and every key of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.geometry import Offset

from tests.app.helpers import KVM, WEB, Seat, copied, seated
from tests.scenes import SMALL, WIDE, Size
from tui.app.editor.editor_screen import EditorScreen
from tui.app.plan.plan_screen import PlanScreen
from tui.app.widgets.document_view import DocumentView
from tui.app.widgets.plan_list import PlanList
from tui.app.widgets.way_list import WayList
from tui.disks import HostFacts, Power, Sidecars
from tui.machine import machine_in
from tui.planning import Planning
from tui.storage import LOCAL

PRESETS = "kvm-presets.xml"


def plan(seat: Seat) -> PlanScreen:
    return next(screen for screen in seat.app.screen_stack if isinstance(screen, PlanScreen))


def effective(seat: Seat) -> list[str]:
    return [row.effective for row in plan(seat).query_one(PlanList).rows]


def xml(seat: Seat) -> list[str]:
    view = plan(seat).query_one("#xml", DocumentView)
    return [row.text.strip() for row in view.rows] if view.display else []


async def test_it_opens_on_the_machine_as_it_stands(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("s", "n")
        assert [row.preset for row in plan(seat).query_one(PlanList).rows] == ["no", "no", "no", "-"]
        assert plan(seat).asking.way.call == "backup-begin", "the first way that works"
        await seat.press("up", "up")
        assert seat.sees("nothing selected for snapshot")
        assert "refused" in seat.seen()[0]
        assert "covered" not in seat.seen()[0]
        await seat.press("escape")
        assert isinstance(seat.screen, EditorScreen)


async def test_what_is_left_to_the_administrator_is_not_counted_as_covered(tmp_path: Path) -> None:
    path = tmp_path / "two.xml"
    disks = "".join(
        f"<disk type='file' device='disk'{preset}><driver type='qcow2'/><source file='/{name}'/>"
        f"<target dev='{name}' bus='virtio'/></disk>"
        for name, preset in (("vda", ""), ("vdb", " snapshot='manual'"))
    )
    path.write_text(f"<domain type='kvm'><name>two</name><devices>{disks}</devices></domain>")
    async with seated(path) as seat:
        await seat.press("n")
        assert plan(seat).asking.way.call == "--disk-only"
        assert seat.sees("1 of 2 covered")


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_table_reason_xml_and_command_are_seen(tmp_path: Path, size: Size) -> None:
    async with seated(copied(KVM, tmp_path), size) as seat:
        await seat.press("n")
        assert effective(seat) == ["external", "no", "no", "no"]
        for text in (
            "Snapshot plan · QEMU/KVM · off · --disk-only",
            "1 of 3 covered",
            "WAY",
            "plain               no",
            "--disk-only       > yes",
            "checkpoint          no         yes",
            "DISK",
            "vda: No preset, so yes, external, as --disk-only does",
            "domainsnapshot",
            "y virsh snapshot-create-as kvm-app01 --disk-only",
            "o override",
            "esc back",
        ):
            assert seat.sees(text), text
        assert all(len(line) <= size.width for line in seat.seen())


async def test_a_refusal_stands_where_the_xml_was(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "d", "o")
        assert xml(seat) == []
        assert seat.sees("libvirt refuses: “disk 'vda' must use snapshot mode 'internal'”")
        assert seat.sees("No command: libvirt refuses this snapshot.")
        await seat.press("d")
        assert seat.sees("nothing selected for snapshot")
        await seat.press("o", "o")
        assert not seat.sees("refuses")
        assert "<disk name='vda' snapshot='external'/>" in xml(seat)


async def test_overrides_go_round_and_show_in_the_xml(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "tab", "down", "down")
        for word in ("no", "internal", "external", "manual"):
            await seat.press("o")
            assert effective(seat)[2] == word
            if xml(seat):
                assert f"<disk name='vdc' snapshot='{word}'/>" in xml(seat)
        before = plan(seat).planning.document.data
        await seat.press("o")
        assert effective(seat)[2] == "no"
        assert plan(seat).planning.document.data != before
        assert xml(seat) == ["<domainsnapshot>", "</domainsnapshot>"]


async def test_the_selected_disks_entry_is_marked(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "tab", "down", "o")
        rows = plan(seat).query_one("#xml", DocumentView).rows
        assert [(row.sign.value, row.disk) for row in rows if "vdb" in row.text] == [("+", 1)]


async def test_arrows_choose_a_way_and_the_state_of_the_machine(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "right")
        assert "running · --disk-only" in seat.seen()[0]
        await seat.press("down", "down")
        assert "running · backup-begin" in seat.seen()[0]
        assert xml(seat)[0].startswith("<domainbackup")
        assert seat.sees("y virsh backup-begin kvm-app01 --backupxml BACKUP.xml")
        before = xml(seat)
        await seat.press("o")
        assert xml(seat) != before, "the first disk is left out of the backup"
        await seat.press("left")
        assert seat.sees("No command: libvirt refuses this backup.")
        await seat.press("r", "down")
        assert xml(seat)[0] == "<domaincheckpoint>"
        await seat.press(*("up",) * 9)
        assert "refused" in seat.seen()[0]
        assert "running · plain" in seat.seen()[0]


async def test_a_choice_of_memory_without_meaning_says_why(tmp_path: Path) -> None:
    path = tmp_path / "one.xml"
    path.write_text(
        "<domain type='kvm'><name>one</name><devices><disk type='file'><driver type='qcow2'/>"
        "<source file='/a.qcow2'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
    )
    async with seated(path) as seat:
        await seat.press("n", "M", "end")
        assert seat.sees("libvirt refuses: memory state cannot be")
        await seat.press("escape", "right", "M", "down")
        assert seat.sees("libvirt refuses: internal snapshot of a")
        await seat.press("end", "enter")
        assert seat.sees("running · plain · memory: external")
        await seat.press("d", "M")
        assert seat.sees("not possible")


async def test_the_command_is_whole_and_copied(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path), Size(60, 24)) as seat:
        await seat.press("n", "d", "y")
        assert seat.sees("There is no command: the snapshot would be refused.")
        await seat.press("d", "tab", "down", "o", "y")
        command = "virsh snapshot-create-as kvm-app01 --disk-only --diskspec vdb,snapshot=no"
        assert seat.app.clipboard == command
        shown = seat.screen.query_one("#command").lines  # type: ignore[attr-defined]
        lines = ["".join(span.text for span in line)[3:] for line in shown]
        assert len(lines) > 1
        assert "".join(lines).replace("\\", "").split() == command.split()
        assert all(any(line in seen for seen in seat.seen()) for line in lines)


async def test_the_xml_is_written_and_the_command_names_it(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "d", "w")
        assert seat.sees("There is no <domainsnapshot> to write.")
        await seat.press("d", "tab", "down", "o", "w")
        out = tmp_path / "s.xml"
        assert seat.screen.query_one("Input").value == str(tmp_path / "kvm-app01-snapshot.xml")  # type: ignore[attr-defined]
        await seat.type(str(out))
        await seat.press("enter")
        await seat.settle()
        assert out.read_bytes() == plan(seat).planning.document.data
        await seat.press("y")
        assert seat.app.clipboard == f"virsh snapshot-create kvm-app01 {out} --disk-only"


async def test_a_write_that_fails_is_told(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "w")
        await seat.type(str(tmp_path / "nowhere" / "s.xml"))
        await seat.press("enter")
        await seat.settle()
        assert seat.sees("Not written")


async def test_leaving_the_prompt_writes_nothing(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "w", "escape")
        assert sorted(path.name for path in tmp_path.iterdir()) == [KVM]
        assert seat.screen is plan(seat)


async def test_a_name_names_the_overlays(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "n")
        assert seat.sees("enter name it")
        await seat.type("before")
        await seat.press("enter")
        assert "<name>before</name>" in xml(seat)
        assert seat.sees("kvm-app01.before")
        assert seat.sees("Snapshot before · QEMU/KVM")
        await seat.press("n", "escape")
        assert seat.sees("Snapshot before · QEMU/KVM")


async def test_esx_and_workstation(tmp_path: Path) -> None:
    async with seated(copied(WEB, tmp_path)) as seat:
        await seat.press("n")
        assert seat.sees("ESX takes no list of disks")
        assert effective(seat) == ["yes", "no", "no", "yes"]
        await seat.press("o")
        assert seat.sees("disk snapshots not supported yet")
        await seat.press("o", "o", "down")
        assert seat.sees("vSphere refuses: “MemorySnapshotOnIndependentDisk”")
        assert seat.sees("No command: vSphere refuses this snapshot.")
    async with seated(copied("workstation-dev.vmx", tmp_path)) as seat:
        await seat.press("n")
        assert seat.sees("vmrun does")
        assert seat.sees("y vmrun snapshot")
        assert not seat.sees("d disk-only")
        await seat.press("d")
        assert seat.sees("There is no --disk-only here, only the ways above.")
        await seat.press("w")
        assert seat.sees("There is no <domainsnapshot> to write.")


async def test_many_disks_scroll_and_the_head_stays(tmp_path: Path) -> None:
    path = tmp_path / "many.xml"
    disks = "".join(
        f"<disk type='file'><driver type='qcow2'/><source file='/{one}'/><target dev='disk{one}'/></disk>"
        for one in range(120)
    )
    path.write_text(f"<domain type='kvm'><name>many</name><devices>{disks}</devices></domain>")
    async with seated(path) as seat:
        await seat.press("n")
        assert "120 of 120" in seat.seen()[2], "the count of a way is not cut"
        await seat.press("tab", "G")
        table = plan(seat).query_one(PlanList)
        assert table.selected == len(table.rows) - 1
        assert seat.sees("EFFECTIVE")
        assert seat.sees(table.rows[-1].name.split()[0])
        await seat.press("g", "down", "k", "j")
        assert table.selected == 1


async def test_a_file_that_is_a_domainsnapshot_is_started_from(tmp_path: Path) -> None:
    async with seated(copied("domainsnapshot.xml", tmp_path)) as seat:
        await seat.press("enter", "n")
        while plan(seat).asking.way.call != "--disk-only":
            await seat.press("d")
        assert seat.sees("Snapshot before-migration · QEMU/KVM")
        assert "<disk name='vda' snapshot='external' type='file'>" in xml(seat)
        await seat.press("o", "o")
        assert "<disk name='vda' snapshot='external' type='file'>" not in xml(seat)
        await seat.press("o", "o", "o")
        assert plan(seat).planning.document.data == (tmp_path / "domainsnapshot.xml").read_bytes()


async def test_a_click_selects_the_disk(tmp_path: Path) -> None:
    async with seated(copied(PRESETS, tmp_path)) as seat:
        await seat.press("n")
        await seat.pilot.click(PlanList, offset=Offset(5, 3))
        await seat.pilot.pause()
        assert plan(seat).query_one(PlanList).selected == 2
        assert seat.sees("vdc: ")


async def test_a_machine_without_disks_has_a_plan(tmp_path: Path) -> None:
    file = tmp_path / "none.xml"
    file.write_text("<domain type='kvm'><name>[/x]</name></domain>")
    async with seated(file) as seat:
        await seat.press("n", "o")
        assert seat.sees("No disks.")
        await seat.press("left")
        assert seat.sees("No command: libvirt refuses this snapshot.")


async def test_brackets_and_hostile_names_are_text(tmp_path: Path) -> None:
    file = tmp_path / "hostile.xml"
    file.write_text(
        "<domain type='kvm'><name>[/b]</name><devices><disk type='file'><driver type='qcow2'/>"
        "<source file='/[x]\u202e.img'/><target dev='[/foo]'/></disk></devices></domain>"
    )
    async with seated(file) as seat:
        await seat.press("n", "o", "o")
        assert seat.sees("[/foo]")
        assert not seat.sees("\u202e")


async def test_a_file_in_the_way_of_an_overlay_is_told_once_it_was_looked_for(tmp_path: Path) -> None:
    image = tmp_path / "web.qcow2"
    (tmp_path / "web.before").write_bytes(b"in the way")
    data = (
        "<domain type='kvm'><name>web</name><devices><disk type='file' device='disk'><driver type='qcow2'/>"
        f"<source file='{image}'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
    )
    facts = HostFacts("kvm1", power=Power.RUNNING, snapshots=(), uri="qemu:///system")
    machine = replace(machine_in(data.encode(), "web.xml"), sidecars=Sidecars(host=facts))
    planning = Planning(machine, disk_only=True, running=True, name="before")
    async with seated(copied(KVM, tmp_path)) as seat:
        seat.app.push_screen(PlanScreen(planning, host_files=LOCAL))
        await seat.settle()
        await seat.press("down")
        await seat.settle()
        assert seat.sees("external snapshot file for disk vda already exists")


async def test_tab_goes_to_the_xml_and_back(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "tab")
        assert isinstance(seat.app.focused, PlanList)
        await seat.press("tab")
        assert isinstance(seat.app.focused, DocumentView)
        await seat.press("tab")
        assert isinstance(seat.app.focused, WayList)


@pytest.mark.parametrize("owner", [PlanScreen, PlanList, WayList])
def test_every_key_has_an_id_a_description_and_a_tooltip(owner: type) -> None:
    for binding in owner.BINDINGS:  # type: ignore[attr-defined]
        assert isinstance(binding, Binding)
        assert binding.id
        assert binding.description
        assert binding.tooltip
