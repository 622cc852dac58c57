"""Links on a host mean what they mean on this computer: the same tree, walked both ways."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.storage.ssh.conftest import Tool
from tests.storage.ssh.far_side import BUSYBOX
from tui.disks import HostFacts, Power
from tui.storage import Candidate, Follow, Passed, UnreadableError, place_of
from tui.storage.local_walk import walk as walked_here

Found = Candidate | UnreadableError
pytestmark = pytest.mark.sshd


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(os.fsencode(f'displayName = "{name}"\n'))


def link(root: Path, name: str, target: str) -> None:
    (root / name).symlink_to(target)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Machines in, out and beside, with links of every kind."""
    put(tmp_path, "in/a.vmx", "in/sub/b.vmx", "in/.snapshot/old.vmx", "in/skip/s.vmx", "out/deep/c.vmx")
    put(tmp_path, "out/d.vmx", "other/e.vmx", "plain.txt")
    for name, target in (
        ("in/out", "../out"),
        ("in/out-again", "../out/deep"),
        ("in/itself", "."),
        ("in/up", ".."),
        ("in/host", "/"),
        ("in/inside", "sub"),
        ("in/d.vmx", "../out/d.vmx"),
        ("in/b-too.vmx", "sub/b.vmx"),
        ("in/gone.vmx", "nowhere"),
        ("in/text", "../plain.txt"),
        ("in/as.vmx", "../plain.txt"),
        ("in/hidden", ".snapshot"),
        ("in/skip/away", "../../other"),
        ("out/deep/back", "../../in"),
        ("out/deep/on", "../../other"),
        ("alias", "in"),
    ):
        link(tmp_path, name, target)
    return tmp_path


def known(found: Iterable[Found], host: str = "") -> list[tuple[str, bool]]:
    """The real file of each, of a link to nothing its own name; and whether it was behind a link."""
    paths = ((one.path.removeprefix(host), one.link is not None) for one in found)
    return sorted((os.path.realpath(path) if Path(path).exists() else path, link) for path, link in paths)


def far(host: str, paths: Iterable[Path], follow: Follow, passed: Passed, *exclude: str) -> list[Found]:
    place, _ = place_of(f"{host}/")
    return list(place.walk(map(str, paths), exclude, follow, passed))


@pytest.mark.parametrize("follow", list(Follow))
def test_links_mean_what_they_mean_here(host: str, tree: Path, follow: Follow) -> None:
    if follow is Follow.ALL:
        (tree / "in" / "host").unlink()
    here, there = Passed(), Passed()
    paths = [tree / "in"]
    expected = known(walked_here(map(str, paths), ("skip",), follow, here))
    assert known(far(host, paths, follow, there, "skip"), host) == expected
    assert there.links == here.links
    assert (there.first is None) == (here.first is None)


@pytest.mark.parametrize(
    "roots", [("in", "alias"), ("alias", "in"), ("in", "out"), ("in/sub/b.vmx", "in/d.vmx", "in", "in/d.vmx")]
)
def test_a_machine_is_met_once_by_whatever_ways_it_is_reached(
    host: str, tree: Path, roots: Iterable[str]
) -> None:
    (tree / "in" / "gone.vmx").unlink()
    paths = [tree / root for root in roots]
    expected = known(walked_here(map(str, paths)))
    found = known(far(host, paths, Follow.NEAR, Passed()))
    assert [file for file, _ in found] == [file for file, _ in expected]


def test_what_lies_behind_a_link_is_read_from_there_and_marked(host: str, tree: Path) -> None:
    found = {one.path: one for one in far(host, [tree / "in"], Follow.NEAR, Passed())}
    file, folder = found[f"{tree}/in/d.vmx"], found[f"{tree}/in/out/deep/c.vmx"]
    assert isinstance(file, Candidate)
    assert isinstance(folder, Candidate)
    assert (file.link, folder.link) == (f"{tree}/in/d.vmx", f"{tree}/in/out")
    assert file.source.read_bytes(file.path) == (tree / "out/d.vmx").read_bytes()
    assert file.source.real_file(file.path) == f"{tree}/out/d.vmx"
    assert folder.source.read_bytes(folder.path) == (tree / "out/deep/c.vmx").read_bytes()


@pytest.fixture
def volumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Datastores as an ESXi host has them: links, by name, to folders named by UUID."""
    put(tmp_path, "6436-1/web/web.vmx", "6436-1/db/db.vmx", "6436-2/app/app.vmx")
    link(tmp_path, "ds1", "6436-1")
    link(tmp_path, "ds2", "6436-2")
    monkeypatch.setattr("tui.storage.ssh.begun_walks.VOLUMES", str(tmp_path))
    return tmp_path


def running(host: str, paths: Iterable[Path]) -> dict[str, bool]:
    found = far(host, paths, Follow.NEAR, Passed())
    facts = {one.path: one.source.host_facts(one.path) for one in found if isinstance(one, Candidate)}
    return {path: told is not None and told.power is Power.RUNNING for path, told in facts.items()}


def test_a_datastore_by_its_name_and_by_its_uuid_is_walked_once(host: str, volumes: Path) -> None:
    ds1 = [f"{volumes}/ds1/{name}" for name in ("db/db.vmx", "web/web.vmx")]
    assert sorted(running(host, [volumes / "ds1", volumes / "6436-1"])) == ds1
    assert sorted(running(host, [volumes / "ds1", volumes])) == [*ds1, f"{volumes}/ds2/app/app.vmx"]


def test_an_esxi_host_says_once_which_of_all_its_machines_run(host: str, volumes: Path, tool: Tool) -> None:
    calls = volumes / "calls"
    tool(
        "esxcli",
        f"""echo "$*" >>{calls}
{BUSYBOX} cat <<'END'
web
   World ID: 2102229
   Process ID: 0
   Display Name: web
   Config File: {volumes}/6436-1/web/web.vmx

app
   World ID: 2102230
   Display Name: app
   Config File: {volumes}/ds2/app/app.vmx
END""",
    )
    told = {
        f"{volumes}/ds1/web/web.vmx": True,
        f"{volumes}/ds1/db/db.vmx": False,
        f"{volumes}/ds2/app/app.vmx": True,
    }
    assert running(host, [volumes]) == told
    assert calls.read_text() == "vm process list\n"
    assert running(host, [volumes / "6436-1"]) == {
        f"{volumes}/6436-1/web/web.vmx": True,
        f"{volumes}/6436-1/db/db.vmx": False,
    }


def test_an_esxi_host_says_once_which_machines_it_has(host: str, volumes: Path, tool: Tool) -> None:
    """One whose file stands with two ids, as who names a VM may have it, is not known."""
    tool("esxcli", "exit 0")
    tool(
        "vim-cmd",
        f"""{BUSYBOX} cat <<'END'
Vmid     Name               File                     Guest OS          Version   Annotation
1        [PROD] web         [ds1] web/web.vmx        ubuntu64Guest     vmx-19    its [ds1] web/web.vmx here
12 of a note
2        db                 [ds1] db/db.vmx          otherGuest        vmx-8
3        x [ds1] db/db.vmx  [] {volumes}/ds2/app/app.vmx otherGuest    vmx-8
END""",
    )
    found = far(host, [volumes], Follow.NEAR, Passed())
    facts = {one.path: one.source.host_facts(one.path) for one in found if isinstance(one, Candidate)}
    assert facts == {
        f"{volumes}/ds1/web/web.vmx": HostFacts("127.0.0.1", "1"),
        f"{volumes}/ds1/db/db.vmx": None,
        f"{volumes}/ds2/app/app.vmx": HostFacts("127.0.0.1", "3"),
    }


@pytest.mark.parametrize("answer", ["exit 1", "echo rubbish; exit 3", f"exec {BUSYBOX} sleep 100"])
def test_a_host_that_does_not_say_which_machines_run_is_told_of(
    host: str, volumes: Path, tool: Tool, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    from tui.storage.host_limits import DEFAULT  # noqa: PLC0415

    tool("esxcli", answer)
    monkeypatch.setattr("tui.storage.ssh.begun_walks.limits", lambda: DEFAULT._replace(facts=1))
    passed = Passed()
    assert len(far(host, [volumes], Follow.NEAR, passed)) == 3
    assert passed.unheard == ["127.0.0.1"]


def test_names_made_to_break_a_listing_are_names(host: str, tmp_path: Path) -> None:
    names = ["$(id).vmx", "a\nb.vmx", "-rf.vmx", "'\".vmx", "\x1b[2J.vmx", "é\udce9.vmx", " .vmx", "*.vmx"]
    put(tmp_path, *(f"{name[:-4]}/{name}" for name in names), *names)
    found = [one.path for one in far(host, [tmp_path], Follow.NEAR, Passed())]
    assert sorted(found) == sorted(
        f"{tmp_path}/{path}" for name in names for path in (name, f"{name[:-4]}/{name}")
    )


def test_an_export_of_rvtools_is_read_there_as_here(host: str, tmp_path: Path) -> None:
    put(tmp_path, "x/RVTools_tabvDisk.csv", "x/RVTools_tabvInfo.csv", "x/RVTools_export.xlsx", "x/notes.csv")
    found = far(host, [tmp_path], Follow.NEAR, Passed())
    here = [one.path for one in walked_here([str(tmp_path)])]
    assert sorted(one.path for one in found) == here
    (table,) = (one for one in found if isinstance(one, Candidate) and one.path.endswith("vDisk.csv"))
    beside = table.source.read_head(f"{tmp_path}/x/RVTools_tabvInfo.csv", 100)
    assert beside == (tmp_path / "x/RVTools_tabvInfo.csv").read_bytes()
