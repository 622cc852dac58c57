"""What libvirt does not read of a policy is told, and the command that is told mends it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.helpers import run
from tui.cli.messages import Status
from tui.machine import machine_in

STEP = re.compile(r"set (\S+) (--.+)$")


def domain(disk: str, kind: str = "kvm") -> str:
    return f"<domain type='{kind}'><name>web</name><devices>{disk}</devices></domain>"


def file_disk(words: str = "", inside: str = "") -> str:
    return (
        f"<disk type='file' device='disk'{words}><driver name='qemu' type='qcow2'/>"
        f"<source file='/vm/a.qcow2'/><target dev='vda' bus='virtio'/>{inside}</disk>"
    )


def block_disk(inside: str) -> str:
    return f"<disk type='block'><source dev='/dev/sdz'/><target dev='vda' bus='virtio'/>{inside}</disk>"


@pytest.mark.parametrize(
    ("text", "said", "then"),
    [
        (domain(file_disk("", "<nosnapshot/>")), "takes part in snapshots", " snapshot='no'"),
        (
            domain(file_disk("", "<nosnapshot/><nonpersistent/>")),
            "takes part in snapshots and keeps its writes",
            "<transient/>",
        ),
        (domain(file_disk(" snapshot='no' persistent='no'")), "keeps its writes", "<transient/>"),
        (domain(file_disk(" snapshot_mode='independent-persistent'")), "takes part", " snapshot='no'"),
        (domain(file_disk("", "<nonpersistent/>")), "keeps its writes", " snapshot='no'"),
        (domain(block_disk("<nosnapshot/><nonpersistent/>")), "keeps its writes", " snapshot='no'"),
        (
            domain(file_disk(" persistent='perhaps'")),
            "neither yes nor no",
            "<disk type='file' device='disk'>",
        ),
        (domain(file_disk("", "<nonpersistent/>"), "vmware"), "takes part", "<transient/>"),
        (domain(file_disk("", "<nonpersistent/>"), "xen"), "keeps its writes", "<disk type='file'"),
        (domain(file_disk(" snapshot='external'", "<nonpersistent/>")), "keeps its writes", "<transient/>"),
    ],
)
def test_what_libvirt_does_not_read_is_told_with_the_command_that_mends_it(
    text: str, said: str, then: str, tmp_path: Path
) -> None:
    path = tmp_path / "web.xml"
    path.write_text(text)
    (found,) = (one for one in machine_in(path.read_bytes()).findings if one.rule == "spelling-not-read")
    assert said in found.message
    step = STEP.search(found.advice)
    assert step is not None
    assert run("set", path, step[1], *step[2].split()).status == Status.DONE
    assert then in path.read_text()
    left = {one.rule for one in machine_in(path.read_bytes()).findings}
    assert not left & {"spelling-not-read", "snapshot-without-persistence", "contradicting-spellings"}


def test_a_drive_that_is_not_edited_here_is_to_be_mended_by_hand() -> None:
    drive = "<disk type='file' device='floppy'><source file='/a.img'/><target dev='fda'/><nosnapshot/></disk>"
    (found,) = (one for one in machine_in(domain(drive).encode()).findings if one.rule == "spelling-not-read")
    assert "by hand" in found.advice


@pytest.mark.parametrize(
    "words", ["", " snapshot='no'", " snapshot='no' persistent='yes'", " snapshot_mode='persistent'"]
)
def test_words_that_make_no_difference_are_not_told_of(words: str) -> None:
    findings = machine_in(domain(file_disk(words)).encode()).findings
    assert "spelling-not-read" not in {one.rule for one in findings}


def test_a_spelling_alone_writes_what_is_said_in_other_words_and_leaves_silence_alone(tmp_path: Path) -> None:
    path = tmp_path / "web.xml"
    silent = file_disk().replace("vda", "vdb").replace("a.qcow2", "b.qcow2")
    path.write_text(domain(file_disk(" snapshot='yes'") + silent))
    outcome = run("set", path, "all", "--spelling", "libvirt")
    assert outcome.status == Status.DONE
    assert path.read_text() == domain(file_disk() + silent)
    assert "vdb: nothing to change" in outcome.err
    run("set", path, "vda", "--no-snapshot")
    for spelling, words, inside in (
        ("elements", "", "<nosnapshot/>"),
        ("vmx-mode", " snapshot_mode='independent-persistent'", ""),
        ("attributes", " snapshot='no' persistent='yes'", ""),
        ("libvirt", " snapshot='no'", ""),
    ):
        outcome = run("set", path, "vda", "--spelling", spelling)
        assert path.read_text() == domain(file_disk(words, inside) + silent), spelling
        assert ("libvirt does not read" in outcome.err) is (spelling == "elements")  # told when it is new


def test_an_unknown_word_is_not_told_in_another_spelling(tmp_path: Path) -> None:
    path = tmp_path / "web.xml"
    path.write_text(domain(file_disk(" snapshot_mode='sideways'")))
    assert "nothing to change" in run("set", path, "vda", "--spelling", "libvirt").err


def test_a_whole_fleet_is_brought_to_libvirts_words_by_what_is_found(tmp_path: Path) -> None:
    told, silent = tmp_path / "told.xml", tmp_path / "silent.xml"
    told.write_text(domain(file_disk("", "<nosnapshot/>")))
    silent.write_text(domain(file_disk()))
    words = ("--where", "rule:spelling-not-read", "--spelling", "libvirt", "--yes")
    assert run("set", "--each", tmp_path, *words).status == Status.DONE
    assert told.read_text() == domain(file_disk(" snapshot='no'"))
    assert silent.read_text() == domain(file_disk())


@pytest.mark.parametrize(
    ("words", "inside", "asked", "then"),
    [
        (" snapshot='manual'", "", "--snapshot", ("", "")),
        (" snapshot='manual'", "", "--mode persistent", ("", "")),
        (" snapshot='manual'", "", "--persistent", (" snapshot='manual'", "")),
        (" snapshot='perhaps'", "", "--snapshot", ("", "")),
        (" snapshot_mode='sideways'", "", "--snapshot", (" snapshot_mode='persistent'", "")),
        (" snapshot='external'", "<nosnapshot/>", "--snapshot", (" snapshot='external'", "")),
        (
            " snapshot='no' persistent='yes'",
            "<transient/>",
            "--no-snapshot",
            (" snapshot='no' persistent='no'", "<transient/>"),
        ),
    ],
)
def test_what_is_asked_for_is_said_also_where_it_is_shown_so_and_is_not_so(
    words: str, inside: str, asked: str, then: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "web.xml"
    path.write_text(domain(file_disk(words, inside)))
    assert run("set", path, "vda", *asked.split()).status == Status.DONE
    assert path.read_text() == domain(file_disk(*then))
    assert "contradicting-spellings" not in {one.rule for one in machine_in(path.read_bytes()).findings}


def test_a_mode_nobody_knows_is_mended_by_what_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "web.vmx"
    head = 'scsi0.present = "TRUE"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\n'
    path.write_text(f'{head}scsi0:0.mode = "independent_persistent"\n')
    assert run("set", path, "sda", "--snapshot").status == Status.DONE
    assert path.read_text() == f'{head}scsi0:0.mode = "persistent"\n'


def test_a_disk_left_to_you_that_discards_its_writes_is_not_taken_in(tmp_path: Path) -> None:
    path = tmp_path / "web.xml"
    path.write_text(domain(file_disk(" snapshot='manual'", "<transient/>")))
    assert run("set", path, "vda", "--snapshot").status == Status.REFUSED
