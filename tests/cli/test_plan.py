"""``diskmode plan``: the table, the XML, the command, and every way to be refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import SAMPLES, Outcome, copied, domain, run, vmx
from tui.cli import plan as plan_module
from tui.cli.messages import Status

LEDGER = SAMPLES / "domainsnapshot.xml"


def disk(target: str, preset: str = "", kind: str = "qcow2", inside: str = "") -> str:
    word = f" snapshot='{preset}'" if preset else ""
    return (
        f"<disk type='file'{word}><driver type='{kind}'/><source file='/img/{target}.img'/>"
        f"<target dev='{target}' bus='virtio'/>{inside}</disk>"
    )


def two(folder: Path) -> Path:
    return domain(folder, disk("vda"), disk("vdb", "no"))


def rows(outcome: Outcome) -> dict[str, list[str]]:
    """The table's cells by disk."""
    lines = outcome.text.split("\n\n")[1].splitlines()[1:]
    return {line.split()[0]: line.split()[1:] for line in lines}


def test_the_table_the_xml_and_the_command(tmp_path: Path) -> None:
    outcome = run("plan", two(tmp_path), "--disk-only", "--name", "s1")
    assert (outcome.status, outcome.err) == (Status.DONE, "")
    assert outcome.text == (
        "web: a snapshot by QEMU/KVM, libvirt 12.5 (the newest known), powered off, disks\n"
        "only, named s1\n"
        "1 of 2 disks covered; memory: no\n"
        "\n"
        "DISK  PRESET  OVERRIDE  EFFECTIVE  WHY      FILE\n"
        "vda   -       -         external   default  /img/vda.s1\n"
        "vdb   no      -         no         preset   -\n"
        "\n"
        "! vdb is left out, yet going back puts an overlay on it too, and going back once\n"
        "more loses what was written to it since\n"
        "\n"
        "<domainsnapshot>\n  <name>s1</name>\n</domainsnapshot>\n"
        "\n"
        "virsh snapshot-create-as web s1 --disk-only\n"
    )


def test_overrides_are_listed_and_named_by_target_path_or_all(tmp_path: Path) -> None:
    file = two(tmp_path)
    for name in ("vdb", "VDB", "/img/vdb.img"):
        outcome = run("plan", file, "--disk-only", "--override", f"{name}=external")
        assert rows(outcome)["vdb"] == ["no", "external", "external", "override", "/img/vdb.<time>"]
        assert "    <disk name='vdb' snapshot='external'/>\n" in outcome.text
        assert "the second it is taken in: <time>." in outcome.text
    both = run("plan", file, "--disk-only", "--override", "all=manual", "--override", "vda=external")
    assert [cells[1] for cells in rows(both).values()] == ["external", "manual"]


@pytest.mark.parametrize("sample", ["kvm-presets.xml", "esxi8-web01.vmx", "sixty-disks.vmx", "kvm-app01.xml"])
def test_the_table_fits_80_columns(sample: str) -> None:
    outcome = run("plan", SAMPLES / sample, "--disk-only", "--name", "a-rather-long-name-of-a-snapshot")
    table = outcome.text.split("\n\n")[1]
    assert max(map(len, table.splitlines())) <= 80


def test_a_refused_plan_says_that_nothing_is_covered(tmp_path: Path) -> None:
    path = tmp_path / "no.xml"
    path.write_text(f"<domain type='kvm'><name>no</name><devices>{disk('vda', 'no')}</devices></domain>")
    outcome = run("plan", path, "--disk-only")
    assert outcome.status == Status.REFUSED
    assert "refused: no disk is covered" in outcome.text
    assert "disks covered" not in outcome.text


def test_a_refusal_quotes_libvirt_in_one_sentence(tmp_path: Path) -> None:
    outcome = run("plan", two(tmp_path), "--override", "vda=no")
    assert outcome.status == Status.REFUSED
    assert rows(outcome)["vda"] == ["-", "no", "refused", "refused", "-"]
    assert outcome.err == (
        f"diskmode: {tmp_path}/web.xml: libvirt refuses: \"disk 'vda' must use snapshot mode 'internal'\"; "
        "only a snapshot of the disks alone, or with its memory in a file, can override presets; "
        "with no override, --disk-only works\n"
    )
    assert "<domainsnapshot>" not in outcome.text
    assert "virsh" not in outcome.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--name", "a/b"], "name can't contain '/'"),
        (["--name", ".a"], "name can't start with '.'"),
        (["--running"], "internal and full system snapshots require all disks"),
        (["--memory", "internal"], "memory state cannot be saved with offline or disk-only snapshot"),
        (["--running", "--memory", "no"], "must include the memory state"),
        (["--disk-only", "--override", "vda=no"], "nothing selected for snapshot"),
        (["--disk-only", "--override", "vdb=internal"], "mixing internal and external targets"),
        (["--disk-only", "--running", "--override", "vdb=internal"], "disk vdb requested internal"),
    ],
)
def test_what_qemu_refuses(tmp_path: Path, words: list[str], said: str) -> None:
    outcome = run("plan", two(tmp_path), *words)
    assert outcome.status == Status.REFUSED
    assert said in outcome.err


def test_where_only_the_name_is_refused_another_is_advised(tmp_path: Path) -> None:
    outcome = run("plan", two(tmp_path), "--disk-only", "--name", "a/b")
    assert outcome.status == Status.REFUSED
    assert outcome.err.endswith("libvirt names a file after it; give another --name\n")
    assert "Another name works." in outcome.text
    assert "What works" not in outcome.text
    besides = run("plan", two(tmp_path), "--name", "a/b", "--override", "vda=no")
    assert "What works" in besides.text
    assert "another --name" not in besides.err


def test_an_existing_one_is_edited_losslessly() -> None:
    data = LEDGER.read_bytes()
    words = ("plan", LEDGER, "--domain", "1", "--snapshot-xml", LEDGER, "--disk-only", "--xml")
    assert run(*words).out == data
    edited = run(*words, "--override", "vdc=external")
    assert edited.out == data.replace(
        b"<disk name='vdc' snapshot='no'/>", b"<disk name='vdc' snapshot='external'/>"
    )
    dropped = run(*words, "--override", "vdc=default")
    assert dropped.out == data.replace(b"\n    <disk name='vdc' snapshot='no'/>", b"")


def test_a_file_that_is_one_is_started_from() -> None:
    words = ("plan", LEDGER, "--domain", "1", "--disk-only")
    assert run(*words, "--xml").out == LEDGER.read_bytes()
    outcome = run(*words)
    assert rows(outcome)["vdb"][:4] == ["external", "external", "external", "override"]
    assert "named before-migration" in outcome.text


def test_out_is_written_and_named_in_the_command(tmp_path: Path) -> None:
    file, out = two(tmp_path), tmp_path / "s 1.xml"
    outcome = run("plan", file, "--disk-only", "-o", out)
    assert outcome.status == Status.DONE
    assert out.read_bytes() == b"<domainsnapshot>\n</domainsnapshot>\n"
    assert f"virsh snapshot-create web '{out}' --disk-only\n" in outcome.text
    again = run("plan", file, "--disk-only", "-o", out, "--name", "b")
    assert again.status == Status.BAD_INPUT
    assert run("plan", file, "--disk-only", "-o", out, "--name", "b", "--force").status == Status.DONE
    assert b"<name>b</name>" in out.read_bytes()
    assert run("plan", file, "--disk-only", "-o", "-").out == b"<domainsnapshot>\n</domainsnapshot>\n"


def test_a_refused_plan_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "s.xml"
    outcome = run("plan", two(tmp_path), "--override", "vda=no", "-o", out)
    assert outcome.status == Status.REFUSED
    assert not out.exists()
    assert run("plan", two(tmp_path), "--override", "vda=no", "--xml").out == b""


def test_the_json_holds_the_whole_plan(tmp_path: Path) -> None:
    outcome = run("plan", two(tmp_path), "--disk-only", "--name", "s1", "--running", "--json")
    assert outcome.status == Status.DONE
    report = json.loads(outcome.text)
    assert report["schema"] == "diskmode.plan/1"
    assert report["snapshot"] == {"name": "s1", "disk_only": True, "running": True, "memory": "no"}
    assert report["disks"][0] == {
        "address": None,
        "target": "vda",
        "source": "/img/vda.img",
        "preset": None,
        "override": None,
        "effective": "external",
        "covered": True,
        "file": "/img/vda.s1",
        "why": "default",
        "reason": "No preset, so yes, external, as --disk-only does: its later writes go to an overlay.",
    }
    assert report["refused"] is None
    assert report["xml"] == "<domainsnapshot>\n  <name>s1</name>\n</domainsnapshot>\n"
    assert report["command"] == "virsh snapshot-create-as web s1 --disk-only"


def test_json_of_a_refusal(tmp_path: Path) -> None:
    outcome = run("plan", two(tmp_path), "--override", "vda=external", "--libvirt", "9.0", "--json")
    assert (outcome.status, outcome.err) == (Status.REFUSED, "")
    report = json.loads(outcome.text)
    assert report["refused"] == {
        "by": "libvirt",
        "message": "disk 'vda' must use snapshot mode 'internal'",
        "meaning": "only a snapshot of the disks alone, or with its memory in a file, can override presets",
        "disk": "vda",
    }
    assert (report["xml"], report["command"], report["disks"][0]["effective"]) == (None, None, None)


def test_a_vmx_of_esx_gets_no_disks() -> None:
    outcome = run("plan", SAMPLES / "esxi8-web01.vmx", "--override", "scsi0:1=no", "--name", "a")
    assert outcome.status == Status.DONE
    assert "ESX takes no list of disks" in outcome.text
    assert "<domainsnapshot>\n  <name>a</name>\n</domainsnapshot>\n" in outcome.text
    assert "vim-cmd vmsvc/snapshot.create VMID a '' 0 0" in outcome.text


def test_an_override_that_does_not_match_a_mode_is_refused() -> None:
    outcome = run("plan", SAMPLES / "esxi8-web01.vmx", "--override", "scsi0:0=no")
    assert outcome.status == Status.REFUSED
    assert 'libvirt refuses: "disk snapshots not supported yet"; scsi0:0 (sda) takes part' in outcome.err


def test_a_vmx_of_workstation_is_vmruns(tmp_path: Path) -> None:
    file = vmx(tmp_path)
    outcome = run("plan", file, "--name", "before it")
    assert outcome.text.endswith(f"\nvmrun snapshot {file} 'before it'\n")
    assert "<domainsnapshot>" not in outcome.text
    refused = run("plan", file, "--xml")
    assert refused.status == Status.REFUSED
    assert "virDomainSnapshotCreateXML" in refused.err
    assert refused.out == b""


def test_a_vmx_can_be_planned_for_qemu(tmp_path: Path) -> None:
    outcome = run("plan", vmx(tmp_path), "--hypervisor", "qemu", "--disk-only", "--name", "s")
    assert outcome.status == Status.DONE
    assert [cells[-1] for cells in rows(outcome).values()] == ["web.s", "web_1.s"]


def test_external_memory_is_written_with_its_file(tmp_path: Path) -> None:
    file = domain(tmp_path, disk("vda"))
    made = run("plan", file, "--running", "--memory", "external", "--name", "s")
    assert "  <memory snapshot='external' file='/img/web.s.memory'/>\n" in made.text
    assert "memory: external" in made.text
    given = run("plan", file, "--running", "--memory", "external", "--memory-file", "/m", "--xml")
    assert given.out == b"<domainsnapshot>\n  <memory snapshot='external' file='/m'/>\n</domainsnapshot>\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--override", "vda"], "is not DISK=WORD"),
        (["--override", "vda=yes"], "yes goes with --backup and --checkpoint"),
        (["--override", "=no"], "is not DISK=WORD"),
        (["--override", "vdz=no"], "there is no disk vdz"),
        (["--memory", "manual"], "'manual' is not one of"),
        (["--memory-file", "/m"], "--memory-file goes with --memory external"),
        (["--name", ""], "the name is empty"),
        (["--name", "a\nb"], "characters that no XML can"),
        (["--json", "--xml"], "--json does not go with --xml"),
        (["--json", "-o", "x"], "-o does not go with --json"),
        (["--force"], "--force goes with -o OUT"),
        (["--snapshot-xml", "nowhere.xml"], "nowhere.xml"),
        (["--hypervisor", "xen"], "'xen' is not one of"),
        (["--domain", "other"], "there is no domain other"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path: Path, words: list[str], said: str) -> None:
    outcome = run("plan", two(tmp_path), *words)
    assert outcome.status == Status.BAD_INPUT
    assert said in outcome.err
    assert outcome.out == b""


def test_what_is_no_domainsnapshot_is_bad_input(tmp_path: Path) -> None:
    file = two(tmp_path)
    outcome = run("plan", file, "--snapshot-xml", file)
    assert outcome.status == Status.BAD_INPUT
    assert "this is no <domainsnapshot>" in outcome.err


def test_standard_input_can_be_either_but_not_both(tmp_path: Path) -> None:
    file = two(tmp_path)
    words = ("--disk-only", "--xml")
    assert run("plan", "-", *words, data=file.read_bytes()).status == Status.DONE
    snapshot = b"<domainsnapshot><name>x</name></domainsnapshot>"
    assert run("plan", file, "--snapshot-xml", "-", *words, data=snapshot).out == snapshot
    assert run("plan", "-", "--snapshot-xml", "-", data=snapshot).status == Status.BAD_INPUT


def test_the_file_itself_is_left_alone(tmp_path: Path) -> None:
    file = copied("kvm-app01.xml", tmp_path)
    before = file.read_bytes()
    run("plan", file, "--disk-only", "--override", "all=external")
    assert file.read_bytes() == before


def test_hostile_text_is_made_visible(tmp_path: Path) -> None:
    hostile = "vd\u202ea\u009b31m"
    file = domain(tmp_path, f"<disk type='file'><source file='/{hostile}'/><target dev='{hostile}'/></disk>")
    for words in (("--disk-only",), (), ("--disk-only", "--json"), ("--override", f"{hostile}=no")):
        outcome = run("plan", file, *words)
        for text in (outcome.text, outcome.err):
            assert "\u202e" not in text
            assert "\u009b" not in text


def test_the_words_are_those_of_the_presets() -> None:
    assert plan_module._WORDS == ("no", "internal", "external", "manual", "yes", "default")


def test_without_options_every_way_comes_first(tmp_path: Path) -> None:
    outcome = run("plan", two(tmp_path))
    assert outcome.status == Status.REFUSED
    lines = outcome.text.splitlines()
    assert next(line for line in lines if line.startswith("plain ")).split()[1:3] == ["no", "no"]
    assert any(line.split() == ["--disk-only", "yes", "!", "yes", "!", "1", "of", "2"] for line in lines)
    assert "What works while it is off: --disk-only." in outcome.text
    report = json.loads(run("plan", two(tmp_path), "--json").text)
    works = {(one["call"], one["running"]): one["works"] for one in report["ways"]}
    assert works["plain", True] is False
    assert works["--disk-only", True] is True
    assert works["backup-begin", True] is True


def test_a_version_of_libvirt_is_planned_for(tmp_path: Path) -> None:
    words = ("plan", domain(tmp_path, disk("vda")), "--override", "vda=external")
    assert run(*words, "--libvirt", "11.3").status == Status.DONE
    old = run(*words, "--libvirt", "9.0.0")
    assert old.status == Status.REFUSED
    assert "disk 'vda' must use snapshot mode 'internal'" in old.err
    assert run(*words, "--libvirt", "new").status == Status.BAD_INPUT


def test_a_backup_takes_what_says_no_to_snapshots(tmp_path: Path) -> None:
    outcome = run("plan", two(tmp_path), "--backup")
    assert outcome.status == Status.DONE
    assert "<disk name='vdb' backup='yes' type='file'>" in outcome.text
    assert outcome.text.endswith("virsh backup-begin web --backupxml BACKUP.xml\n")
    left_out = run("plan", two(tmp_path), "--backup", "--override", "vdb=no", "--xml")
    assert b"vdb" not in left_out.out
    both = run("plan", two(tmp_path), "--backup", "--checkpoint")
    assert "--checkpointxml CHECKPOINT.xml" in both.text
    assert "<disk name='vdb' checkpoint='bitmap'/>" in both.text
    long = run("plan", two(tmp_path), "--checkpoint", "--name", "n" * 248)
    assert "unable to save metadata for checkpoint nnn" in long.err


def test_vmware_tools_are_not_asked_of_another_hypervisor_without_a_word() -> None:
    outcome = run("plan", SAMPLES / "kvm-app01.xml", "--running", "--quiesced")
    assert (outcome.status, "--quiesced asks VMware Tools" in outcome.err) == (2, True)


def test_what_works_instead_counts_what_the_machine_has(tmp_path: Path) -> None:
    path = domain(tmp_path, disk("vda"), disk("vdb", "no"))
    refused = run("plan", path, "--libvirt", "9.0", "--has", "checkpoint")
    assert refused.status == 3
    assert "What works while it is off: no snapshot as the machine is." in refused.text
    assert "--disk-only while it runs works" in refused.err
