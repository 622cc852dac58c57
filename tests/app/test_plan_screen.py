"""The plan screen: what it shows, and every key of it."""

from __future__ import annotations

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
        await seat.press("n", "d")
        assert seat.sees("1 of 2 covered")


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_table_reason_xml_and_command_are_seen(tmp_path: Path, size: Size) -> None:
    async with seated(copied(KVM, tmp_path), size) as seat:
        await seat.press("n", "d")
        assert effective(seat) == ["external", "no", "no", "no"]
        for text in (
            "Snapshot plan · QEMU/KVM · powered off · disks only",
            "1 of 4 covered",
            "DISK",
            "vda: No preset, so yes, external, as --disk-only does",
            "domainsnapshot",
            "virsh snapshot-create kvm-app01 SNAPSHOT.xml --disk-only",
            "o override",
            "esc back",
        ):
            assert seat.sees(text), text
        assert all(len(line) <= size.width for line in seat.seen())


async def test_a_refusal_stands_where_the_xml_was(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "o")
        assert xml(seat) == []
        assert seat.sees("libvirt refuses: “disk 'vda' must use snapshot mode 'internal'”")
        assert seat.sees("no snapshot")
        await seat.press("d")
        assert seat.sees("nothing selected for snapshot")
        await seat.press("o", "o")
        assert not seat.sees("refuses")
        assert "<disk name='vda' snapshot='external'/>" in xml(seat)


async def test_overrides_go_round_and_show_in_the_xml(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "d", "down", "down")
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
        await seat.press("n", "d", "down", "o")
        rows = plan(seat).query_one("#xml", DocumentView).rows
        assert [(row.sign.value, row.disk) for row in rows if "vdb" in row.text] == [("+", 1)]


async def test_running_and_memory(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "r")
        assert seat.sees("running · memory: internal")
        await seat.press("M")
        assert seat.sees("internal snapshot of a running VM must include")
        await seat.press("M", "M")
        assert seat.sees("running · memory: external")
        await seat.press("M", "r")
        assert seat.sees("powered off · memory: no")


async def test_the_command_is_copied(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "y")
        assert seat.sees("There is no command: the snapshot would be refused.")
        await seat.press("d", "y")
        assert seat.app.clipboard == "virsh snapshot-create kvm-app01 SNAPSHOT.xml --disk-only"
        assert seat.sees("Copied the command. w writes the file it names.")


async def test_the_xml_is_written_and_the_command_names_it(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "w")
        assert seat.sees("There is no <domainsnapshot> to write.")
        await seat.press("d", "down", "o", "w")
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
        await seat.press("n", "d", "w")
        await seat.type(str(tmp_path / "nowhere" / "s.xml"))
        await seat.press("enter")
        await seat.settle()
        assert seat.sees("Not written")


async def test_leaving_the_prompt_writes_nothing(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "d", "w", "escape")
        assert sorted(path.name for path in tmp_path.iterdir()) == [KVM]
        assert seat.screen is plan(seat)


async def test_a_name_names_the_overlays(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "d", "n")
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
        await seat.press("o", "o", "r")
        assert seat.sees("vSphere refuses: “MemorySnapshotOnIndependentDisk”")
    async with seated(copied("workstation-dev.vmx", tmp_path)) as seat:
        await seat.press("n")
        assert seat.sees("vmrun does")
        assert seat.sees("y vmrun snapshot")
        await seat.press("w")
        assert seat.sees("There is no <domainsnapshot> to write.")


async def test_many_disks_scroll_and_the_head_stays(tmp_path: Path) -> None:
    async with seated(copied("sixty-disks.vmx", tmp_path)) as seat:
        await seat.press("n", "G")
        table = plan(seat).query_one(PlanList)
        assert table.selected == len(table.rows) - 1
        assert seat.sees("EFFECTIVE")
        assert seat.sees(table.rows[-1].name.split()[0])
        await seat.press("g", "down", "k", "j")
        assert table.selected == 1


async def test_a_file_that_is_a_domainsnapshot_is_started_from(tmp_path: Path) -> None:
    async with seated(copied("domainsnapshot.xml", tmp_path)) as seat:
        await seat.press("enter", "n", "d")
        assert seat.sees("Snapshot before-migration · QEMU/KVM")
        assert "<disk name='vda' snapshot='external' type='file'>" in xml(seat)
        await seat.press("o", "o")
        assert "<disk name='vda' snapshot='external' type='file'>" not in xml(seat)
        await seat.press("o", "o", "o")
        assert plan(seat).planning.document.data == (tmp_path / "domainsnapshot.xml").read_bytes()


async def test_a_click_selects(tmp_path: Path) -> None:
    async with seated(copied(PRESETS, tmp_path)) as seat:
        await seat.press("n")
        await seat.pilot.click(PlanList, offset=Offset(5, 3))
        await seat.pilot.pause()
        assert plan(seat).query_one(PlanList).selected == 2
        assert seat.sees("vdc: The domain's preset says manual")


async def test_a_machine_without_disks_has_a_plan(tmp_path: Path) -> None:
    file = tmp_path / "none.xml"
    file.write_text("<domain type='kvm'><name>[/x]</name></domain>")
    async with seated(file) as seat:
        await seat.press("n", "o")
        assert seat.sees("No disks.")
        assert seat.sees("nothing selected for snapshot")


async def test_brackets_and_hostile_names_are_text(tmp_path: Path) -> None:
    file = tmp_path / "hostile.xml"
    file.write_text(
        "<domain type='kvm'><name>[/b]</name><devices><disk type='file'><driver type='qcow2'/>"
        "<source file='/[x]\u202e.img'/><target dev='[/foo]'/></disk></devices></domain>"
    )
    async with seated(file) as seat:
        await seat.press("n", "d", "o", "o")
        assert seat.sees("[/foo]")
        assert not seat.sees("\u202e")


async def test_tab_goes_to_the_xml_and_back(tmp_path: Path) -> None:
    async with seated(copied(KVM, tmp_path)) as seat:
        await seat.press("n", "d", "tab")
        assert isinstance(seat.app.focused, DocumentView)
        await seat.press("tab")
        assert isinstance(seat.app.focused, PlanList)


@pytest.mark.parametrize("owner", [PlanScreen, PlanList])
def test_every_key_has_an_id_a_description_and_a_tooltip(owner: type) -> None:
    for binding in owner.BINDINGS:  # type: ignore[attr-defined]
        assert isinstance(binding, Binding)
        assert binding.id
        assert binding.description
        assert binding.tooltip
