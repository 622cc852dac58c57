"""Each script that runs on another host, under busybox, with the applets of an ESXi host and no others."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from tests.storage.helpers import as_ordinary_user, open_folder
from tests.storage.ssh.far_side import FarSide, applets
from tui.disks import HostFacts, Power
from tui.storage.ssh.answers import Fields, heads, looked
from tui.storage.ssh.scripts import (
    FIND,
    HEADS,
    LINKS,
    LOOK,
    READING_SCRIPTS,
    SMALL,
    VOLUMES,
    Ended,
    Script,
)
from tui.storage.ssh.tars import Unzipped, files_in
from tui.storage.ssh.writing_scripts import RELOAD, SAVE, WRITE, WRITING_SCRIPTS

MOST = str(64 * 1024 * 1024)
BLOCKS = str(SMALL // 512 + 1)
TEXTS = str(64 * 1024 * 2 + 1)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def drafts(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if "diskmode-" in one.name]


def test_every_script_is_plain_sh(far: FarSide) -> None:
    scripts = (*READING_SCRIPTS, *WRITING_SCRIPTS)
    assert {one.name for one in scripts} == {
        *("look", "find", "links", "heads", "save", "write", "reload", "kind", "same", "stay")
    }
    assert [one.name for one in scripts if not far.parses(one)] == []
    assert not far.parses(Script("broken", "if true; then"))


def test_an_argument_with_a_nul_never_leaves() -> None:
    with pytest.raises(ValueError, match="NUL"):
        LOOK.command("a\0b")


# look


def test_look_gives_the_file_its_neighbours_and_the_small_ones_bytes(far: FarSide, vm: Path) -> None:
    done = far.run(LOOK, str(vm), MOST, BLOCKS, VOLUMES)
    assert (done.returncode, done.stderr) == (0, b"")
    seen = looked(done.stdout, "esxi01")
    assert (seen.real, seen.links, seen.data) == (str(vm), 1, vm.read_bytes())
    assert seen.names == {one.name for one in vm.parent.iterdir()}
    assert set(seen.beside) == {"web01.vmx", "web01.vmdk", "web01.vmsd"}


def test_look_follows_a_link_to_the_file_itself(far: FarSide, vm: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.vmx"
    link.symlink_to(vm)
    assert looked(far.run(LOOK, str(link), MOST, BLOCKS, VOLUMES).stdout, "esxi01").real == str(vm)


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (lambda _: None, Ended.MISSING),
        (lambda path: path.symlink_to("nowhere"), Ended.MISSING),
        (lambda path: path.mkdir(), Ended.FOLDER),
        (os.mkfifo, Ended.NOT_REGULAR),
    ],
    ids=["missing", "dangling", "folder", "fifo"],
)
def test_look_tells_what_is_no_file(far: FarSide, tmp_path: Path, made: object, status: Ended) -> None:
    path = tmp_path / "x.vmx"
    made(path)  # type: ignore[operator] # one of the functions above
    assert far.run(LOOK, str(path), MOST, BLOCKS, VOLUMES).returncode == status


def test_look_tells_a_closed_folder_from_a_file_that_is_not_there() -> None:
    with open_folder() as folder:
        for name in ("tools", "closed"):
            (folder / name).mkdir()
        far = FarSide(applets(folder / "tools"))
        (folder / "closed").chmod(0)
        try:
            asked = [
                f"{folder}/closed/a.vmx",
                f"{folder}/closed/b/a.vmx",
                f"{folder}/gone/a.vmx",
                "./gone.vmx",
            ]
            ends = as_ordinary_user(
                lambda: [far.run(LOOK, one, MOST, BLOCKS, VOLUMES).returncode for one in asked]
            )
        finally:
            (folder / "closed").chmod(0o700)
    assert ends == [Ended.NO_PERMISSION, Ended.NO_PERMISSION, Ended.MISSING, Ended.MISSING]


def test_look_refuses_a_file_that_is_too_large(far: FarSide, vm: Path) -> None:
    assert far.run(LOOK, str(vm), "3", BLOCKS, VOLUMES).returncode == Ended.TOO_LARGE


# find


def test_find_lists_and_streams_every_machine(far: FarSide, vm: Path, tmp_path: Path) -> None:
    (tmp_path / ".snapshot").mkdir()
    (tmp_path / ".snapshot" / "old.vmx").write_bytes(b"x")
    (vm.parent / "web01.vmx.lck").mkdir()
    done = far.run(FIND, BLOCKS, TEXTS, VOLUMES, "20", str(tmp_path), str(tmp_path / "gone"))
    assert done.returncode == 0
    fields = Fields([done.stdout])
    assert fields.block(10) == [f"={tmp_path}", "-"]
    assert fields.block(10) == []  # datastores
    names = {Path(name).name for name in fields.block(100)}
    assert names == {"web01.vmx", "web01.vmdk", "web01.vmsd", "web01-flat.vmdk", "web01.vmx.lck"}
    assert fields.block(10) == []  # who runs: no ESXi host
    files = {f"/{one.name.lstrip('/')}": one.data for one in files_in(Unzipped(fields.rest()))}
    assert files[str(vm)] == vm.read_bytes()
    assert {Path(name).name for name in files} == {"web01.vmx", "web01.vmdk", "web01.vmsd"}


def test_find_in_an_empty_folder_streams_nothing(far: FarSide, tmp_path: Path) -> None:
    fields = Fields([far.run(FIND, BLOCKS, TEXTS, VOLUMES, "20", str(tmp_path)).stdout])
    assert [fields.block(9) for _ in range(4)] == [[f"={tmp_path}"], [], [], []]
    assert list(files_in(Unzipped(fields.rest()))) == []


def test_links_tells_where_each_path_leads(far: FarSide, vm: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").symlink_to(vm.parent)
    (tmp_path / "file.vmx").symlink_to(vm)
    (tmp_path / "gone.vmx").symlink_to("nowhere")
    asked = [tmp_path / "folder", tmp_path / "file.vmx", vm, tmp_path / "gone.vmx", tmp_path / "gone"]
    done = far.run(LINKS, data=b"".join(os.fsencode(one) + b"\0" for one in asked))
    told = [f"d{vm.parent}", f"l{vm}", f"f{vm}", "l", "f"]
    assert [os.fsdecode(one) for one in done.stdout.split(b"\0")] == [*told, ""]


# heads


def test_heads_gives_the_first_bytes_of_many_files(far: FarSide, vm: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    paths = [str(vm), str(vm.parent / "web01-flat.vmdk"), str(tmp_path / "gone"), str(tmp_path), str(empty)]
    done = far.run(HEADS, str(SMALL), data=b"".join(os.fsencode(one) + b"\0" for one in paths))
    found = heads(paths, [done.stdout])
    assert [found[one].status for one in paths] == [0, 0, Ended.MISSING, Ended.FOLDER, 0]
    assert found[str(vm)].data == vm.read_bytes()
    assert found[paths[1]].data == bytes(SMALL)
    assert (found[paths[1]].size, found[str(empty)].data) == (200_000, b"")


# save


def saved(
    far: FarSide,
    path: Path,
    new: bytes,
    *,
    was: bytes | None = None,
    real: Path | None = None,
    backup: str = "",
) -> int:
    was = path.read_bytes() if was is None else was
    return far.run(SAVE, str(path), sha(was), sha(new), str(real or path), backup, data=new).returncode


def test_save_puts_new_bytes_in_place_with_the_mode_kept(far: FarSide, vm: Path) -> None:
    vm.chmod(0o640)
    assert saved(far, vm, b"new\n") == 0
    assert vm.read_bytes() == b"new\n"
    assert vm.stat().st_mode & 0o777 == 0o640
    assert not drafts(vm.parent)


@pytest.mark.parametrize("cut", [0, 1, 3])
def test_save_of_bytes_that_were_cut_short_changes_nothing(far: FarSide, vm: Path, cut: int) -> None:
    before, new = vm.read_bytes(), b"new bytes\n"
    done = far.run(SAVE, str(vm), sha(before), sha(new), str(vm), "", data=new[:cut])
    assert done.returncode == Ended.CUT_SHORT
    assert vm.read_bytes() == before
    assert not drafts(vm.parent)


def test_save_refuses_a_file_that_changed(far: FarSide, vm: Path) -> None:
    assert saved(far, vm, b"new\n", was=b"other") == Ended.CHANGED
    assert not drafts(vm.parent)


def test_save_refuses_a_file_with_more_than_one_name(far: FarSide, vm: Path) -> None:
    os.link(vm, vm.parent / "second")
    assert saved(far, vm, b"new\n") == Ended.LINKED


def test_save_refuses_a_link_that_leads_elsewhere_now(far: FarSide, vm: Path) -> None:
    assert saved(far, vm, b"new\n", real=vm.parent / "other.vmx") == Ended.ELSEWHERE


def test_save_compares_once_more_before_the_rename(far: FarSide, tmp_path: Path) -> None:
    path = tmp_path / "a.vmx"
    path.write_bytes(b"old")
    path.chmod(0o600)  # as a draft is made, so that nothing is left to do for the chmod that changes the file
    far.tool("chmod", f'printf changed >"{path}"')
    assert saved(far, path, b"new\n") == Ended.CHANGED
    assert path.read_bytes() == b"changed"
    assert not drafts(tmp_path)


def test_save_refuses_where_the_mode_cannot_be_kept(far: FarSide, vm: Path) -> None:
    vm.chmod(0o644)
    far.tool("chmod", "exit 1")
    assert saved(far, vm, b"new\n") == Ended.NOT_KEPT
    assert not drafts(vm.parent)


@pytest.mark.parametrize(
    ("there", "kept"), [([], "a.vmx~"), (["a.vmx~"], "a.vmx.~1~"), (["a.vmx~", "a.vmx.~1~"], "a.vmx.~2~")]
)
def test_save_keeps_the_old_bytes_and_no_backup_is_written_over(
    far: FarSide, tmp_path: Path, there: list[str], kept: str
) -> None:
    path = tmp_path / "a.vmx"
    path.write_bytes(b"old")
    for name in there:
        (tmp_path / name).write_bytes(b"older")
    done = far.run(SAVE, str(path), sha(b"old"), sha(b"new"), str(path), "backup", data=b"new")
    assert (done.returncode, done.stdout) == (0, f"ready\0{kept}\0".encode())
    assert (tmp_path / kept).read_bytes() == b"old"
    assert [(tmp_path / name).read_bytes() for name in there] == [b"older"] * len(there)


def test_a_save_that_fails_leaves_no_backup(far: FarSide, tmp_path: Path) -> None:
    path = tmp_path / "a.vmx"
    path.write_bytes(b"old")
    far.tool("mv", "exit 1")
    assert saved(far, path, b"new", backup="backup") == Ended.NOT_WRITTEN
    assert [one.name for one in tmp_path.iterdir()] == ["a.vmx"]


# write


def test_write_makes_a_new_file_and_refuses_a_taken_name(far: FarSide, tmp_path: Path) -> None:
    path = tmp_path / "new.xml"
    assert far.run(WRITE, str(path), sha(b"x"), "", data=b"x").returncode == 0
    assert far.run(WRITE, str(path), sha(b"y"), "", data=b"y").returncode == Ended.TAKEN
    assert path.read_bytes() == b"x"
    assert far.run(WRITE, str(path), sha(b"y"), "over", data=b"y").returncode == 0
    assert path.read_bytes() == b"y"
    assert not drafts(tmp_path)


def test_write_of_bytes_that_were_cut_short_leaves_nothing(far: FarSide, tmp_path: Path) -> None:
    path = tmp_path / "new.xml"
    assert far.run(WRITE, str(path), sha(b"whole"), "", data=b"who").returncode == Ended.CUT_SHORT
    assert list(tmp_path.iterdir()) == []


# what an ESXi host knows

VMS = """Vmid   Name    File                        Guest OS       Version   Annotation
3      other   [ds2] web01/web01.vmx       windows9_64Guest   vmx-19
12     web01   [ds1] web01/web01.vmx       ubuntu64Guest      vmx-20   its note [ds1] x"""


def facts_of(far: FarSide, path: Path, folder: Path | str = VOLUMES) -> HostFacts | None:
    done = far.run(LOOK, str(path), MOST, BLOCKS, str(folder))
    assert done.returncode == 0, done.stderr
    return looked(done.stdout, "esxi01").facts


def test_a_host_without_vim_cmd_knows_nothing(far: FarSide, vm: Path) -> None:
    assert facts_of(far, vm) is None


def test_facts_of_a_file_the_host_does_not_know_are_none(far: FarSide, vm: Path) -> None:
    far.tool("vim-cmd", f"echo '{VMS}'")
    assert facts_of(far, vm) is None


def volumes(tmp_path: Path) -> Path:
    """Two datastores with a machine of the same name, each a link to a folder with a UUID for a name."""
    folder = tmp_path / "volumes"
    for store, uuid in (("ds1", "6436-1"), ("ds2", "6436-2")):
        machine = folder / uuid / "web01"
        machine.mkdir(parents=True)
        (machine / "web01.vmx").write_bytes(b"x")
        (folder / store).symlink_to(uuid)
    return folder


TREE = """Get Snapshot:
|-ROOT
--Snapshot Name        : before update
--Snapshot Id        : 1
--Snapshot Desciption  : as its owner asked:
Snapshot Name        : no other one
--|-CHILD
----Snapshot Name        : second"""


@pytest.mark.parametrize("named", ["ds1", "6436-1"])
def test_facts_are_those_of_the_machine_on_its_own_datastore(
    far: FarSide, tmp_path: Path, named: str
) -> None:
    folder = volumes(tmp_path)
    far.tool(
        "vim-cmd",
        f"""case "$1 ${{2-}}" in
            "vmsvc/getallvms ") echo '{VMS}' ;;
            "vmsvc/power.getstate 12") printf 'Retrieved runtime info\\nPowered on\\n' ;;
            "vmsvc/snapshot.get 12") echo '{TREE}' ;;
            *) echo "unexpected: $*"; exit 1 ;;
        esac""",
    )
    facts = facts_of(far, folder / named / "web01/web01.vmx", folder)
    assert facts is not None
    assert (facts.host, facts.vm) == ("esxi01", "12")
    assert (facts.power, facts.snapshots) == (Power.RUNNING, ("before update", "second"))


@pytest.mark.parametrize(
    ("lines", "vm"),
    [
        ("12 [PROD] web01 [ds1] web01/web01.vmx ubuntu vmx-20 was [ds1] web01/web01.vmx before", "12"),
        ("3 a ] web01/web01.vmx [ds2] web01/web01.vmx g vmx-1\n12 web01 [ds1] web01/web01.vmx g vmx-1", "12"),
        ("12 web01 [ds1] web01/web01.vmx", "12"),
        ("12 [] web01 [] VOLUMES/6436-1/web01/web01.vmx g vmx-1", "12"),
        ("12 web01 [] VOLUMES/ds1/web01/web01.vmx\n3 web01 [] VOLUMES/ds2/web01/web01.vmx g", "12"),
        ("3 [ds1] web01/web01.vmx g vmx-1\n12 web01 [] VOLUMES/ds1/web01/web01.vmx g vmx-1", None),
        ("3 [ds1] web01/web01.vmx [ds2] x/x.vmx g vmx-1\n12 web01 [ds1] web01/web01.vmx g vmx-1", None),
        ("12 web01 [ds1] web01/web01.vmx g vmx-1 note\n3 [ds1] web01/web01.vmx is the same", None),
    ],
)
def test_names_and_annotations_of_vms_do_not_hide_one_nor_stand_for_another(
    far: FarSide, tmp_path: Path, lines: str, vm: str | None
) -> None:
    folder = volumes(tmp_path)
    lines = lines.replace("VOLUMES", str(folder))
    answer = f"case $2 in 12) echo 'Powered off' ;; *) echo '{lines}' ;; esac"
    far.tool("vim-cmd", f"""case $1 in vmsvc/snapshot.get) echo "Get Snapshot:" ;; *) {answer} ;; esac""")
    facts = facts_of(far, folder / "ds1/web01/web01.vmx", folder)
    assert facts is not None
    assert (facts.vm, facts.power) == (vm, vm and Power.OFF)


@pytest.mark.parametrize(
    ("answer", "known"), [("echo rubbish", False), ("exit 1", False), ("echo Vmid", True)]
)
def test_a_host_whose_list_of_vms_nobody_understands_is_not_one_that_has_none(
    far: FarSide, vm: Path, answer: str, known: bool
) -> None:
    far.tool("vim-cmd", answer)
    assert facts_of(far, vm) == (None if known else HostFacts("esxi01"))


@pytest.mark.parametrize("told", ["", "Segmentation fault", "Powered sideways", "\x1b[2J" * 50])
def test_facts_that_cannot_be_read_are_not_guessed(far: FarSide, tmp_path: Path, told: str) -> None:
    folder = volumes(tmp_path)
    far.tool("vim-cmd", f"""case "$1" in vmsvc/getallvms) echo '{VMS}' ;; *) printf '{told}' ;; esac""")
    facts = facts_of(far, folder / "ds1/web01/web01.vmx", folder)
    assert facts is not None
    assert (facts.power, facts.snapshots) == (None, None)


def test_reload_takes_a_number_and_nothing_else(far: FarSide) -> None:
    far.tool("vim-cmd", 'echo "$@"')
    assert far.run(RELOAD, "12").stdout == b"vmsvc/reload 12\n"
    assert far.run(RELOAD, "12; rm -rf /").returncode == Ended.NOT_REGULAR


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("No space left on device", Ended.NO_SPACE),
        ("Disk quota exceeded", Ended.NO_SPACE),
        ("Read-only file system", Ended.READ_ONLY),
        ("Permission denied", Ended.NO_WRITING),
        ("something else", Ended.NOT_WRITTEN),
    ],
)
@pytest.mark.parametrize("tool", ["dd", "mktemp", "mv"])
def test_a_host_that_cannot_write_says_why(
    far: FarSide, tmp_path: Path, tool: str, words: str, status: Ended
) -> None:
    path = tmp_path / "a.vmx"
    path.write_bytes(b"old")
    far.tool(tool, f"echo '{tool}: {words}' >&2; exit 1")
    assert saved(far, path, b"new") == status
    new = tmp_path / "b.vmx"
    assert far.run(WRITE, str(new), sha(b"new"), "over", data=b"new").returncode == status
    assert [one.name for one in tmp_path.iterdir()] == ["a.vmx"]
    assert path.read_bytes() == b"old"
