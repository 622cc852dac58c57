"""What a walk fetches besides: images elsewhere, by every spelling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import run
from tui.storage.ssh.fetched import Fetched
from tui.storage.ssh.host import Host
from tui.storage.ssh.listing import called, under
from tui.storage.ssh.named import wanted_elsewhere
from tui.storage.ssh.neighbours import heads_of
from tui.storage.ssh.scripts import Ended

VMX = 'config.version = "8"\nvirtualHW.version = "19"\ndisplayName = "{name}"\nscsi0.present = "TRUE"\n'
DESCRIPTOR = """# Disk DescriptorFile
version=1
parentCID={cid}
createType="vmfs"
{hint}RW 2048 VMFS "f"
"""
DOMAIN = """<domain type='kvm'><name>a</name><os><type>hvm</type></os><devices>
<disk type='file'><driver type='vmdk'/><source file='{store}/first/own.vmdk'/><target dev='vda'/></disk>
<disk type='file'><driver type='raw'/><source file='{store}/a&amp;b.img'/><target dev='vdb'/><transient/>
</disk></devices></domain>"""


def image(path: Path, parent: str = "") -> None:
    hint = f'parentFileNameHint="{parent}"\n' if parent else ""
    path.write_text(DESCRIPTOR.format(cid="fffffffe" if parent else "ffffffff", hint=hint))


def machine(folder: Path, *names: str, more: str = "") -> Path:
    """A machine with a disk at hand, and disks of these names; all its snapshots are known: none."""
    folder.mkdir(parents=True)
    image(folder / "own.vmdk")
    disks = "".join(
        f'scsi0:{at}.present = "TRUE"\nscsi0:{at}.fileName = "{name}"\n'
        for at, name in enumerate(("own.vmdk", *names))
    )
    (folder / f"{folder.name}.vmx").write_text(VMX.format(name=folder.name) + disks + more)
    (folder / f"{folder.name}.vmsd").touch()
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A datastore with two names, whose machines name each other's images in every way there is."""
    store = tmp_path / "6436-1"
    base = machine(store / "base")
    image(base / "deep.vmdk", "../first/own.vmdk")
    machine(store / "first")
    machine(store / "by-uuid", f"{store}/base/own.vmdk", f"{store}//base/./own.vmdk")
    machine(store / "by-name", f"{tmp_path}/ds1/base/own.vmdk")
    machine(store / "up", "../base/own.vmdk", "..\\base\\own.vmdk", "../gone/own.vmdk")
    machine(store / "searched", "deep.vmdk", more=f'workingDir = "{store}/base"\n')
    image(machine(store / "delta", "a-000001.vmdk") / "a-000001.vmdk", f"{store}/delta/own.vmdk")
    image(machine(store / "clone", "a-000001.vmdk") / "a-000001.vmdk", "../base/deep.vmdk")
    for name in ("LARGE.VMDK", "plain", "it's |22.vmdk"):
        image(machine(store / name, name) / name.replace("|22", '"'))
    (store / "up" / "hard.vmx").hardlink_to(store / "up" / "up.vmx")
    (store / "up" / "hard.vmsd").touch()
    (store / "a.xml").write_text(DOMAIN.format(store=store))
    (store / "a&b.img").write_bytes(b"x")
    (tmp_path / "ds1").symlink_to(store.name)
    return store


def said(report: bytes, host: str = "") -> set[tuple[str | None, ...]]:
    """What an audit says of every file and disk; not which sharers, whose order is that of reading."""
    found: set[tuple[str | None, ...]] = set()
    for one in json.loads(report.replace(host.encode(), b""))["results"]:
        for at, holder in (
            (None, one),
            *((disk["address"] or disk["target"], disk) for disk in one["disks"]),
        ):
            found.add((one["file"], at, "size", str(holder.get("size")), str(holder.get("chain"))))
            for finding in holder["findings"]:
                shared = finding["rule"] == "in-two-machines"
                found.add((one["file"], at, finding["rule"], None if shared else finding["message"]))
    return found


@pytest.mark.sshd
@pytest.mark.parametrize("name", ["ds1", "6436-1"])
def test_an_audit_over_ssh_says_of_images_elsewhere_what_one_here_says(
    host: str, store: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.storage.ssh.begun_walks.VOLUMES", str(store.parent))
    root = store.parent / name
    here = said(run("audit", "--format", "json", root).out)
    assert said(run("audit", "--format", "json", f"{host}{root}").out, host) == here
    rules = {(Path(str(file)).name, at, rule) for file, at, rule, *_ in here}
    assert ("up.vmx", "scsi0:3", "disk-missing") in rules
    assert ("by-name.vmx", "scsi0:1", "in-two-machines") in rules
    assert sum(rule == "disk-missing" for _, _, rule in rules) == 2  # and by its other name, hard.vmx


def test_a_folder_with_several_names_goes_by_that_of_its_walk() -> None:
    stores = {"/vmfs/volumes/ds1": "/vmfs/volumes/64-1", "/vmfs/volumes/ds2": "/vmfs/volumes/64-2"}
    by_link = called(["/vmfs/volumes"], {"/vmfs/volumes": "/vmfs/volumes", **stores})
    assert under(by_link, "/vmfs/volumes/64-1/a/b") == "/vmfs/volumes/ds1/a/b"
    assert under(by_link, "/vmfs/volumes/ds2/a") == "/vmfs/volumes/ds2/a"
    by_uuid = called(["/vmfs/volumes/64-1"], {"/vmfs/volumes/64-1": "/vmfs/volumes/64-1", **stores})
    assert under(by_uuid, "/vmfs/volumes/ds1/a") == "/vmfs/volumes/64-1/a"
    assert under(by_uuid, "/vmfs/volumes/ds2/a") == "/vmfs/volumes/64-2/a"
    assert called(["/srv"], {"/srv": "/srv"}) == {}


def wanted(text: str, name: str = "a.vmx") -> list[str]:
    """What is fetched besides for a file of this text, whose folder holds nothing else."""
    source = Fetched(Host("far"), "/vm/", {name: text.encode()}, frozenset((name,)))
    return wanted_elsewhere(source, 64)


@pytest.mark.parametrize(
    "keys",
    [
        'scsi0:0.fileName = "gone.vmdk"',  # the listing tells
        'sata0:1.fileName = "emptyBackingString"',
        'ide1:0.fileName = "auto detect"\nide1:0.deviceType = "cdrom-raw"',
        'ide1:0.deviceType = "atapi-cdrom"\nide1:0.fileName = "CD/DVD drive 0"',
        'ide1:0.fileName = "/isos/a.iso"',
        'floppy0.fileName = "vmware-null-remote-floppy"\nsound.fileName = "-1"',
        'serial0.fileName = "thinprint"\nvmx.scoreboard.fileName = "a.scoreboard"',
    ],
)
def test_an_ordinary_machine_waits_for_nothing_else(keys: str) -> None:
    assert wanted(f"{keys}\n") == []


@pytest.mark.parametrize(
    ("keys", "paths"),
    [
        ('scsi0:0.fileName = "plain"', ["/vm/plain"]),
        ('SCSI0:0.fileName = "../b/c.vmdk"', ["/vm/../b/c.vmdk"]),
        ('nvme0:0.fileName = "/b/caf|C3|A9.vmdk"', ["/b/café.vmdk"]),
    ],
)
def test_a_disk_elsewhere_is_fetched_by_what_its_name_means(keys: str, paths: list[str]) -> None:
    assert wanted(keys) == paths


def test_a_parent_by_a_bare_name_is_looked_for_where_the_machine_s_files_are() -> None:
    files = {"a.vmx": b'workingDir = "/base"\n', "a-000001.vmdk": b'parentFileNameHint="p.vmdk"\n'}
    assert wanted_elsewhere(Fetched(Host("far"), "/vm/", files, frozenset(files)), 64) == ["/base/p.vmdk"]


def test_of_several_domains_each_may_have_left_an_overlay_and_a_network_card_has_no_image() -> None:
    text = """<node><domain><name>a</name></domain><domain><name>b</name><source file='/i/b.img'/><transient/>
    <interface type='direct'><source dev='eth0'/></interface></domain></node>"""
    overlays = ["/i/b.img.TRANSIENT-a", "/i/b.img.TRANSIENT-b"]
    assert wanted(text, "a.xml") == ["/i/b.img", *overlays]


def test_what_no_file_can_be_called_is_not_asked_of_a_host() -> None:
    found = heads_of(Host("no host is reached for these"), ["/tmp/x\0/etc/passwd", "/" + "a" * 5000])
    assert {head.status for head in found.values()} == {Ended.MISSING}
