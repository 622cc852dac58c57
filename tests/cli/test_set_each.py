"""``diskmode set --each``: one change to what a query picks, and how that ends."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.helpers import PROGRAM, ROOT, copied, domain, run, vmx
from tui.cli import set_each
from tui.fleet import bulk_plan
from tui.fleet.walk import Candidate

LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'
PICKED = ("--where", "mode:independent-persistent")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    for name in "abc":
        (tmp_path / name).mkdir()
        vmx(tmp_path / name, *((LEFT_OUT,) if name != "b" else ()), display=f"vm-{name}")
    return tmp_path


def test_a_dry_run_prints_what_patch_takes_and_writes_nothing(fleet: Path) -> None:
    before = (fleet / "a/web.vmx").read_bytes()
    outcome = run("set", "--each", fleet, *PICKED, "--snapshot", "--dry-run")
    assert outcome.status == 0
    assert "2 files would change" in outcome.err
    assert (fleet / "a/web.vmx").read_bytes() == before
    subprocess.run(["patch", "-p0", "-d", "/"], input=outcome.out, check=True, capture_output=True)
    assert (fleet / "a/web.vmx").read_bytes() == before.replace(b"independent-persistent", b"persistent")


def test_every_picked_disk_is_changed_and_told(fleet: Path) -> None:
    outcome = run("set", fleet, "--each", *PICKED, "--snapshot", "--yes", "--backup")
    assert outcome.status == 0
    assert outcome.out == b""
    assert "scsi0:1 (sdb) is now part of snapshots" in outcome.err
    assert "2 files changed" in outcome.err
    assert (fleet / "c/web.vmx~").exists()
    again = run("set", "--each", fleet, *PICKED, "--snapshot", "--yes")
    assert (again.status, again.err) == (0, "diskmode: 0 files changed\n")


def test_a_refusal_is_listed_and_stops_nothing(fleet: Path) -> None:
    vmx(fleet / "b", LEFT_OUT, 'encryption.keySafe = "x"')
    outcome = run("set", "--each", fleet, *PICKED, "--snapshot", "--yes")
    assert outcome.status == 3
    assert "2 files changed, 1 disk refused" in outcome.err
    assert "encrypted" in outcome.err


def test_a_file_that_cannot_be_read_is_listed_and_stops_nothing(fleet: Path) -> None:
    (fleet / "b/bad.xml").write_text("<domain>")
    (fleet / "b/net.xml").write_text("<network/>")
    outcome = run("set", "--each", fleet, *PICKED, "--snapshot", "--yes")
    assert outcome.status == 2
    assert "2 files changed, 1 file failed" in outcome.err
    assert "bad.xml: not well-formed" in outcome.err


def test_domains_and_vmx_are_changed_alike(tmp_path: Path) -> None:
    vmx(tmp_path)
    domain(tmp_path)
    assert run("set", "--each", tmp_path, "--where", "web", "--no-snapshot", "--yes").status == 0
    audit = run("audit", tmp_path, "--summary").text
    assert "4 disks not in snapshots" in audit


@pytest.mark.parametrize(
    "words",
    [
        (*PICKED, "--snapshot"),
        (*PICKED, "--snapshot", "--yes", "--dry-run"),
        (*PICKED, "--snapshot", "--backup", "--dry-run"),
        (*PICKED, "--yes"),
        ("--snapshot", "--yes"),
        ("--where", "moed:x", "--snapshot", "--yes"),
        (*PICKED, "--mode", "nothing", "--yes"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run("set", "--each", tmp_path, *words).status == 2


def test_its_own_help_is_shown() -> None:
    outcome = run("set", "--each", "--help")
    assert outcome.status == 0
    assert "--where QUERY" in outcome.text
    wrong = run("set", "--each", "x", "--reload")
    assert wrong.err.endswith("; see diskmode set --each --help\n")
    assert "diskmode set --each --help" in run("set", "--help").text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--no-snapshot", "--mode", "persistent"), "a mode says both aspects"),
        (("--no-persistent", "--mode", "persistent"), "a mode says both aspects"),
        (("--preset", "external", "--mode", "persistent"), "a mode says both aspects"),
        (("--preset", "no", "--snapshot"), "a preset says whether the disk takes part"),
    ],
)
def test_options_that_contradict_each_other_are_refused_as_set_refuses_them(
    options: tuple[str, ...], said: str, fleet: Path
) -> None:
    outcome = run("set", "--each", fleet, *PICKED, *options, "--yes")
    assert outcome.status == 2
    assert said in outcome.err
    assert LEFT_OUT.encode() in (fleet / "a/web.vmx").read_bytes()


def test_a_query_that_asks_for_nothing_picks_nothing_and_a_star_picks_all(fleet: Path) -> None:
    for nothing in ("", "  ", '""', 'disk:""', "-", "-vm:"):
        outcome = run("set", "--each", fleet, "--where", nothing, "--no-snapshot", "--yes")
        assert outcome.status == 2
        assert "nothing" in outcome.err
    outcome = run("set", "--each", fleet, "--where", "*", "--no-snapshot", "--dry-run")
    assert outcome.status == 0
    assert "3 files would change" in outcome.err


def test_a_file_of_several_domains_is_changed_whole_and_shown_as_one_diff(tmp_path: Path) -> None:
    path = copied("several-domains.xml", tmp_path)
    before = path.read_bytes()
    options = ("set", "--each", path, "--where", "*", "--no-snapshot")
    dry = run(*options, "--dry-run")
    assert (dry.status, dry.text.count("--- ")) == (0, 1)
    assert "1 file would change" in dry.err
    done = run(*options, "--yes")
    assert done.status == 0
    assert "1 file changed" in done.err
    assert "mail: vda is now" in done.err
    after = path.read_bytes()
    path.write_bytes(before)
    subprocess.run(["patch", "-p0", "-d", "/"], input=dry.out, check=True, capture_output=True)
    assert path.read_bytes() == after != before


def test_a_vm_that_was_powered_on_is_not_written_into(fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = bulk_plan.plan_file

    def powered_on_behind_it(found: Candidate, *rest: object) -> object:
        planned = plan(found, *rest)  # type: ignore[arg-type]
        if "/a/" in found.path:
            Path(f"{found.path}.lck").mkdir()
        return planned

    monkeypatch.setattr(set_each, "plan_file", powered_on_behind_it)
    outcome = run("set", "--each", fleet, *PICKED, "--snapshot", "--yes")
    assert outcome.status == 3
    assert "in use" in outcome.err
    assert "1 file changed, 1 file refused" in outcome.err
    assert LEFT_OUT.encode() in (fleet / "a/web.vmx").read_bytes()


@pytest.mark.parametrize("talk", ["full", "closed", "gone"])
def test_what_cannot_be_said_stops_nothing_and_changes_no_status(talk: str, fleet: Path) -> None:
    words = [*PROGRAM, "set", "--each", str(fleet), *PICKED, "--snapshot", "--yes"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    reader, writer = os.pipe()
    os.close(reader)
    with Path("/dev/full").open("wb") as full:
        if talk == "closed":
            words = ["sh", "-c", 'exec "$@" 2>&-', "sh", *words]
        done = subprocess.run(
            words,
            check=False,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=full if talk == "full" else writer if talk == "gone" else None,
        )
    os.close(writer)
    assert done.returncode == 0
    for name in "ac":
        assert LEFT_OUT.encode() not in (fleet / name / "web.vmx").read_bytes()


def test_links_out_of_the_folder_are_followed_only_where_that_is_asked_for(tmp_path: Path) -> None:
    tenant, other = tmp_path / "tenant", tmp_path / "other"
    tenant.mkdir()
    other.mkdir()
    path = vmx(other, LEFT_OUT)
    before = path.read_bytes()
    (tenant / "folder").symlink_to(other)
    (tenant / "file.vmx").symlink_to(path)
    (tenant / "host").symlink_to("/")
    outcome = run("set", "--each", tenant, *PICKED, "--snapshot", "--yes")
    assert outcome.status == 0
    assert "3 links out of PATH not followed" in outcome.err
    assert "0 files changed" in outcome.err
    assert path.read_bytes() == before
    (tenant / "host").unlink()
    outcome = run("set", "--each", tenant, *PICKED, "--snapshot", "--yes", "--follow")
    assert "1 file changed" in outcome.err
    assert path.read_bytes() != before
    assert (tenant / "file.vmx").is_symlink()
