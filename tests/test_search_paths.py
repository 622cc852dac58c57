"""Where a VMX's files are looked for, and which of them this computer cannot know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_sidecars import ONE, beside, described, told, unknown, written
from tui.disks import Snapshots
from tui.fleet.shared_images import uses_of
from tui.machine import machine_in, with_sidecars

RDM = "vmfsPassthroughRawDeviceMap"


@pytest.fixture
def vm(tmp_path: Path) -> Path:
    """A VM's folder beside another one, in which a raw device mapping lies."""
    for name in ("vm", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "other" / "a.vmdk").write_bytes(described(kind=RDM))
    (tmp_path / "vm" / "web.vmsd").touch()
    return tmp_path / "vm"


@pytest.mark.parametrize(
    "words", ["../x; ../other ;.", ";../other/;", "..\\other;.", "[ds1] other;../other", "D:\\vms;../other"]
)
def test_the_search_path_is_read_as_people_write_it(vm: Path, words: str) -> None:
    assert "physical-rdm" in told(written(vm, "a.vmdk", more=f'FILESEARCHPATH = "{words}"'))


def test_the_first_folder_that_has_the_file_counts(vm: Path) -> None:
    (vm / "a.vmdk").write_bytes(described(kind="vmfs"))
    assert "physical-rdm" not in told(written(vm, "a.vmdk", more='fileSearchPath = ".;../other"'))
    assert "physical-rdm" in told(written(vm, "a.vmdk", more='fileSearchPath = "../other;."'))


@pytest.mark.parametrize("name", ["..\\other\\a.vmdk", "../other/a.vmdk", ".\\..\\other\\a.vmdk"])
def test_a_relative_path_of_windows_is_followed(vm: Path, name: str) -> None:
    found = told(written(vm, name))
    assert "physical-rdm" in found
    assert "disk-missing" not in found


def test_a_chain_is_followed_through_paths_of_windows(vm: Path) -> None:
    (vm / "web.vmdk").write_bytes(described("..\\other\\b.vmdk"))
    (vm.parent / "other" / "b.vmdk").write_bytes(described("..\\gone\\c.vmdk"))
    found = told(written(vm))
    assert "..\\gone\\c.vmdk" in found["parent-missing"]
    assert "..\\other\\b.vmdk" in found["linked-clone"]


@pytest.mark.parametrize(
    "name",
    [
        "D:\\\\vms\\\\b.vmdk",
        "e:/vms/b.vmdk",
        "\\\\\\\\srv\\\\vms\\\\b.vmdk",
        "/vmfs/volumes/ds1/web/b.vmdk",
        "/Users/x/vms/b.vmdk",
    ],
)
def test_a_file_on_another_computer_is_not_known_to_be_missing(vm: Path, name: str) -> None:
    (vm / "web.vmdk").write_bytes(described())
    path = written(vm, "web.vmdk", name)
    assert "disk-missing" not in told(path)
    assert unknown(path) == ["b.vmdk: the folder it is in is not here"]


def test_a_file_that_is_gone_from_a_folder_that_is_here_is_missing(vm: Path) -> None:
    for name in (f"{vm.parent}/other/b.vmdk", f"{vm.parent}/gone/b.vmdk", "../other/b.vmdk"):
        assert "b.vmdk" in told(written(vm, "web.vmdk", name))["disk-missing"]


def test_a_parent_on_another_computer_is_not_known_to_be_missing(vm: Path) -> None:
    (vm / "web.vmdk").write_bytes(described("/Users/x/vms/base.vmdk"))
    found = told(written(vm))
    assert "/Users/x/vms/base.vmdk" in found["linked-clone"]
    assert "parent-missing" not in found


def test_the_vms_own_folder_is_its_own_by_every_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, link = tmp_path / "5f0c2e11", tmp_path / "datastore1"
    real.mkdir()
    link.symlink_to(real.name)
    (real / "web.vmdk").write_bytes(described())
    monkeypatch.chdir(tmp_path)
    for parent in (real, link):
        (real / "web-000001.vmdk").write_bytes(described(f"{parent}/web.vmdk"))
        for folder in (real, link, Path(link.name)):
            found = told(written(folder, "web-000001.vmdk"))
            assert "linked-clone" not in found
            assert "1 delta, and the VM has no snapshot" in found["consolidation-needed"]


@pytest.mark.parametrize("home", ["/vmfs/volumes/5f0c2e11-aa/web/", "C:\\vms\\web\\"])
def test_a_folder_that_was_copied_holds_the_parents_it_names_by_their_old_paths(vm: Path, home: str) -> None:
    (vm / "web-000001.vmdk").write_bytes(described(f"{home}web.vmdk"))
    (vm / "web.vmdk").write_bytes(described())
    found = told(written(vm, "web-000001.vmdk"))
    assert "linked-clone" not in found
    assert "1 delta, and the VM has no snapshot" in found["consolidation-needed"]
    (vm / "web.vmdk").write_bytes(described(f"{home}web.vmdk"))  # the clone of another of its name
    assert home in told(written(vm, "web-000001.vmdk"))["linked-clone"]


def test_two_machines_share_what_one_finds_by_its_search_path(vm: Path) -> None:
    keys = []
    for folder, name, more in (
        (vm, "a.vmdk", 'fileSearchPath = "../other"'),
        (vm, "a.vmdk", f'workingDir = "{vm.parent}/other"'),
        (vm, "..\\other\\a.vmdk", ""),
        (vm.parent / "other", "a.vmdk", ""),
    ):
        path = written(folder, name, more=more)
        machine = with_sidecars(machine_in(path.read_bytes(), str(path)))
        keys += [use.image for use in uses_of(machine.configuration, str(path), "web")]
    assert set(keys) == {str(vm.parent / "other" / "a.vmdk")}


@pytest.mark.parametrize(
    ("encoding", "codec"), [("windows-1252", "cp1252"), ("GBK", "gbk"), ("UTF-8", "utf-8")]
)
def test_a_descriptor_names_its_parent_in_its_own_encoding(vm: Path, encoding: str, codec: str) -> None:
    name = "é.vmdk"
    (vm / "web.vmdk").write_bytes(
        f'# Disk DescriptorFile\nencoding="{encoding}"\nparentCID=0a1b2c3d\ncreateType="vmfsSparse"\n'
        f'parentFileNameHint="{name}"\n'.encode(codec)
    )
    (vm / name).write_bytes(described())
    found = told(written(vm))
    assert name in found["is-delta"]
    assert "parent-missing" not in found


# The record's own note


def test_the_record_says_that_deltas_are_left(vm: Path) -> None:
    (vm / "web.vmdk").write_bytes(described())
    path = written(vm)
    left = b'.encoding = "UTF-8"\nsnapshot.lastUID = "106"\nsnapshot.needConsolidate = "TRUE"\n'
    (vm / "web.vmsd").write_bytes(left)
    assert beside(path).snapshots == Snapshots(0, consolidation=True)
    assert "as its .vmsd says" in told(path)["consolidation-needed"]
    (vm / "web.vmsd").write_bytes(left.replace(b"TRUE", b"FALSE"))
    assert beside(path).snapshots == Snapshots(0)
    assert not {"consolidation-needed", "beside-unknown"} & set(told(path))
    (vm / "web.vmsd").write_bytes(ONE + left)
    assert {"consolidation-needed", "has-snapshots"} <= set(told(path))


def test_a_datastore_of_another_host_is_not_missing_here(vm: Path) -> None:
    (vm / "a.vmdk").write_bytes(described())
    path = vm / "web.xml"
    names = ("a.vmdk", "gone.vmdk", "[ds1] web/web.vmdk", "/vmfs/volumes/ds1/web/web_1.vmdk")
    disks = (
        f"<disk type='file'><source file='{name}'/><target dev='sd{letter}'/></disk>"
        for name, letter in zip(names, "abcd", strict=True)
    )
    path.write_text(f"<domain type='vmware'><devices>{''.join(disks)}</devices></domain>")
    assert beside(path).missing == {1: "gone.vmdk"}
