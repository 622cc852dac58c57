"""File names, both ways."""

from __future__ import annotations

import pytest

from tui.convert.paths import domain_path, folder_of, vmx_path
from tui.convert.results import Options


@pytest.mark.parametrize(
    ("options", "folder"),
    [
        (Options(), ""),
        (Options(location="[fast] web"), "[fast] web/"),
        (Options(location="[fast]web/"), "[fast] web/"),
        (Options(location="[fast]"), ""),
        (Options(location="[fast] "), ""),
        (Options(location="/srv/vms/web"), "/srv/vms/web/"),
        (Options(vmx_path="/vmfs/volumes/fast/web/web.vmx"), "[fast] web/"),
        (Options(vmx_path="/vmfs/volumes/fast/web.vmx"), "[fast] "),
        (Options(vmx_path="[fast] web/web.vmx"), "[fast] web/"),
        (Options(vmx_path="/home/me/vms/web/web.vmx"), "/home/me/vms/web/"),
        (Options(vmx_path="web.vmx"), ""),
        (Options(vmx_path="C:\\VMs\\web\\web.vmx"), "C:\\VMs\\web\\"),
        (Options(location="[fast] web", vmx_path="/home/me/web.vmx"), "[fast] web/"),
    ],
)
def test_the_folder_of_bare_names(options: Options, folder: str) -> None:
    assert folder_of(options) == (folder or {"[fast]": "[fast] "}.get((options.location or "").strip(), ""))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("/vmfs/volumes/slow/db/db.vmdk", "[slow] db/db.vmdk"),
        ("/vmfs/volumes/5f1e0b3c-aa/db.vmdk", "[5f1e0b3c-aa] db.vmdk"),
        ("/vmfs/volumes/slow//db.vmdk", "[slow] db.vmdk"),
        ("/vmfs/volumes/slow", "/vmfs/volumes/slow"),
        ("db.vmdk", "[fast] web/db.vmdk"),
        ("sub/db.vmdk", "[fast] web/sub/db.vmdk"),
        ("../db/db.vmdk", "[fast] db/db.vmdk"),
        ("../../../etc/db.vmdk", "[fast] web/../../../etc/db.vmdk"),
        ("/usr/lib/vmware/linux.iso", "/usr/lib/vmware/linux.iso"),
        ("[slow] db.vmdk", "[slow] db.vmdk"),
        ("D:\\VMs\\db.vmdk", "D:\\VMs\\db.vmdk"),
        ("d:/VMs/db.vmdk", "d:/VMs/db.vmdk"),
        ("", ""),
    ],
)
def test_a_name_in_a_domain(name: str, expected: str) -> None:
    assert domain_path(name, "[fast] web/") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("[slow] db/db.vmdk", "/vmfs/volumes/slow/db/db.vmdk"),
        ("[slow]db.vmdk", "/vmfs/volumes/slow/db.vmdk"),
        ("[slow] ", "[slow] "),
        ("[a/b] c.vmdk", "[a/b] c.vmdk"),
        ("/data/db.vmdk", "/data/db.vmdk"),
        ("db.vmdk", "db.vmdk"),
    ],
)
def test_a_domains_file_name_becomes_that_of_a_vmx(name: str, expected: str) -> None:
    assert vmx_path(name) == expected


def test_a_name_on_no_datastore_is_resolved_beside_the_vmx() -> None:
    assert (
        domain_path("../iso/a.iso", folder_of(Options(vmx_path="/srv/vms/web/web.vmx")))
        == "/srv/vms/iso/a.iso"
    )


def test_a_bare_name_of_a_domain_lies_where_the_location_says() -> None:
    assert vmx_path("web.vmdk", "[fast] web/") == "/vmfs/volumes/fast/web/web.vmdk"
    assert vmx_path("web.vmdk", "/vms/") == "/vms/web.vmdk"
    assert vmx_path("web.vmdk") == "web.vmdk"


def test_a_location_leaves_whole_names_alone() -> None:
    assert vmx_path("[slow] db/db.vmdk", "[fast] web/") == "/vmfs/volumes/slow/db/db.vmdk"
    assert vmx_path("/vms/db.vmdk", "[fast] web/") == "/vms/db.vmdk"
