"""Domains of the real QEMU driver, as a person works with them: read, changed, planned, taken, put back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest

from tests.app.fleet_helpers import fleet
from tests.app.helpers import seated
from tests.cli.helpers import Outcome, run, started
from tests.libvirt.qemu import Session, need_qemu, session
from tui.cli.messages import Status
from tui.disks import Format
from tui.storage import ConflictError, SaveError, connect, current, read, save, source_now

pytestmark = [pytest.mark.libvirt, pytest.mark.qemu]

SECRET = "geheim42"
VIRSH = shutil.which("virsh")
NUMBERS = count(1)


def uuid_of(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


def domain(name: str, folder: Path, uuid: str = "") -> str:
    """Two qcow2 disks, and a screen with a password."""
    disks = "".join(
        f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
        f"<source file='{folder}/{name}-{target}.qcow2'/><target dev='{target}' bus='virtio'/></disk>"
        for target in ("vda", "vdb")
    )
    return (
        f"<domain type='qemu'><name>{name}</name><uuid>{uuid or uuid_of(name)}</uuid>"
        "<memory unit='MiB'>32</memory><os><type arch='x86_64' machine='q35'>hvm</type></os>"
        f"<features><acpi/></features><devices>{disks}"
        f"<graphics type='vnc' port='-1' autoport='yes' passwd='{SECRET}'/></devices></domain>"
    )


@pytest.fixture(scope="module")
def daemon() -> Iterator[Session]:
    need_qemu()
    with session() as one:
        yield one


@pytest.fixture
def web(daemon: Session) -> str:
    """A domain of the test's own, that is off."""
    name = f"web{next(NUMBERS):02}"
    define(daemon, name)
    for target in ("vda", "vdb"):
        image = f"{name}-{target}.qcow2"
        made = daemon.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "1M"])
        assert made.returncode == 0, made.stderr
    return name


def define(daemon: Session, name: str, text: str = "") -> None:
    file = daemon.images / f"{name}.xml"
    file.write_text(text or domain(name, daemon.images))
    file.chmod(0o644)
    told = daemon.ask([f"define {file}"])[0]
    assert not told.error, told.error


def dump(daemon: Session, name: str) -> str:
    return daemon.ask([f"dumpxml --inactive --security-info {name}"])[0].out


def said(*words: str) -> Outcome:
    """A run of the program, of which no secret may be seen."""
    done = run(*words)
    assert SECRET not in done.text + done.err
    return done


def changed_last() -> str:
    """The ID of the newest change."""
    return str(json.loads(said("history", "--json").text)["changes"][0]["id"])


def remembered() -> str:
    """Everything the program wrote down."""
    folder = Path(os.environ["DISKMODE_STATE"])
    return "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


def test_a_change_is_defined_keeps_the_password_and_is_taken_back(daemon: Session, web: str) -> None:
    before = dump(daemon, web)
    done = said("set", "-c", daemon.uri, web, "vdb", "--no-snapshot")
    assert done.status == 0, done.err
    assert "+    <disk type='file' device='disk' snapshot='no'>" in done.text
    after = dump(daemon, web)
    assert after == before.replace(
        "<disk type='file' device='disk'>\n      <driver name='qemu' type='qcow2'/>\n"
        f"      <source file='{daemon.images}/{web}-vdb",
        "<disk type='file' device='disk' snapshot='no'>\n      <driver name='qemu' type='qcow2'/>\n"
        f"      <source file='{daemon.images}/{web}-vdb",
    )
    assert f"passwd='{SECRET}'" in after
    assert SECRET not in remembered()
    assert "qcow2" not in remembered()
    assert '"snapshot":"no"' in remembered()
    assert f"libvirt-sock {web}" in said("history").text
    undone = said("undo", "--last", "--yes")
    assert undone.status == 0, undone.err
    assert dump(daemon, web) == before
    assert SECRET not in remembered()


def test_an_undo_leaves_what_else_was_changed_and_refuses_a_disk_that_was(daemon: Session, web: str) -> None:
    assert said("set", "-c", daemon.uri, web, "vda", "vdb", "--no-snapshot").status == 0
    text = dump(daemon, web)
    text = text[text.index("<domain") : text.index("</domain>") + 9]
    define(daemon, web, text.replace("<memory unit='KiB'>32768", "<memory unit='KiB'>65536"))
    undone = said("undo", "-c", daemon.uri, web, "--yes")
    assert undone.status == 0, undone.err
    assert "65536" in dump(daemon, web)
    assert "snapshot=" not in dump(daemon, web)
    assert said("undo", "-c", daemon.uri, web, "--dry-run").status == 2
    assert said("set", "-c", daemon.uri, web, "vda", "vdb", "--no-snapshot").status == 0
    define(daemon, web, text.replace("snapshot='no'", "snapshot='external'", 1))
    daemon.ask([f"domrename {web} {web}x"])
    refused = said("undo", "-c", daemon.uri, f"{web}x", "--yes")
    daemon.ask([f"domrename {web}x {web}"])
    assert refused.status == 3
    assert f"{web}: vda was changed since: it says snapshot='external' now" in refused.err
    assert "external" in dump(daemon, web)
    for name, told in ((changed_last(), "for the change: diskmode undo"), ("nix", "list --all")):
        missing = said("undo", "-c", daemon.uri, name, "--yes")
        assert (missing.status, "no such domain" in missing.err, told in missing.err) == (2, True, True)


def test_a_domain_changed_or_gone_meanwhile_is_a_conflict(daemon: Session, web: str) -> None:
    connect(daemon.uri)
    reading = read(f"{daemon.uri} {web}")
    edited = reading.data.replace(b"device='disk'>", b"device='disk' snapshot='no'>", 1)
    define(daemon, web, domain(web, daemon.images).replace("32<", "48<"))
    with pytest.raises(ConflictError) as changed:
        save(reading, edited)
    assert changed.value.current is not None
    assert b"49152" in changed.value.current
    daemon.ask([f"domrename {web} {web}x"])
    renamed = current(reading)
    assert renamed is not None
    assert str(renamed.path) == f"{daemon.uri} {web}x"
    daemon.ask([f"domrename {web}x {web}"])
    daemon.ask([f"undefine {web}"])
    define(daemon, web, domain(web, daemon.images, uuid_of("another")))
    with pytest.raises(ConflictError) as gone:
        save(reading, edited)
    assert gone.value.current is None
    with pytest.raises(ConflictError, match="no longer there"):
        source_now(reading)
    daemon.ask([f"undefine {web}"])


def test_what_libvirt_refuses_is_not_stored_and_its_words_are_told(daemon: Session, web: str) -> None:
    connect(daemon.uri)
    reading = read(f"{daemon.uri} {web}")
    for edited, words in (
        (reading.data.replace(b"<devices>", b"<devices><nonsense/>", 1), "failed to validate"),
        (reading.data.replace(web.encode(), b"another", 1), "name or UUID"),
    ):
        with pytest.raises(SaveError, match=words):
            save(reading, edited)
        assert read(f"{daemon.uri} {web}").data == reading.data


def test_a_running_domain_is_said_to_run_planned_so_and_its_snapshot_taken(daemon: Session, web: str) -> None:
    assert not daemon.ask([f"start {web}"])[0].error
    try:
        changed = said("set", "-c", daemon.uri, web, "vdb", "--no-snapshot")
        assert changed.status == 0, changed.err
        assert "it runs: the change is there at its next start" in changed.err
        assert "a plain snapshot is refused from its next start on" in changed.err
        shown = said("show", "-c", daemon.uri, web).text
        assert "Until its next start other policies hold: vdb persistent." in shown
        assert "snapshots: plain running only" in shown
        (held,) = json.loads(said("show", "-c", daemon.uri, web, "--json").text)["until_next_start"]
        assert (held["target"], held["mode"], held["participates"]) == ("vdb", "persistent", True)
        assert "plain            no     yes      2 of 2" in said("plan", "-c", daemon.uri, web).text
        plan = said("plan", "-c", daemon.uri, web, "--disk-only", "--name", "before", "--take", "--yes")
        assert plan.status == 0, plan.err
        assert "2 of 2 disks covered" in plan.text
        assert (
            "planned by what it runs with: until its next start other policies hold: vdb persistent"
            in plan.err
        )
        assert f"{web}-vdb.before" in daemon.ask([f"domblklist {web}"])[0].out
        assert "running (host)" in plan.text
        assert f"virsh -c '{daemon.uri}' snapshot-create-as {web} before --disk-only" in plan.text
        assert "Domain snapshot before created" in plan.text
        assert "status 0" in plan.err
        names = daemon.ask([f"snapshot-list --name {web}"])[0].out
        assert "before" in names
        facts = connect(daemon.uri).host_facts(web)
        assert facts is not None
        assert (facts.snapshots, facts.external, facts.runs) == (("before",), frozenset({"before"}), True)
        assert json.loads(said("plan", "-c", daemon.uri, web, "--json").text)["snapshot"]["running"] is True
        again = said("plan", "-c", daemon.uri, web, "--disk-only", "--name", "before", "--take", "--yes")
        assert again.status == 3
        assert '"domain moment before already exists"' in again.err
        (daemon.images / f"{web}-vda.late").write_bytes(b"in the way")
        late = said("plan", "-c", daemon.uri, web, "--disk-only", "--name", "late", "--take", "--yes")
        assert late.status == 3
        assert 'libvirt refuses: "external snapshot file for disk vda already exists' in late.err
        memory = ("--memory", "external", "--memory-file", str(daemon.images / f"{web}-vda.late"))
        over = said("plan", "-c", daemon.uri, web, *memory, "--take", "--yes")
        assert (over.status, "a snapshot may keep its memory in it" in over.err) == (3, True)
        for status in (0, 3):
            copied = said("plan", "-c", daemon.uri, web, "--backup", "--name", "b1", "--take", "--yes")
            assert copied.status == status, copied.err
        xml = said(
            *("plan", "-c", daemon.uri, web, "--disk-only", "--name", "by, file", "--take", "--yes"),
            *("--override", "vda=manual", "--override", "vdb=external"),
        )
        assert xml.status == 0, xml.err
    finally:
        daemon.ask([f"destroy {web}"])


def test_a_plan_that_is_refused_is_not_taken_and_nobody_is_asked(daemon: Session, web: str) -> None:
    refused = said("plan", "-c", daemon.uri, web, "--override", "vda=external", "--take", "--yes")
    assert refused.status == 3
    assert daemon.ask([f"snapshot-list --name {web}"])[0].out.count("web") == 1
    unasked = said("plan", "-c", daemon.uri, web, "--take")
    assert unasked.status == 2
    assert "give --yes" in unasked.err


def test_a_plan_is_taken_only_where_a_person_says_so_and_the_domain_still_stands_as_it_did(
    daemon: Session, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("plan", "-c", daemon.uri, web, "--disk-only", "--name", "before", "--take")
    monkeypatch.setattr("tui.cli.take._agreed", lambda _: False)
    declined = said(*words)
    assert (declined.status, "nothing was taken" in declined.err) == (0, True)

    def started_meanwhile(_: str) -> bool:
        return not daemon.ask([f"start {web}"])[0].error

    monkeypatch.setattr("tui.cli.take._agreed", started_meanwhile)
    try:
        late = said(*words)
        assert late.status == 2
        assert "it was started, stopped or snapshotted since it was planned" in late.err
        assert "before" not in daemon.ask([f"snapshot-list --name {web}"])[0].out.replace(" ", "\n").split()
    finally:
        daemon.ask([f"destroy {web}"])

    def written_meanwhile(_: str) -> bool:
        return (daemon.images / f"{web}-vda.before").write_bytes(b"in the way") > 0

    monkeypatch.setattr("tui.cli.take._agreed", written_meanwhile)
    refused = said(*words)
    assert refused.status == 2
    assert "external snapshot file for disk vda already exists" in refused.err
    assert "virsh did not take it (status 1)" in refused.err


def test_machines_of_a_connection_are_shown_compared_converted_and_audited(
    daemon: Session, web: str, tmp_path: Path
) -> None:
    shown = json.loads(said("show", "-c", daemon.uri, uuid_of(web), "--json").text)
    assert (shown["name"], shown["file"]) == (web, f"{daemon.uri} {uuid_of(web)}")
    out = tmp_path / "web.vmx"
    assert said("convert", "-c", daemon.uri, web, "--to", "vmx", "-o", str(out)).status == 0
    assert out.read_bytes().startswith(b".encoding")
    audit = json.loads(said("audit", "-c", daemon.uri, web, "nix", "--format", "json").text)
    assert [one["kind"] for one in audit["results"]] == ["unread", "machine"]
    (tmp_path / "web.xml").write_bytes(read(f"{daemon.uri} {web}").data)
    for other in (uuid_of(web), str(tmp_path / "web.xml")):
        assert said("compare", "-c", daemon.uri, web, other).status == 0


FAULTS = {
    "never runs": "exit 1",
    "is killed when all is done": f'{VIRSH} "$@" >/dev/null 2>&1; kill -9 $$',
    "is cut short": f'{VIRSH} "$@" | head -c 40',
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whichever_call_of_virsh_fails_the_domain_is_the_old_or_the_new_one_and_which_is_said(
    daemon: Session, web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    before, path = dump(daemon, web), os.environ["PATH"]
    calls = tmp_path / "calls"
    told = []
    for number in range(1, 7):
        calls.write_text("")
        script = f"echo x >>{calls}; [ $(wc -l <{calls}) -ne {number} ] || {{ {FAULTS[fault]}; exit 1; }}"
        virsh = tmp_path / "virsh"
        virsh.write_text(f'#!/bin/sh\n{script}\nexec {VIRSH} "$@"\n')
        virsh.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{path}")
        done = said("set", "-c", daemon.uri, web, "vda", "--no-snapshot")
        monkeypatch.setenv("PATH", path)
        is_new = dump(daemon, web) != before
        assert is_new is (done.status == 0), done.err
        if is_new:
            assert said("undo", "--last", "--yes").status == 0
        elif "so nothing was saved" in done.err:
            told.append(number)
        assert dump(daemon, web) == before
    assert told == ([3, 4] if fault == "never runs" else [3])
    assert SECRET not in remembered()


@contextmanager
def waiting(
    folder: Path, verb: str, script: str, *words: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The real program in the middle of a command of virsh, which waits, and that virsh's process."""
    virsh, marker = folder / "virsh", folder / "waits"
    wait = f"echo $$ >{marker}.new; mv {marker}.new {marker}; exec sleep 60"
    virsh.write_text(
        f'#!/bin/sh\ncase "$*" in *"{verb}"*) {script.format(virsh=VIRSH)} {wait};; esac\nexec {VIRSH} "$@"\n'
    )
    virsh.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        with started(*words) as process:
            while not marker.exists():
                assert process.poll() is None, process.communicate()
                time.sleep(0.02)
            yield process, int(marker.read_text())


def interrupted(process: subprocess.Popen[bytes]) -> str:
    """What it says where ctrl+c is pressed until it ends."""
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    err = process.communicate()[1].decode()
    assert process.returncode == Status.INTERRUPTED, err
    return err


def test_a_save_that_is_interrupted_with_its_virsh_is_none_and_that_is_said(
    daemon: Session, web: str, tmp_path: Path
) -> None:
    before = dump(daemon, web)
    words = ("set", "-c", daemon.uri, web, "vda", "--no-snapshot")
    with waiting(tmp_path, "define --validate", "", *words) as (process, virsh):
        process.send_signal(signal.SIGINT)  # both hear what is typed in a terminal
        os.kill(virsh, signal.SIGINT)
        err = process.communicate()[1].decode()
    assert (process.returncode, dump(daemon, web)) == (Status.INTERRUPTED, before)
    assert "virsh was interrupted, so nothing was saved" in err


def test_a_save_that_is_not_waited_for_may_be_done_and_that_is_said(
    daemon: Session, web: str, tmp_path: Path
) -> None:
    before = dump(daemon, web)
    words = ("set", "-c", daemon.uri, web, "vda", "--no-snapshot")
    with waiting(tmp_path, "define --validate", '{virsh} "$@";', *words) as (process, _):
        assert "whether it was saved is not known" in interrupted(process)
    assert dump(daemon, web) != before
    assert "interrupted" in said("history", "-c", daemon.uri, web).text
    assert said("undo", "-c", daemon.uri, web, "--yes").status == 0
    assert dump(daemon, web) == before


def test_libvirt_goes_on_with_a_snapshot_whose_virsh_is_interrupted_and_that_is_said(
    daemon: Session, web: str, tmp_path: Path
) -> None:
    words = ("plan", "-c", daemon.uri, web, "--disk-only", "--name", "before", "--take", "--yes")
    with waiting(tmp_path, "snapshot-create-as", '{virsh} "$@";', *words) as (process, _):
        err = interrupted(process)
    assert f"libvirt may go on with it; see: virsh -c '{daemon.uri}' snapshot-list {web}" in err
    assert "before" in daemon.ask([f"snapshot-list --name {web}"])[0].out


def test_one_change_of_many_domains_is_put_back_as_one(daemon: Session, web: str) -> None:
    before = dump(daemon, web)
    words = ("set", "--each", "-c", daemon.uri, web, "--where", "disk:vdb", "--no-snapshot")
    assert "+    <disk type='file' device='disk' snapshot='no'>" in said(*words, "--dry-run").text
    assert dump(daemon, web) == before
    assert said(*words, "--yes").status == 0
    assert dump(daemon, web) != before
    assert said("undo", "-c", daemon.uri, "--yes").status == 0
    assert dump(daemon, web) == before
    assert SECRET not in remembered()


async def test_the_fleet_opens_a_domain_that_the_editor_defines_and_no_secret_is_seen(
    daemon: Session, web: str
) -> None:
    connect(daemon.uri)
    async with fleet(f"{daemon.uri} {web}") as seat:
        assert seat.sees(f"{web} · 1 domain · 1 machine")
    async with seated(read(f"{daemon.uri} {web}")) as seat:
        assert seat.sees("off (host)")
        await seat.press("s", "ctrl+s")
        assert seat.reads("as virsh edit does it")
        await seat.press("enter")
        await seat.settle()
        assert seat.sees("Saved")
        assert seat.sees("no changes")
        text = "\n".join(seat.lines_of(Format.DOMAIN_XML)) + "\n".join(seat.lines_of(Format.VMX))
        assert "snapshot='no'" in text
        assert SECRET not in text + remembered()
        assert f"passwd='{SECRET}'" in dump(daemon, web)
        await seat.press("u", "ctrl+s", "enter")
        await seat.settle()
    assert "snapshot=" not in dump(daemon, web)
    assert f"passwd='{SECRET}'" in dump(daemon, web)
