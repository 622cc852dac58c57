"""``diskmode set``: edits without a screen, refusals with their remedy, dry runs that patch takes."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import SAMPLES, Outcome, copied, domain, program, run, vmx
from tui.cli.messages import Status
from tui.cli.patch import patch_of
from tui.editing import Refusal, edit
from tui.formats.opening import open_document
from tui.machine import Machine, machine_in
from tui.storage import Reading
from tui.storage.writing import save

LEFT_OUT = "left out of snapshots and of backups made from them. Writes are kept."


def set_(*words: str | Path, data: bytes = b"") -> Outcome:
    return run("set", *words, data=data)


def modes(path: Path) -> list[str | None]:
    return [disk.mode and disk.mode.value for disk in open_document(path.read_bytes()).disks]


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        (("--no-snapshot",), "independent-persistent"),
        (("--no-snapshot", "--no-persistent"), "independent-nonpersistent"),
        (("--snapshot", "--persistent"), "persistent"),
        (("--mode", "independent-persistent"), "independent-persistent"),
        (("--mode", "independent_nonpersistent"), "independent-nonpersistent"),
        (("--mode", "IndependentNonPersistent"), "independent-nonpersistent"),
        (("--mode", "Independent - Persistent"), "independent-persistent"),
        (("--mode", "Dependent"), "persistent"),
    ],
)
def test_what_is_asked_for_is_what_the_disk_gets(words: tuple[str, ...], mode: str, tmp_path: Path) -> None:
    for path, disk in ((vmx(tmp_path), "sdb"), (domain(tmp_path), "vdb")):
        outcome = set_(path, disk, *words)
        assert outcome.status == Status.DONE
        assert outcome.out == b""
        assert modes(path) == ["persistent", mode]


@pytest.mark.parametrize("name", ["scsi0:1", "SCSI0:1", "sdb", "SDB"])
def test_a_disk_by_address_and_by_target(name: str, tmp_path: Path) -> None:
    path = vmx(tmp_path)
    outcome = set_(path, name, "--no-snapshot")
    assert outcome.err == (
        f"diskmode: {path}: scsi0:1 (sdb) is now {LEFT_OUT}\n"
        f"diskmode: {path}: warning: a snapshot with memory is refused from now on while it runs "
        '("disks in different modes"); without memory while it is off works; set it back, or ask that way\n'
    )
    assert modes(path) == ["persistent", "independent-persistent"]


def test_several_disks_each_once(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    outcome = set_(path, "sda", "scsi0:1", "scsi0:0", "--no-snapshot")
    assert outcome.err.count("is now") == 2
    assert modes(path) == ["independent-persistent"] * 2
    again = set_(path, "sda", "--snapshot")
    assert again.status == Status.DONE
    assert "scsi0:0 (sda) is now part of snapshots" in again.err
    mixed = set_(path, "all", "--no-snapshot")
    assert "scsi0:0 (sda) is now left out" in mixed.err
    assert "scsi0:1 (sdb): nothing to change" in mixed.err


def test_no_change_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    os.utime(path, (1, 1))
    outcome = set_(path, "all", "--snapshot", "--backup")
    assert outcome == (0, b"", f"diskmode: {path}: nothing to change\n")
    assert path.stat().st_mtime == 1
    assert list(tmp_path.iterdir()) == [path]


def test_all_leaves_drives_and_says_so(tmp_path: Path) -> None:
    path = copied("kvm-app01.xml", tmp_path)
    outcome = set_(path, "all", "--no-snapshot", "--persistent")
    assert outcome.status == Status.DONE
    assert "is left as it is: a CD-ROM drive" in outcome.err


def test_nothing_editable_is_refused(tmp_path: Path) -> None:
    drive = "<disk device='cdrom'><source file='/a.iso'/><target dev='sda' bus='sata'/></disk>"
    outcome = set_(domain(tmp_path, drive), "all", "--no-snapshot")
    assert outcome.status == Status.REFUSED
    assert "no disk of it is meant by all" in outcome.err
    assert "it has no disks" in set_(domain(tmp_path, ""), "all", "--no-snapshot").err


def test_a_read_only_disk_is_left_by_all_and_taken_in_by_its_name_also_where_it_was_left_to_you(
    tmp_path: Path,
) -> None:
    disk = (
        "<disk type='file' device='disk' snapshot='manual'><driver name='qemu' type='qcow2'/>"
        "<source file='/a'/><target dev='vda' bus='virtio'/><readonly/></disk>"
    )
    path = domain(tmp_path, disk)
    outcome = set_(path, "all", "--snapshot")
    assert outcome.status == Status.REFUSED
    assert "vda is left as it is: the guest only reads it; name it to change it" in outcome.err
    assert "vda is now part of snapshots" in set_(path, "vda", "--snapshot").err
    assert open_document(path.read_bytes()).disks[0].policy.snapshot


def test_a_locked_disk_is_refused(tmp_path: Path) -> None:
    outcome = set_(copied("kvm-app01.xml", tmp_path), "sda", "--no-snapshot")
    assert outcome.status == Status.REFUSED
    assert "is locked: a CD-ROM drive" in outcome.err


def test_an_encrypted_file_is_refused_with_its_rule(tmp_path: Path) -> None:
    path = copied("encrypted.vmx", tmp_path)
    before = path.read_bytes()
    for disk in ("all", "scsi0:0"):
        outcome = set_(path, disk, "--no-snapshot")
        assert outcome.status == Status.REFUSED
        assert "the file is encrypted" in outcome.err
        assert "rule encrypted; source: " in outcome.err
    assert path.read_bytes() == before


def test_a_refusal_has_sentence_rule_source_and_the_remedy_as_options(tmp_path: Path) -> None:
    for path, disk, name in (
        (vmx(tmp_path), "sda", "scsi0:0 (sda)"),
        (domain(tmp_path), "vda", "vda"),
    ):
        before = path.read_bytes()
        outcome = set_(path, disk, "--no-persistent")
        assert outcome.status == Status.REFUSED
        assert outcome.out == b""
        said, rule, remedy = outcome.err.splitlines()
        assert said == (
            f"diskmode: {path}: {name}: a disk whose writes are discarded cannot take part in snapshots; "
            "leave it out of snapshots as well, or keep its writes"
        )
        assert rule.startswith(f"diskmode: {path}: rule snapshot-without-persistence; source: M. Bolte")
        assert remedy == (
            f"diskmode: {path}: to leave it out of snapshots as well, give --no-snapshot --no-persistent"
        )
        assert path.read_bytes() == before
        given = remedy.rpartition("give ")[2].split()
        assert set_(path, disk, *given).status == Status.DONE
        back = set_(path, disk, "--snapshot")
        assert back.status == Status.REFUSED
        assert "to keep its writes as well, give --snapshot --persistent" in back.err


def test_one_refused_disk_leaves_all_as_they_are(tmp_path: Path) -> None:
    path = vmx(tmp_path, 'scsi0:1.mode = "independent-persistent"')
    before = path.read_bytes()
    assert set_(path, "all", "--no-persistent").status == Status.REFUSED
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", ["undoable", "nonpersistent", "append"])
def test_outdated_modes_are_refused(mode: str, tmp_path: Path) -> None:
    for path, disk in ((vmx(tmp_path), "sda"), (domain(tmp_path), "vda")):
        outcome = set_(path, disk, "--mode", mode)
        assert outcome.status == Status.REFUSED
        if mode != "nonpersistent" or disk == "vda":  # that one is refused for what it would mean, first
            assert f'the mode "{mode}" is outdated' in outcome.err
        assert "; source: " in outcome.err


def test_the_hypervisor_decides_what_is_refused(tmp_path: Path) -> None:
    disk = "<disk type='block' device='disk'><source dev='/dev/sdx'/><target dev='vda'/></disk>"
    path = domain(tmp_path, disk)
    words = (path, "vda", "--no-snapshot", "--no-persistent", "--dry-run")
    assert "rule transient-not-file" in set_(*words).err
    assert set_(*words, "--hypervisor", "other").status == Status.DONE


@pytest.mark.parametrize(
    ("preset", "written"),
    [
        ("no", b" snapshot='no'"),
        ("internal", b" snapshot='internal'"),
        ("external", b" snapshot='external'"),
        ("manual", b" snapshot='manual'"),
        ("default", b""),
    ],
)
def test_a_preset_is_written_and_the_default_is_no_word(preset: str, written: bytes, tmp_path: Path) -> None:
    path = domain(tmp_path)
    before = path.read_bytes()
    assert set_(path, "vda", "--preset", preset).status == Status.DONE
    tag = b"<disk type='file' device='disk'"
    assert path.read_bytes() == before.replace(tag, tag + written, 1)


@pytest.mark.parametrize("spelling", ["libvirt", "attributes", "elements", "vmx-mode"])
def test_the_policy_is_written_in_the_spelling_asked_for(spelling: str, tmp_path: Path) -> None:
    path = domain(tmp_path)
    outcome = set_(path, "vda", "--no-snapshot", "--spelling", spelling)
    assert outcome.status == Status.DONE
    words = {
        "libvirt": b"snapshot='no'",
        "attributes": b"persistent='yes'",
        "elements": b"<nosnapshot/>",
        "vmx-mode": b"snapshot_mode='independent-persistent'",
    }
    assert words[spelling] in path.read_bytes()
    assert modes(path)[0] == "independent-persistent"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sda",), "nothing was asked for"),
        (("sda", "--mode", "persistent", "--no-snapshot"), "--mode does not go with --snapshot"),
        (("sda", "--mode", "persistent", "--persistent"), "--mode does not go with --persistent"),
        (("sda", "--mode", "persistent", "--preset", "no"), "--mode does not go with --preset"),
        (("sda", "--preset", "no", "--snapshot"), "--preset does not go with --snapshot"),
        (("sda", "--mode", "sometimes"), "no mode is called sometimes; there are persistent, "),
        (("sda", "--preset", "often"), "'often' is not one of"),
        (("sda", "--spelling", "latin", "--snapshot"), "'latin' is not one of"),
        (("sda", "--preset", "internal"), "a VMX has no presets"),
        (("sda", "--no-snapshot", "--spelling", "libvirt"), "a VMX has no spellings"),
        (("sda", "--no-snapshot", "--dry-run", "-o", "x"), "--dry-run does not go with -o"),
        (("sda", "--no-snapshot", "--dry-run", "--backup"), "--dry-run does not go with --backup"),
        (("sda", "--no-snapshot", "--backup", "-o", "x"), "--backup does not go with -o"),
        (("sda", "--no-snapshot", "--force"), "--force goes with -o"),
        (("sdx", "--no-snapshot"), "there is no disk sdx; there are scsi0:0 (sda), scsi0:1 (sdb)"),
        (("", "--no-snapshot"), "there is no disk ; there are"),
    ],
)
def test_usage_errors_write_nothing(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    outcome = set_(path, *words)
    assert outcome.status == Status.BAD_INPUT
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_standard_input_has_no_backup() -> None:
    assert "--backup needs a file" in set_("-", "sda", "--no-snapshot", "--backup").err


def test_of_many_disks_a_few_are_named(tmp_path: Path) -> None:
    outcome = set_(copied("sixty-disks.vmx", tmp_path), "vdz", "--no-snapshot")
    assert "and 4" in outcome.err
    assert len(outcome.err) < 500 + len(str(tmp_path))


def test_a_vmx_names_each_disk_apart_as_its_conversion_does(tmp_path: Path) -> None:
    path = vmx(
        tmp_path,
        'sata0.present = "TRUE"',
        'sata0:0.present = "TRUE"',
        'sata0:0.fileName = "c.vmdk"',
    )
    outcome = set_(path, "sda", "--no-snapshot")
    assert outcome.status == Status.DONE
    assert "scsi0:0 (sda)" in outcome.err
    machine = machine_in(path.read_bytes(), str(path))
    assert all(f"<target dev='{disk.target}'" in machine.conversion.text for disk in machine.disks)
    assert len({disk.target for disk in machine.disks}) == len(machine.disks)


def test_an_ambiguous_target_names_the_disks(tmp_path: Path) -> None:
    disks = "".join(
        f"<disk><source file='/{bus}'/><target dev='sda' bus='{bus}'/>"
        "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>"
        for bus in ("scsi", "sata")
    )
    path = tmp_path / "twins.xml"
    path.write_text(f"<domain type='kvm'><name>a</name><devices>{disks}</devices></domain>")
    outcome = set_(path, "sda", "--no-snapshot")
    assert outcome.status == Status.BAD_INPUT
    assert "2 disks are called sda: scsi0:0 (sda), sata0:0 (sda); say which by its address" in outcome.err


def test_one_of_several_domains(tmp_path: Path) -> None:
    path = copied("several-domains.xml", tmp_path)
    before = open_document(path.read_bytes())
    outcome = set_(path, "all", "--no-snapshot", "--domain", "2")
    assert outcome.status == Status.DONE
    after = open_document(path.read_bytes())
    assert after.disks == before.disks


# Where the result goes


def test_out_leaves_the_file_alone(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    out = tmp_path / "new.vmx"
    done = set_(path, "sda", "--no-snapshot", "-o", out)
    assert done.status == Status.DONE
    assert f"{out}: scsi0:0 (sda) is now" in done.err
    assert f"{path}: " not in done.err
    assert path.read_bytes() == before
    assert modes(out) == ["independent-persistent", "persistent"]
    taken = set_(path, "sdb", "--no-snapshot", "-o", out)
    assert taken.status == Status.BAD_INPUT
    assert "there is already a file of this name" in taken.err
    assert set_(path, "sdb", "--no-snapshot", "-o", out, "--force").status == Status.DONE
    assert modes(out) == ["persistent", "independent-persistent"]
    nowhere = set_(path, "sdb", "--no-snapshot", "-o", tmp_path / "no" / "new.vmx")
    assert nowhere.status == Status.BAD_INPUT
    assert "there is no such folder" in nowhere.err
    copy = tmp_path / "copy.vmx"
    assert set_(path, "sdb", "--snapshot", "-o", copy).status == Status.DONE
    assert copy.read_bytes() == before


def test_a_backup_keeps_the_old_bytes(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()
    assert set_(path, "sda", "--no-snapshot", "--backup").status == Status.DONE
    assert (tmp_path / "web.vmx~").read_bytes() == before
    assert path.read_bytes() != before


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    link = tmp_path / "link.vmx"
    link.symlink_to(path.name)
    assert set_(link, "sda", "--no-snapshot").status == Status.DONE
    assert link.is_symlink()
    assert modes(path)[0] == "independent-persistent"


@pytest.mark.parametrize("name", ["crlf-windows1252.vmx", "gbk-guest.vmx", "mixed-quotes.xml", "latin1.xml"])
def test_standard_input_to_standard_output_is_exact(name: str, tmp_path: Path) -> None:
    path = copied(name, tmp_path)
    data = path.read_bytes()
    words = ("all", "--no-snapshot", "--persistent")
    piped = program("set", "-", *words, data=data)
    assert piped.status == Status.DONE
    assert "diskmode: standard input: " in piped.err
    to_stdout = set_(path, *words, "-o", "-")
    assert to_stdout.out == piped.out
    assert path.read_bytes() == data
    set_(path, *words)
    assert path.read_bytes() == piped.out
    unchanged = set_("-", *words, data=piped.out)
    assert unchanged.out == piped.out
    assert "nothing to change" in unchanged.err


def test_there_and_back_again_is_the_identity(tmp_path: Path) -> None:
    path = copied("crlf-windows1252.vmx", tmp_path)
    set_(path, "all", "--mode", "independent-persistent")
    changed = path.read_bytes()
    assert changed.count(b"\r\n") == changed.count(b"\n")
    old = (SAMPLES / path.name).read_bytes()
    assert [line for line in changed.split(b"\r\n") if b".mode" not in line] == old.split(b"\r\n")


# Dry runs


@pytest.mark.parametrize(
    "name",
    [
        "crlf-windows1252.vmx",
        "gbk-guest.vmx",
        "latin1-bare-cr.vmx",
        "shebang-comments.vmx",
        "esxi8-web01.vmx",
        "mixed-quotes.xml",
        "latin1.xml",
        "kvm-presets.xml",
    ],
)
@pytest.mark.parametrize("strip", ["-p0", "-p1"])
def test_patch_takes_the_dry_run(
    name: str, strip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "vm s"
    home.mkdir()
    path = copied(name, home)
    before = path.read_bytes()
    inside = tmp_path if strip == "-p0" else home
    words = ("all", "--no-snapshot", "--persistent")
    # patch -p1 takes one folder away from "vm s/FILE"; -p0 none.
    monkeypatch.chdir(tmp_path)
    outcome = set_(path.relative_to(tmp_path), *words, "--dry-run")
    assert outcome.status == Status.DONE
    assert path.read_bytes() == before
    assert "would be left out of snapshots" in outcome.err
    patched = subprocess.run(
        ["patch", strip, "--no-backup-if-mismatch"],
        input=outcome.out,
        cwd=inside,
        capture_output=True,
        check=False,
    )
    assert patched.returncode == 0, patched.stdout + patched.stderr
    wanted = set_("-", *words, data=before).out
    assert path.read_bytes() == wanted


def test_a_dry_run_without_a_change_prints_nothing(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    assert set_(path, "all", "--snapshot", "--dry-run") == (0, b"", f"diskmode: {path}: nothing to change\n")


def test_a_dry_run_of_what_is_refused(tmp_path: Path) -> None:
    outcome = set_(vmx(tmp_path), "all", "--no-persistent", "--dry-run")
    assert (outcome.status, outcome.out) == (Status.REFUSED, b"")


def test_a_dry_run_tells_what_the_save_would_fail_of(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    (tmp_path / "second-name.vmx").hardlink_to(path)
    outcome = set_(path, "sdb", "--no-snapshot", "--dry-run")
    assert outcome.status == set_(path, "sdb", "--no-snapshot").status == Status.BAD_INPUT
    assert b"independent-persistent" in outcome.out
    assert f"{path}: it would not be saved: it has more than one name (hard links)" in outcome.err


def test_a_diff_of_one_line_in_crlf_and_windows_1252(tmp_path: Path) -> None:
    path = copied("crlf-windows1252.vmx", tmp_path)
    diff = set_(path, "scsi0:1", "--no-snapshot", "--dry-run").out
    changed = [
        line for line in diff.split(b"\n") if line[:1] in (b"+", b"-") and line[:3] not in (b"+++", b"---")
    ]
    assert changed == [b'+scsi0:1.mode = "independent-persistent"\r']


def test_a_missing_last_line_end_is_marked() -> None:
    diff = patch_of("a", b"x\ny", b"x\nz\n")
    assert diff == b"--- a\n+++ a\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("web.vmx", b"--- web.vmx\n"),
        ("my vm.vmx", b"--- my vm.vmx\t\n"),
        ("a\x1b[2J.vmx", b'--- "a\\033[2J.vmx"\n'),
        ('a".vmx', b'--- "a\\042.vmx"\n'),
        ("a\udcff.vmx", b'--- "a\\377.vmx"\n'),
    ],
)
def test_the_name_in_a_diff(name: str, label: bytes) -> None:
    assert patch_of(name, b"x\n", b"y\n").startswith(label)


def test_a_save_that_the_disk_did_not_confirm_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unconfirmed(reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
        return save(reading, data, backup=backup)._replace(doubt="the disk did not confirm it")

    monkeypatch.setattr("tui.cli.set.save", unconfirmed)
    path = vmx(tmp_path)
    outcome = set_(path, "sdb", "--no-snapshot")
    assert outcome.status == Status.DONE
    assert f"diskmode: {path}: the disk did not confirm it" in outcome.err
    assert modes(path) == ["persistent", "independent-persistent"]


def test_a_vm_powered_on_since_it_was_read_is_not_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = vmx(tmp_path)
    before = path.read_bytes()

    def judged(*given: Any) -> Machine | Refusal:
        outcome = edit(*given)
        path.with_name(f"{path.name}.lck").mkdir(exist_ok=True)
        return outcome

    monkeypatch.setattr("tui.cli.set.edit", judged)
    outcome = set_(path, "sdb", "--no-snapshot")
    assert outcome.status == Status.REFUSED
    assert "rule in-use" in outcome.err
    assert "--override in-use" in outcome.err
    assert path.read_bytes() == before
    path.with_name(f"{path.name}.lck").rmdir()
    assert set_(path, "sdb", "--no-snapshot", "--override", "in-use").status == Status.DONE
    assert path.read_bytes() != before


@pytest.mark.parametrize(("flags", "verb"), [(("--dry-run",), "would be"), ((), "is now")])
def test_a_disk_that_no_snapshot_takes_is_told_in_one_sentence(
    tmp_path: Path, flags: tuple[str, ...], verb: str
) -> None:
    path = tmp_path / "web.xml"
    path.write_text(
        "<domain type='kvm'><devices><disk type='file'><driver name='qemu' type='raw'/>"
        "<source file='/a.raw'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
    )
    told = set_(path, "vda", "--preset", "internal", *flags).err
    assert f"vda {verb} in snapshots by its words, yet none of this VM is taken as it is. " in told
    assert '"internal snapshot for disk vda unsupported for storage type raw"' in told


def test_an_interrupted_save_comes_to_its_end_and_the_status_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def struck(*given: Any, **options: Any) -> Reading:
        os.kill(os.getpid(), signal.SIGINT)
        return save(*given, **options)

    monkeypatch.setattr("tui.cli.set.save", struck)
    path = vmx(tmp_path)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a shell
    try:
        outcome = set_(path, "sdb", "--no-snapshot")
    finally:
        signal.signal(signal.SIGINT, before)
    assert (outcome.status, "is now left out" in outcome.err) == (Status.INTERRUPTED, True)
    assert modes(path) == ["persistent", "independent-persistent"]
