"""What a walk fetches besides: images elsewhere, by every spelling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import run
from tui.storage.ssh.listing import called, under

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
