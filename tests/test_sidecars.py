"""What lies beside a machine's file: read where it may be, and where it cannot be, said and survived."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.helpers import SAMPLES, run
from tests.storage.helpers import as_ordinary_user, open_folder
from tui.beside import VMSD_BYTES
from tui.disks import Chain, Sidecars, Snapshots
from tui.editing import Done, DoneKind, Editing, PolicyChange, Refusal, edit
from tui.machine import Machine, machine_in, read_sidecars, with_sidecars
from tui.rules import Hypervisor
from tui.storage import LOCAL, UnreadableError

DESCRIPTOR = b'# Disk DescriptorFile\nCID=11111111\nparentCID=ffffffff\ncreateType="vmfs"\nRW 2048 VMFS "x"\n'
ONE = b'snapshot.numSnapshots = "1"\nsnapshot.current = "1"\nsnapshot0.uid = "1"\n'


def written(folder: Path, *disks: str, name: str = "web.vmx", more: str = "") -> Path:
    """A VMX with these disks; their images are not written."""
    lines = ['config.version = "8"', 'scsi0.present = "TRUE"', more]
    for unit, disk in enumerate(disks or ("web.vmdk",)):
        lines += [f'scsi0:{unit}.present = "TRUE"', f'scsi0:{unit}.fileName = "{disk}"']
    path = folder / name
    path.write_text("\n".join((*lines, "")))
    return path


def opened(path: Path) -> Machine:
    return machine_in(path.read_bytes(), str(path))


def beside(path: Path) -> Sidecars:
    return read_sidecars(opened(path))


def unknown(path: Path) -> list[str]:
    return [remark.text for remark in beside(path).unknown]


# What is read


def test_the_sample_with_snapshots(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLES / "delta-snapshots", tmp_path / "vm"))
    found = beside(folder / "delta-snapshots.vmx")
    assert found.snapshots == Snapshots(
        2,
        "after upgrade",
        frozenset({"scsi0:0", "scsi0:1"}),
        "after upgrade",
        datetime(2024, 12, 24, 0, 23, 18, 762778, UTC),
    )
    assert found.snapshots.days is not None
    assert found.snapshots.days > 700
    assert [found.images[index].parent for index in range(3)] == [
        "delta-snapshots-000001.vmdk",
        "delta-snapshots_1-000001.vmdk",
        None,
    ]
    assert found.lock is None
    assert found.unknown == ()


@pytest.mark.parametrize("folder", [True, False])
def test_a_lock_is_a_folder_on_one_product_and_a_file_on_another(tmp_path: Path, folder: bool) -> None:
    path = written(tmp_path)
    assert beside(path).lock is None
    lock = tmp_path / "web.vmx.lck"
    lock.mkdir() if folder else lock.write_bytes(b"")
    assert beside(path).lock == "web.vmx.lck"


def test_sizes_come_with_the_images(tmp_path: Path) -> None:
    (tmp_path / "web.vmdk").write_bytes(DESCRIPTOR)
    assert with_sidecars(opened(written(tmp_path))).size_of(0) == 2048 * 512


def test_a_domains_images_are_read_and_one_that_lacks_beside_others_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.vmdk").write_bytes(DESCRIPTOR)
    path = tmp_path / "web.xml"
    path.write_text(
        "<domain type='kvm'><devices>"
        "<disk type='file'><source file='a.vmdk'/><target dev='vda'/></disk>"
        "<disk type='file'><source file='missing.qcow2'/><target dev='vdb'/></disk>"
        "<disk type='block'><source dev='/dev/null'/><target dev='vdc'/></disk>"
        "<disk type='file' device='cdrom'><source file='a.vmdk'/><target dev='vdd'/></disk>"
        "</devices></domain>"
    )
    found = beside(path)
    assert list(found.images) == [0]
    assert found == Sidecars(found.images, missing={1: "missing.qcow2"})
    (tmp_path / "a.vmdk").unlink()
    assert beside(path) == Sidecars()


def test_edits_keep_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "web.vmdk").write_bytes(DESCRIPTOR)
    machine = with_sidecars(opened(written(tmp_path)))
    outcome = edit(machine, machine, PolicyChange(snapshot=False), [0])
    assert isinstance(outcome, Machine)
    assert outcome.sidecars is machine.sidecars
    (image,) = (one.configuration.image_of(one.disks[0]) for one in (outcome,))
    assert image == machine.configuration.image_of(machine.disks[0]) is not None


# What cannot be read


def test_a_vm_that_never_had_a_snapshot_lacks_the_record_and_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "web.vmdk").write_bytes(DESCRIPTOR)
    assert beside(written(tmp_path)).snapshots is None
    assert unknown(written(tmp_path)) == []


def test_a_record_of_no_bytes_is_a_vm_without_snapshots(tmp_path: Path) -> None:
    (tmp_path / "web.vmsd").write_bytes(b"")
    (tmp_path / "web.vmdk").write_bytes(DESCRIPTOR)
    assert beside(written(tmp_path)).snapshots == Snapshots(0)
    assert unknown(written(tmp_path)) == []


def test_a_vmx_away_from_its_vm_says_what_is_missing(tmp_path: Path) -> None:
    assert unknown(written(tmp_path)) == ["not there: web.vmsd, web.vmdk"]
    path = written(tmp_path, "/vmfs/volumes/1/web/a.vmdk", "C:\\vms\\b.vmdk", "c.vmdk")
    assert unknown(path) == ["not there: web.vmsd, a.vmdk and 2 more"]
    (tmp_path / "web.vmsd").write_bytes(b"")
    assert unknown(written(tmp_path)) == []
    assert beside(written(tmp_path)).missing == {0: "web.vmdk"}


def test_standard_input_has_nothing_beside_it() -> None:
    data = (SAMPLES / "delta-snapshots" / "delta-snapshots.vmx").read_bytes()
    found = read_sidecars(machine_in(data))
    assert found.images == {}
    assert [remark.text for remark in found.unknown] == ["the VMX came from standard input"]
    outcome = run("show", "-", data=data)
    assert "[beside-unknown]" in outcome.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"snapshot.numSnapshots = x", "its number of snapshots"),
        (b"\0" * 100, "no text file"),
        (ONE + b"#" * VMSD_BYTES, "larger than 4 MiB"),
    ],
)
def test_a_broken_or_huge_record_is_said_and_survived(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "web.vmsd").write_bytes(data)
    (tmp_path / "web.vmdk").write_bytes(DESCRIPTOR)
    path = written(tmp_path)
    (text,) = unknown(path)
    assert text.startswith("web.vmsd: ")
    assert said in text
    assert beside(path).snapshots is None


def test_a_record_as_large_as_is_read(tmp_path: Path) -> None:
    (tmp_path / "web.vmsd").write_bytes(ONE + b"#".ljust(VMSD_BYTES - len(ONE), b"-"))
    assert beside(written(tmp_path)).snapshots == Snapshots(1, "snapshot 1", None, "snapshot 1")


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "web.vmsd").mkdir()
    os.mkfifo(tmp_path / "web.vmdk")
    assert unknown(written(tmp_path)) == ["web.vmsd: it is a folder", "web.vmdk: it is a named pipe"]


def test_what_may_not_be_read_is_said() -> None:
    with open_folder() as folder:
        path = written(folder)
        for name in ("web.vmsd", "web.vmdk"):
            (folder / name).write_bytes(DESCRIPTOR)
            (folder / name).chmod(0)
        said = as_ordinary_user(lambda: unknown(path))
    if os.geteuid() == 0:
        assert said == [f"{name}: you have no permission to read it" for name in ("web.vmsd", "web.vmdk")]


@pytest.mark.parametrize("data", [b"", b"no image", b"\0" * 4096, b"KDMV".ljust(512, b"\0")])
def test_an_image_without_a_descriptor_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "web.vmdk").write_bytes(data)
    path = written(tmp_path)
    assert unknown(path) == ["web.vmdk: it holds no VMDK descriptor"]
    assert beside(path).unknown[0].disk == 0


@pytest.mark.parametrize("name", ["a\0b.vmdk", "x" * 400 + ".vmdk", "|0A|1B.vmdk"])
def test_a_name_no_file_can_have_is_survived(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name.replace("\0", "|00"))
    assert beside(path).images == {}
    assert run("show", path).status == 0


def test_no_more_images_are_looked_at_than_a_host_takes(tmp_path: Path) -> None:
    lines = [
        f'scsi{n}:{m}.present = "TRUE"\nscsi{n}:{m}.fileName = "web.vmdk"'
        for n in range(40)
        for m in range(40)
    ]
    path = tmp_path / "web.vmx"
    path.write_text("\n".join(lines))
    (tmp_path / "web.vmdk").write_bytes(DESCRIPTOR)
    assert len(beside(path).images) == 1024


# Never outside


def test_a_record_that_is_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "vm", tmp_path / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret").write_bytes(ONE)
    (inside / "web.vmsd").symlink_to(outside / "secret")
    (inside / "web.vmdk").write_bytes(DESCRIPTOR)
    path = written(inside)
    assert unknown(path) == ["web.vmsd: it is a link that leads out of the machine's folder"]
    (inside / "web.vmsd").unlink()
    (inside / "real").write_bytes(ONE)
    (inside / "web.vmsd").symlink_to("real")
    assert beside(path).snapshots == Snapshots(1, "snapshot 1", None, "snapshot 1")


def test_only_named_files_and_the_vmxs_own_neighbours_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vm").mkdir()
    shared = tmp_path / "shared.vmdk"
    shared.write_bytes(DESCRIPTOR.replace(b'createType="vmfs"', b'parentFileNameHint="/etc/passwd"'))
    (tmp_path / "vm" / "web.vmsd").write_bytes(ONE + b'snapshot0.filename = "/etc/shadow"\n')
    path = written(tmp_path / "vm", str(shared), "web.vmdk", more='nvram = "/etc/hostname"')
    asked: list[str] = []
    real = os.open

    def watched(name: str | bytes | os.PathLike[str], *args: int, **kwargs: int) -> int:
        asked.append(os.fspath(name))  # type: ignore[arg-type]
        return real(name, *args, **kwargs)

    machine = opened(path)
    monkeypatch.setattr(os, "open", watched)
    read_sidecars(machine)
    assert set(asked) == {str(shared), str(tmp_path / "vm" / "web.vmsd")}


def test_a_vmx_that_is_a_link_has_its_neighbours_where_it_really_lies(tmp_path: Path) -> None:
    (tmp_path / "vm").mkdir()
    path = written(tmp_path / "vm")
    (tmp_path / "vm" / "web.vmsd").write_bytes(ONE)
    (tmp_path / "vm" / "web.vmx.lck").mkdir()
    link = tmp_path / "mine.vmx"
    link.symlink_to(path)
    found = beside(link)
    assert found.snapshots is not None
    assert found.lock == "web.vmx.lck"


def test_heads_and_names_that_cannot_be(tmp_path: Path) -> None:
    assert not LOCAL.is_there("a\0b")
    (tmp_path / "dangling").symlink_to("nowhere")
    assert LOCAL.is_there(str(tmp_path / "dangling"))
    with pytest.raises(UnreadableError, match="no such file"):
        LOCAL.read_head(str(tmp_path / "dangling"), 1)
    with pytest.raises(UnreadableError, match="no file can have this name"):
        LOCAL.read_head("a\0b", 1)


# What follows


def in_use(folder: Path) -> Editing:
    (folder / "web.vmdk").write_bytes(DESCRIPTOR)
    (folder / "web.vmx.lck").mkdir()
    return Editing(with_sidecars(opened(written(folder))))


def test_a_stale_lock_can_be_insisted_against_once_for_all(tmp_path: Path) -> None:
    editing = in_use(tmp_path)
    refusal = editing.make(PolicyChange(snapshot=False), [0])
    assert isinstance(refusal, Refusal)
    assert refusal.override == "in-use"
    assert not editing.is_changed
    assert isinstance(editing.override(refusal), Done)
    assert not editing.disks[0].policy.snapshot
    assert isinstance(editing.make(PolicyChange(persistent=False), [0]), Done)
    assert isinstance(editing.override(Refusal("nothing to insist on")), Refusal)


def test_a_remedy_is_offered_though_the_lock_must_be_insisted_against_after_it(tmp_path: Path) -> None:
    editing = in_use(tmp_path)
    refusal = editing.make(PolicyChange(persistent=False), [0])
    assert isinstance(refusal, Refusal)
    assert refusal.override is None
    assert refusal.remedy is not None
    again = editing.accept(refusal)
    assert isinstance(again, Refusal)
    assert again.override == "in-use"
    assert isinstance(editing.override(again), Done)


def test_no_other_rule_can_be_insisted_against(tmp_path: Path) -> None:
    (tmp_path / "web.vmsd").write_bytes(ONE)
    editing = in_use(tmp_path)
    editing.judge_for(Hypervisor.ESXI)
    refusal = editing.make(PolicyChange(snapshot=False), [0])
    assert isinstance(refusal, Refusal)
    assert {one.rule for one in refusal.findings} == {"has-snapshots", "in-use"}
    assert refusal.override is None
    machine = editing.machine
    outcome = edit(machine, machine, PolicyChange(snapshot=False), [0], {"in-use", "has-snapshots"})
    assert isinstance(outcome, Refusal)
    assert [one.rule for one in outcome.findings] == ["has-snapshots"]


def test_on_workstation_snapshots_are_a_caution_and_the_edit_is_made(tmp_path: Path) -> None:
    (tmp_path / "web.vmdk").write_bytes(DESCRIPTOR)
    (tmp_path / "web.vmsd").write_bytes(ONE)
    editing = Editing(with_sidecars(opened(written(tmp_path))))
    outcome = editing.make(PolicyChange(snapshot=False), [0])
    assert isinstance(outcome, Done)
    assert [one.rule for one in outcome.cautions] == ["has-snapshots", "way-lost"]
    back = editing.make(PolicyChange(snapshot=True), [0])
    assert back == Done(DoneKind.CHANGED, "Changed scsi0:0 (sda).")


def test_a_disk_may_go_back_to_the_mode_it_was_found_in(tmp_path: Path) -> None:
    editing = in_use(tmp_path)
    refusal = editing.make(PolicyChange(snapshot=False), [0])
    assert isinstance(refusal, Refusal)
    editing.override(refusal)
    editing.overrides = frozenset()
    assert isinstance(editing.make(PolicyChange(snapshot=True), [0]), Done)
    assert not editing.is_changed


def test_edits_made_before_the_files_were_read_are_taken_back_where_they_forbid_them(tmp_path: Path) -> None:
    found = in_use(tmp_path)
    editing = Editing(opened(tmp_path / "web.vmx"))
    editing.make(PolicyChange(snapshot=False), [0])
    refusal = editing.learn(found.machine.sidecars)
    assert refusal is not None
    assert refusal.findings[0].rule == "in-use"
    assert not editing.is_changed
    assert editing.undo() is None
    assert editing.redo() is None


def test_edits_nothing_speaks_against_stay_when_the_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "web.vmdk").write_bytes(DESCRIPTOR)
    editing = Editing(opened(written(tmp_path)))
    editing.make(PolicyChange(snapshot=False), [0])
    assert editing.learn(read_sidecars(editing.machine)) is None
    assert editing.is_changed
    assert isinstance(editing.undo(), Done)


def test_a_disk_that_turns_out_locked_loses_its_edit_and_its_mark(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLES / "rdm", tmp_path / "vm"))
    editing = Editing(opened(folder / "rdm.vmx"))
    editing.marked = {0, 1}
    editing.make(PolicyChange(snapshot=True), [1])
    refusal = editing.learn(read_sidecars(editing.machine))
    assert refusal is not None
    assert "ESXi ignores its mode" in refusal.reason
    assert not editing.is_changed
    assert editing.marked == {0}


def test_a_physical_rdm_is_locked_for_esxi_alone() -> None:
    path = SAMPLES / "rdm" / "rdm.vmx"
    editing = Editing(with_sidecars(opened(path)))
    assert [editing.machine.locked(index) is None for index in range(3)] == [True, False, True]
    outcome = editing.make(PolicyChange(snapshot=True), [1])
    assert isinstance(outcome, Refusal)
    assert "physical raw device mapping" in outcome.reason
    editing.judge_for(Hypervisor.WORKSTATION)
    assert editing.machine.locked(1) is None


# The command line


def test_set_is_refused_and_can_be_insisted_on(tmp_path: Path) -> None:
    in_use(tmp_path)
    path = tmp_path / "web.vmx"
    before = path.read_bytes()
    outcome = run("set", path, "scsi0:0", "--no-snapshot")
    assert outcome.status == 3
    assert "rule in-use" in outcome.err
    assert "--override in-use" in outcome.err
    assert path.read_bytes() == before
    assert run("set", path, "scsi0:0", "--no-snapshot", "--override", "has-snapshots").status == 2
    assert run("set", path, "scsi0:0", "--no-snapshot", "--override", "in-use").status == 0
    assert path.read_bytes() != before


def test_set_warns_of_what_it_does_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "web.vmdk").write_bytes(DESCRIPTOR)
    (tmp_path / "web.vmsd").write_bytes(ONE)
    outcome = run("set", written(tmp_path), "scsi0:0", "--no-snapshot")
    assert outcome.status == 0
    assert "warning: the VM has 1 snapshot" in outcome.err


def test_show_tells_what_lies_beside_the_file() -> None:
    text = run("show", SAMPLES / "rdm" / "rdm.vmx").text
    assert "[physical-rdm]" in text
    assert "scsi1:0 (sdp): a physical raw device mapping" in text


# The state, said without an edit


def described(parent: str | None = None, kind: str = "vmfsSparse") -> bytes:
    hint = f'parentFileNameHint="{parent}"\nparentCID=0a1b2c3d\n' if parent else "parentCID=ffffffff\n"
    return f'# Disk DescriptorFile\n{hint}createType="{kind}"\n'.encode()


def told(path: Path, hypervisor: Hypervisor = Hypervisor.ESXI) -> dict[str, str]:
    machine = replace(with_sidecars(opened(path)), chosen=hypervisor)
    return {one.rule: one.message for one in machine.findings}


def test_a_chain_is_followed_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "web-000002.vmdk").write_bytes(described("web-000001.vmdk"))
    (tmp_path / "web-000001.vmdk").write_bytes(described("web.vmdk"))
    (tmp_path / "web.vmdk").write_bytes(described())
    path = written(tmp_path, "web-000002.vmdk")
    files = ("web-000002.vmdk", "web-000001.vmdk", "web.vmdk")
    assert beside(path).chains == {0: Chain(files)}
    assert "2 deltas, and the VM has no snapshot" in told(path)["consolidation-needed"]
    (tmp_path / "web.vmsd").write_bytes(ONE)
    assert "2 deltas, and the VM has 1 snapshot" in told(path)["consolidation-needed"]
    (tmp_path / "web.vmsd").write_bytes(ONE.replace(b'"1"', b'"2"', 1))
    assert "consolidation-needed" not in told(path)
    assert "linked-clone" not in told(path)
    (tmp_path / "web.vmdk").unlink()
    assert told(path)["parent-missing"] == "an image it builds on is not there: web.vmdk"


@pytest.mark.parametrize("parent", ["../base/base.vmdk", "{}/base/base.vmdk", "C:\\vms\\base.vmdk"])
def test_a_chain_that_leaves_the_folder_is_a_linked_clone(tmp_path: Path, parent: str) -> None:
    for name in ("vm", "base"):
        (tmp_path / name).mkdir()
    parent = parent.format(tmp_path)
    (tmp_path / "base" / "base.vmdk").write_bytes(described())
    (tmp_path / "vm" / "web.vmdk").write_bytes(described(parent))
    found = told(written(tmp_path / "vm"), Hypervisor.WORKSTATION)
    assert parent in found["linked-clone"]
    assert "consolidation-needed" not in found
    assert "parent-missing" not in found


def test_a_chain_that_bites_its_tail_has_an_end(tmp_path: Path) -> None:
    (tmp_path / "web.vmdk").write_bytes(described("web_1.vmdk"))
    (tmp_path / "web_1.vmdk").write_bytes(described("web.vmdk"))
    assert beside(written(tmp_path)).chains[0].files == ("web.vmdk", "web_1.vmdk", "web.vmdk")


def test_a_disk_that_lacks_beside_others_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.vmdk").write_bytes(described())
    path = written(tmp_path, "a.vmdk", "b.vmdk")
    assert told(path)["disk-missing"] == "its file is not there: b.vmdk"
    assert "beside-unknown" not in told(path)
    (tmp_path / "a.vmdk").unlink()
    assert "disk-missing" not in told(path)


@pytest.mark.parametrize(
    "more", ['fileSearchPath = "../other;."', 'workingDir = "../other"', 'workingDir = "{}/other"']
)
def test_a_bare_name_is_looked_for_where_vmware_looks(tmp_path: Path, more: str) -> None:
    for name in ("vm", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "vm" / "web.vmdk").write_bytes(described())
    (tmp_path / "other" / "web.vmdk").write_bytes(described(kind="vmfsPassthroughRawDeviceMap"))
    (tmp_path / "other" / "a.vmdk").write_bytes(described(kind="vmfsPassthroughRawDeviceMap"))
    assert "physical-rdm" not in told(written(tmp_path / "vm"))
    assert "physical-rdm" in told(written(tmp_path / "vm", more=more.format(tmp_path)))
    assert "physical-rdm" not in told(written(tmp_path / "vm", "./web.vmdk", more=more.format(tmp_path)))


def test_a_delta_in_the_working_folder_is_no_linked_clone(tmp_path: Path) -> None:
    for name in ("vm", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "work" / "web-000001.vmdk").write_bytes(described("../vm/web.vmdk"))
    (tmp_path / "vm" / "web.vmdk").write_bytes(described())
    path = written(tmp_path / "vm", "web-000001.vmdk", more='workingDir = "../work"')
    assert "linked-clone" not in told(path)
    assert "consolidation-needed" in told(path)


@pytest.mark.parametrize(("word", "suspended"), [("FALSE", False), ("", False), ("web.vmss", True)])
def test_a_vm_is_suspended_where_its_state_names_a_file(tmp_path: Path, word: str, suspended: bool) -> None:
    assert ("in-use" in told(written(tmp_path, more=f'checkpoint.vmState = "{word}"'))) is suspended
    held = with_sidecars(opened(written(tmp_path, more='checkpoint.vmState = "true"'))).held
    assert held is not None
    assert held.message.endswith("it is suspended")


def test_what_holds_a_mode_is_said_before_anyone_tries(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert with_sidecars(opened(path)).held is None
    (tmp_path / "web.vmx.lck").mkdir()
    held = with_sidecars(opened(path)).held
    assert held is not None
    assert held.rule == "in-use"
    assert "web.vmx.lck lies beside the file" in held.message


def test_what_a_transient_run_left_is_told(tmp_path: Path) -> None:
    image = tmp_path / "a.qcow2"
    image.write_bytes(b"")
    path = tmp_path / "web.xml"
    path.write_text(
        "<domain type='kvm'><name>web</name><devices><disk type='file' snapshot='no'>"
        f"<source file='{image}'/>"
        "<target dev='vda'/><transient/></disk></devices></domain>"
    )
    assert "transient-leftover" not in told(path, Hypervisor.QEMU)
    (tmp_path / "a.qcow2.TRANSIENT-web").write_bytes(b"")
    assert f"{image}.TRANSIENT-web" in told(path, Hypervisor.QEMU)["transient-leftover"]


@pytest.mark.parametrize("name", ["web.vmxf", "web.vmsd", "web.nvram", "web_1.vmdk"])
def test_a_neighbour_given_as_the_file_names_the_vmx(tmp_path: Path, name: str) -> None:
    written(tmp_path)
    data = {"vmxf": b"<Foundry><VM/></Foundry>", "vmsd": b'.encoding = "UTF-8"\n' + ONE}
    (tmp_path / name).write_bytes(data.get(name.rpartition(".")[2], b"MRVN\0\0\0"))
    outcome = run("show", tmp_path / name)
    assert outcome.status == 2
    assert "open web.vmx, which lies beside it" in outcome.err


def test_a_parent_is_looked_for_where_the_vm_looks_if_it_is_not_beside_its_child(tmp_path: Path) -> None:
    for name in ("vm", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "work" / "web-000001.vmdk").write_bytes(described("web.vmdk"))
    path = written(tmp_path / "vm", "web-000001.vmdk", more='fileSearchPath = "../work"')
    assert told(path)["parent-missing"] == "an image it builds on is not there: web.vmdk"
    (tmp_path / "vm" / "web.vmdk").write_bytes(described("base.vmdk"))
    (tmp_path / "work" / "base.vmdk").write_bytes(described())
    found = told(path)
    assert "parent-missing" not in found
    assert "linked-clone" not in found
    assert beside(path).chains[0].files == ("web-000001.vmdk", "web.vmdk", "base.vmdk")


def test_a_template_is_read_with_what_lies_beside_it(tmp_path: Path) -> None:
    path = written(tmp_path, name="web.vmtx")
    (tmp_path / "web.vmdk").write_bytes(described())
    (tmp_path / "web.vmsd").write_bytes(ONE)
    assert beside(path).snapshots is not None
    assert "web.vmtx" in run("audit", tmp_path).text
    assert "deployed from it" in told(path)["vm-template"]
    assert with_sidecars(opened(path)).guess.hypervisor is Hypervisor.ESXI
