"""Finding candidates: which, in which order, each once, and nothing that could stop the walk."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tui.fleet.judged import Unread
from tui.fleet.walk import Candidate, Follow, Passed, walk
from tui.storage.local_walk import SKIPPED, excluded


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def found(root: Path, *paths: Path, exclude: tuple[str, ...] = ()) -> list[str]:
    results = walk([str(path) for path in paths or (root,)], exclude)
    return [os.path.relpath(one.path, root) for one in results]


def test_vmx_and_xml_files_are_candidates_and_their_neighbours_are_not(tmp_path: Path) -> None:
    put(tmp_path, "a.vmx", "b.XML", "c.VMX", "d.vmxf", "e.vmx~", "f.nvram", "g.vmsd", "vmx", "h.vmx.lck")
    assert found(tmp_path) == ["a.vmx", "b.XML", "c.VMX"]


def test_entries_come_in_the_order_of_their_names_folder_by_folder(tmp_path: Path) -> None:
    put(tmp_path, "b/2.vmx", "b/1.vmx", "a.vmx", "c.vmx", "B.vmx")
    assert found(tmp_path) == ["B.vmx", "a.vmx", "b/1.vmx", "b/2.vmx", "c.vmx"]


@pytest.mark.parametrize("name", sorted(SKIPPED))
def test_snapshots_of_the_file_system_are_not_walked_unless_named(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"{name}/old/a.vmx", "a.vmx")
    assert found(tmp_path) == ["a.vmx"]
    assert found(tmp_path, tmp_path / name) == [f"{name}/old/a.vmx"]


def test_a_link_to_a_folder_above_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "a/b/x.vmx")
    (tmp_path / "a/b/up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a/b/self").symlink_to(".", target_is_directory=True)
    assert found(tmp_path) == ["a/b/x.vmx"]


def test_a_link_to_what_the_walk_meets_anyway_lists_nothing_twice(tmp_path: Path) -> None:
    put(tmp_path, "qemu/web.xml", "vms/a.vmx")
    (tmp_path / "qemu/autostart").mkdir()
    (tmp_path / "qemu/autostart/web.xml").symlink_to(tmp_path / "qemu/web.xml")
    (tmp_path / "again").symlink_to("vms", target_is_directory=True)
    assert found(tmp_path) == ["qemu/web.xml", "vms/a.vmx"]


def test_a_link_to_the_whole_host_is_followed_only_where_that_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path, "tenant/x.vmx", "y.vmx")
    root = tmp_path / "tenant"
    for name, target in (("host", "/"), ("top", "/usr"), ("above", tmp_path), ("up", "..")):
        (root / name).symlink_to(target, target_is_directory=True)
    passed = Passed()
    assert [(one.path, one.link) for one in walk([str(root)], passed=passed)] == [(str(root / "x.vmx"), None)]
    assert (passed.links, passed.first) == (4, str(root / "above"))
    for name in ("host", "top", "up"):
        (root / name).unlink()
    assert [one.path for one in walk([str(root)], follow=Follow.ALL)] == [
        str(root / "above/y.vmx"),
        str(root / "x.vmx"),
    ]


def test_a_link_behind_a_link_leads_to_the_whole_host_no_more_than_another(tmp_path: Path) -> None:
    put(tmp_path, "tree/x.vmx", "outside/a.vmx")
    (tmp_path / "outside/host").symlink_to("/", target_is_directory=True)
    (tmp_path / "tree/link").symlink_to(tmp_path / "outside", target_is_directory=True)
    passed = Passed()
    assert len(list(walk([str(tmp_path / "tree")], passed=passed))) == 2
    assert passed.links == 1


def test_without_following_nothing_outside_is_met_and_what_is_inside_is(tmp_path: Path) -> None:
    put(tmp_path, "in/sub/a.vmx", "out/b.vmx")
    root = tmp_path / "in"
    (root / "folder").symlink_to(tmp_path / "out", target_is_directory=True)
    (root / "file.vmx").symlink_to(tmp_path / "out/b.vmx")
    (root / "gone.vmx").symlink_to(tmp_path / "out/gone.vmx")
    (root / "inside.vmx").symlink_to("sub/a.vmx")
    passed = Passed()
    found = walk([str(root)], follow=Follow.NONE, passed=passed)
    assert [one.path for one in found] == [str(root / "sub/a.vmx")]
    assert passed.links == 3


def test_what_is_reached_by_a_link_is_marked_with_it(tmp_path: Path) -> None:
    put(tmp_path, "in/a.vmx", "out/deep/b.vmx")
    link = tmp_path / "in/link"
    link.symlink_to(tmp_path / "out", target_is_directory=True)
    assert [(one.path, one.link) for one in walk([str(tmp_path / "in")])] == [
        (str(tmp_path / "in/a.vmx"), None),
        (str(link / "deep/b.vmx"), str(link)),
    ]


def test_a_machine_is_met_once_by_whatever_ways_it_is_reached(tmp_path: Path) -> None:
    put(tmp_path, "in/a.vmx", "out/b.vmx")
    (tmp_path / "in/1.vmx").symlink_to(tmp_path / "out/b.vmx")
    (tmp_path / "in/2.vmx").symlink_to(tmp_path / "out/b.vmx")
    (tmp_path / "in/z").symlink_to(tmp_path / "out", target_is_directory=True)
    root, a = tmp_path / "in", tmp_path / "in/a.vmx"
    once = ["in/1.vmx", "in/a.vmx"]
    assert found(tmp_path, root) == once
    assert found(tmp_path, root, tmp_path / "out") == once
    assert found(tmp_path, root, a, tmp_path / "in/2.vmx", root) == once
    assert found(tmp_path, a, a, root) == ["in/a.vmx", "in/1.vmx"]
    assert found(tmp_path, tmp_path / "in/2.vmx", tmp_path / "out") == ["in/2.vmx"]


def test_a_link_that_leads_elsewhere_is_followed_once(tmp_path: Path) -> None:
    put(tmp_path, "outside/a.vmx", "outside/deep/b.vmx", "one.vmx", "tree/x.vmx")
    (tmp_path / "outside/deep/back").symlink_to(tmp_path / "outside", target_is_directory=True)
    (tmp_path / "tree/l1").symlink_to(tmp_path / "outside", target_is_directory=True)
    (tmp_path / "tree/l2").symlink_to(tmp_path / "outside", target_is_directory=True)
    (tmp_path / "tree/one.vmx").symlink_to(tmp_path / "one.vmx")
    assert found(tmp_path / "tree") == ["l1/a.vmx", "l1/deep/b.vmx", "one.vmx", "x.vmx"]


def test_a_link_to_a_machine_the_walk_leaves_out_is_followed(tmp_path: Path) -> None:
    put(tmp_path, ".snapshot/a.vmx", "x.vmx")
    (tmp_path / "kept").symlink_to(".snapshot", target_is_directory=True)
    assert found(tmp_path) == ["kept/a.vmx", "x.vmx"]


def test_links_to_nothing_and_in_a_circle_are_candidates_whose_reason_reading_tells(tmp_path: Path) -> None:
    (tmp_path / "gone.vmx").symlink_to("nowhere")
    (tmp_path / "round.vmx").symlink_to("round.vmx")
    (tmp_path / "gone").symlink_to("nowhere")
    assert found(tmp_path) == ["gone.vmx", "round.vmx"]


def test_pipes_and_sockets_called_like_machines_are_candidates(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.vmx")
    assert found(tmp_path) == ["pipe.vmx"]


def test_folders_given_twice_or_inside_one_another_are_walked_once(tmp_path: Path) -> None:
    put(tmp_path, "a/b/x.vmx", "a/y.vmx")
    assert found(tmp_path, tmp_path, tmp_path, tmp_path / "a/b") == ["a/b/x.vmx", "a/y.vmx"]
    assert found(tmp_path, tmp_path / "a/b", tmp_path / "a") == ["a/b/x.vmx", "a/y.vmx"]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    put(tmp_path, "notes.txt")
    assert list(walk([str(tmp_path / "notes.txt")])) == [Candidate(str(tmp_path / "notes.txt"), asked=True)]


@pytest.mark.parametrize(
    ("glob", "left"),
    [
        ("old", ["a.vmx", "new/b.vmx"]),
        ("old/*", ["a.vmx", "new/b.vmx"]),
        ("*.vmx", []),
        ("new/b.vmx", ["a.vmx", "old/c.vmx"]),
        ("old/", ["a.vmx", "new/b.vmx"]),
        ("nothing", ["a.vmx", "new/b.vmx", "old/c.vmx"]),
    ],
)
def test_exclude_takes_names_and_paths(tmp_path: Path, glob: str, left: list[str]) -> None:
    put(tmp_path, "a.vmx", "new/b.vmx", "old/c.vmx")
    assert found(tmp_path, exclude=(glob,)) == left


def test_exclude_is_about_what_is_below_the_path_not_the_path_itself(tmp_path: Path) -> None:
    put(tmp_path, "old/a.vmx")
    assert found(tmp_path, tmp_path / "old", exclude=("old",)) == ["old/a.vmx"]
    assert not excluded("a/b.vmx", ("c",))


def test_a_folder_that_cannot_be_listed_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a/x.vmx", "b/y.vmx")
    listed = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    first, second = walk([str(tmp_path)])
    assert isinstance(first, Unread)
    assert (first.kind, first.path) == ("no-folder-permission", str(tmp_path / "a"))
    assert isinstance(second, Candidate)
    assert (second.path, second.asked) == (str(tmp_path / "b/y.vmx"), False)


def test_a_tree_deeper_than_pythons_stack_is_walked(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(1200):
            os.mkdir("d", dir_fd=here)
            deeper = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
    finally:
        os.close(here)
    try:
        assert found(tmp_path) == []
    finally:  # what cleans up after tests is recursive
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_a_name_that_is_no_utf8_is_found(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.vmx")).write_text("x")
    assert found(tmp_path) == [os.fsdecode(b"caf\xe9.vmx")]
