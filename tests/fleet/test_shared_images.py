"""One image in two machines: one file under any spelling, told on both; nothing told of a cluster."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helpers import run
from tui.disks import DEPENDENT, Device, Disk, UnitAddress
from tui.fleet.shared_images import SharedImages, Use, hash_of, image_key, other_uses, uses_of
from tui.formats.vmx import VmxDocument

HERE = "/vmfs/volumes/ds1/web/web.vmx"


def disk(source: str, kind: str = "file") -> Disk:
    return Disk(0, UnitAddress("scsi", 0, 0), "sda", Device.DISK, "scsi", source, DEPENDENT, kind)


@pytest.mark.parametrize(
    "source",
    [
        "a.vmdk",
        "./a.vmdk",
        "../web/a.vmdk",
        "/vmfs/volumes/ds1/web/a.vmdk",
        "/vmfs/volumes//ds1/x/../web/a.vmdk",
        "[] /vmfs/volumes/ds1/web/a.vmdk",
        "[ds1] web/a.vmdk",
        "[ds1]web/a.vmdk",
        "file:///vmfs/volumes/ds1/web/a.vmdk",
        "file:/vmfs/volumes/ds1/web/%61.vmdk",
    ],
)
def test_every_spelling_of_an_image_is_one(source: str) -> None:
    assert image_key(disk(source), HERE) == "/vmfs/volumes/ds1/web/a.vmdk"


def test_what_is_another_image_is_another() -> None:
    names = ["b.vmdk", "[ds2] web/a.vmdk", "/a.vmdk", "C:\\vms\\a.vmdk"]
    keys = {image_key(disk(name), HERE) for name in names}
    assert len(keys) == len(names)
    assert image_key(disk("c:/VMS/a.vmdk"), HERE) in keys
    assert image_key(disk(""), HERE) is None
    assert image_key(disk("rbd/a", "network"), HERE) == "network:rbd/a"


def test_a_folder_that_is_a_link_is_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "5f1e").mkdir()
    (tmp_path / "ds").symlink_to("5f1e")
    assert image_key(disk(f"{tmp_path}/ds/a"), HERE) == image_key(disk("a"), f"{tmp_path}/5f1e/a.vmx")


def test_a_file_that_is_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "a.img").write_bytes(b"")
    (tmp_path / "link.img").symlink_to("a.img")
    path = str(tmp_path / "web.xml")
    keys = {image_key(disk(str(tmp_path / name)), path) for name in ("a.img", "link.img")}
    assert len(keys) == 1
    far = {image_key(disk(str(tmp_path / name)), "ssh://esx1/vm/web.vmx") for name in ("a.img", "link.img")}
    assert len(far) == 2


def test_a_path_on_one_host_is_no_file_of_another() -> None:
    image = disk("/srv/images/web.img")
    far = [image_key(image, f"ssh://{host}/etc/web.xml") for host in ("kvm1", "kvm2")]
    assert len({*far, image_key(image, "/etc/web.xml")}) == 3
    assert far[0] == image_key(disk("web.img"), "ssh://kvm1/srv/images/web.xml")


def test_a_datastore_s_uuid_is_the_same_from_every_host() -> None:
    volume = "/vmfs/volumes/6511c7ee-03ab94d8-7f02-b07b25c9e310"
    text = f'scsi0.present = "TRUE"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "{volume}/q/q.vmdk"\n'
    configuration = VmxDocument(text.encode()).configuration
    uses = [
        tuple(uses_of(configuration, f"ssh://{host}/vmfs/volumes/ds1/{host}/a.vmx", host))
        for host in ("esx1", "esx2")
    ]
    assert [list(told) for told in other_uses(uses)] == [[0], [0]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("nbd://h:10809/e", "nbd://h/e", True),
        ("https://h:443/a.img?x=1", "https://h/a.img?x=1", True),
        ("nbd://h:10810/e", "nbd://h/e", False),
        ("ssh://h1/v/a", "ssh://h2/v/a", False),
        ("nbd://[::1]:10809", "nbd://[::1]", True),
    ],
)
def test_a_port_that_is_the_protocols_own_makes_no_difference(one: str, other: str, *, same: bool) -> None:
    assert (image_key(disk(one, "network"), HERE) == image_key(disk(other, "network"), HERE)) is same


def use(vm: str, sharing: str = "not shared", mode: str = "persistent") -> Use:
    return Use(vm, 0, "sda", "/a", sharing, mode)


def test_only_those_who_do_not_agree_are_told() -> None:
    assert other_uses([[use("a")], [use("b")]]) == [
        {0: "here not shared, persistent; in b sda not shared, persistent"},
        {0: "here not shared, persistent; in a sda not shared, persistent"},
    ]
    assert all(other_uses([[use("a", "shareable")], [use("b")]]))
    assert all(other_uses([[use("a", "multi-writer")], [use("b", "multi-writer", "independent-persistent")]]))
    assert other_uses([[use("a", "multi-writer")], [use("b", "multi-writer")]]) == [{}, {}]
    assert other_uses([[use("a"), use("a")]]) == [{}]


def test_of_many_others_the_first_three_are_told_and_how_many_more_there_are() -> None:
    told = [found[0] for found in other_uses([[use(vm)] for vm in "abcde"])]
    assert [[vm for vm in "abcde" if f"in {vm} " in one] for one in told] == [
        ["b", "c", "d"],
        ["a", "c", "d"],
        ["a", "b", "d"],
        ["a", "b", "c"],
        ["a", "b", "c"],
    ]
    assert all(one.endswith(" and 1 more") for one in told)
    assert "more" not in other_uses([[use(vm)] for vm in "abcd"])[0][0]


def test_only_files_that_name_an_image_met_twice_are_looked_at_again() -> None:
    shared = SharedImages()
    for number in range(1000):
        other = "/both" if number > 997 else f"/{number}x"
        shared.take(f"{number}.vmx", [hash_of(f"/{number}"), hash_of(other)])
    assert shared.suspects() == ["998.vmx", "999.vmx"]


def written(folder: Path, name: str, shared: str = "", source: str = "/srv/shared.img") -> None:
    (folder / f"{name}.xml").write_text(
        f"<domain type='kvm'><name>{name}</name><devices>"
        f"<disk type='file'><source file='/srv/{name}.img'/><target dev='vda'/></disk>"
        f"<disk type='file'><driver type='raw'/><source file='{source}'/><target dev='vdb'/>{shared}</disk>"
        "</devices></domain>"
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_audit_tells_it_on_both_and_counts_them_once(tmp_path: Path, jobs: str) -> None:
    written(tmp_path, "a", "<shareable/>")
    written(tmp_path, "b", source="/srv/../srv/shared.img")
    outcome = run("audit", tmp_path, "--format", "json", "--jobs", jobs)
    report = json.loads(outcome.out)
    found = [
        (one["vm"], disk["target"], finding["message"])
        for one in report["results"]
        for disk in one["disks"]
        for finding in disk["findings"]
        if finding["rule"] == "in-two-machines"
    ]
    assert [(vm, target) for vm, target, _ in found] == [("a", "vdb"), ("b", "vdb")]
    assert "here shareable" in found[0][2]
    assert "in b vdb not shared" in found[0][2]
    assert report["totals"]["machines"] == 2
    assert report["totals"]["disks"] == 4
    assert {"rule": "in-two-machines", "severity": "warning", "count": 2} in report["totals"]["findings"]
    assert run("audit", tmp_path, "--fail-on", "warning").status == 1
    written(tmp_path, "b", "<shareable/>")
    assert "in-two-machines" not in run("audit", tmp_path).text


def test_what_looks_like_an_address_and_is_none_ends_nothing(tmp_path: Path) -> None:
    written(tmp_path, "a", source="file://[x/a.vmdk")
    assert run("audit", "--format", "json", "--fail-on", "never", tmp_path).status == 0
