"""How a machine's files name others, wherever they lie."""

from __future__ import annotations

import pytest

from tui.image_paths import as_here, is_image, is_of_windows, searched


@pytest.mark.parametrize(
    ("name", "here", "windows"),
    [
        ("..\\base\\a.vmdk", "../base/a.vmdk", False),
        ("C:\\vms\\a.vmdk", "C:\\vms\\a.vmdk", True),
        ("\\\\nas\\vms\\a.vmdk", "\\\\nas\\vms\\a.vmdk", True),
        ("a:b.vmdk", "a:b.vmdk", True),
        ("sub/a.vmdk", "sub/a.vmdk", False),
        ("", "", False),
    ],
)
def test_a_path_of_windows_is_told_from_one_with_its_slashes(name: str, here: str, windows: bool) -> None:
    assert (as_here(name), is_of_windows(name)) == (here, windows)


def test_only_a_vmdk_by_a_plain_path_is_a_parent() -> None:
    assert is_image("../base/A.VMDK")
    assert not any(map(is_image, ("/etc/shadow", "C:a.vmdk", "..\\a.vmdk", "a.vmdk.txt")))


def test_bare_names_are_looked_for_in_order_and_at_last_in_the_own_folder() -> None:
    assert searched(("../base", "/abs", "..\\base", "."), "/vm/a") == ("/vm/base", "/abs", "/vm/a")
