"""``diskmode audit``: what it takes, what it writes where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.tree import make_tree
from tests.cli.helpers import PROGRAM, ROOT, SAMPLES, domain, program, run, started, vmx
from tui.cli import audit_run

LEFT_OUT = 'scsi0:1.mode = "independent-persistent"'
UNKNOWN = 'scsi0:1.mode = "no-mode"'
# The program, telling of its progress at each step and not only where a fifth of a second has passed.
TELLING = "from tui.cli import main, progress; progress._SECONDS_BETWEEN = 0.0; main()"
ACCEPTED = '[[accept]]\nrule = "*"\nreason = "known"\n'


def bad(folder: Path) -> Path:
    path = folder / "bad.xml"
    path.write_text("<domain>")
    return path


# Exit status


@pytest.mark.parametrize(
    ("lines", "level", "status"),
    [
        ((), "error", 0),
        ((LEFT_OUT,), "error", 0),
        ((LEFT_OUT,), "warning", 1),
        ((LEFT_OUT,), "info", 1),
        ((UNKNOWN,), "error", 1),
        ((UNKNOWN,), "never", 0),
    ],
)
def test_fail_on_decides_the_status(tmp_path: Path, lines: tuple[str, ...], level: str, status: int) -> None:
    vmx(tmp_path, *lines)
    assert run("audit", tmp_path, "--fail-on", level).status == status


def test_an_error_fails_by_default(tmp_path: Path) -> None:
    vmx(tmp_path, UNKNOWN)
    assert run("audit", tmp_path).status == 1


def test_a_file_that_cannot_be_judged_is_a_row_and_a_status_of_its_own(tmp_path: Path) -> None:
    vmx(tmp_path, UNKNOWN)
    bad(tmp_path)
    outcome = run("audit", tmp_path)
    assert outcome.status == 2
    assert "broken-xml: line 1: not well-formed" in outcome.text
    assert "unknown-mode" in outcome.text
    assert run("audit", tmp_path, "--keep-going").status == 1
    assert run("audit", tmp_path, "--keep-going", "--fail-on", "never").status == 0


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    outcome = run("audit", tmp_path / "gone")
    assert outcome.status == 2
    assert "missing: there is no such file" in outcome.text


def test_a_folder_without_machines_says_so(tmp_path: Path) -> None:
    outcome = run("audit", tmp_path)
    assert outcome.status == 0
    assert "no machine was found" in outcome.err


# What is taken


def test_names_are_read_from_standard_input_as_find_writes_them(tmp_path: Path) -> None:
    names = [vmx(tmp_path, name=f"{name}.vmx", display=name.strip()) for name in ("a", "b\nc")]
    data = b"".join(os.fsencode(name) + b"\0" for name in names)
    for options in (("-0",), ("-0", "--files-from", "-")):
        outcome = run("audit", *options, "--format", "csv", data=data)
        assert outcome.status == 0
        rows = [line for line in outcome.text.splitlines() if "in-two-machines" not in line]
        assert "".join(rows).count(",scsi0:") == 4
    outcome = run("audit", "--files-from", "-", "--summary", data=os.fsencode(names[0]) + b"\n\n")
    assert "1 machine, 2 disks" in outcome.text


def test_names_are_read_from_a_file(tmp_path: Path) -> None:
    listed = tmp_path / "list"
    listed.write_text(f"{vmx(tmp_path)}\n{domain(tmp_path)}\n")
    assert "2 machines, 4 disks" in run("audit", "--files-from", listed, "--summary").text


def test_excluded_names_are_left_out(tmp_path: Path) -> None:
    vmx(tmp_path)
    domain(tmp_path)
    assert "1 machine," in run("audit", tmp_path, "--exclude", "*.xml", "--summary").text


def test_the_hypervisor_can_be_chosen(tmp_path: Path) -> None:
    vmx(tmp_path)
    lines = run("audit", tmp_path, "--hypervisor", "esxi", "--format", "jsonl").text.splitlines()
    assert json.loads(lines[0])["hypervisor"] == "esxi"


@pytest.mark.parametrize(
    "words",
    [
        (),
        (".", "--force"),
        (".", "--write-accept", "x", "-o", "y"),
        (".", "--write-accept", "x", "--format", "json"),
        (".", "--watch", "1", "-o", "y"),
        (".", "--watch", "1", "--format", "json"),
        (".", "--watch", "0"),
        (".", "--format", "xml"),
        (".", "--fail-on", "nothing"),
        (".", "--jobs", "0"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(words: tuple[str, ...]) -> None:
    outcome = run("audit", *words)
    assert outcome.status == 2
    assert "see diskmode audit --help" in outcome.err


# Where it goes


def test_the_report_goes_to_a_file_that_is_whole_or_not_there(tmp_path: Path) -> None:
    vmx(tmp_path, LEFT_OUT)
    out = tmp_path / "report.json"
    outcome = run("audit", tmp_path, "-o", out)
    assert outcome.status == 0
    assert outcome.out == b""
    assert "1 machine, 2 disks" in outcome.err
    assert json.loads(out.read_text())["totals"]["machines"] == 1
    again = run("audit", tmp_path, "-o", out)
    assert again.status == 2
    assert "already a file" in again.err
    assert run("audit", tmp_path, "-o", out, "--force", "--format", "csv").status == 0
    assert out.read_text().startswith("VM,Disk,")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.jsonl", '{"schema"'),
        ("a.csv", "VM,"),
        ("a.sarif", '{"$schema"'),
        ("a.md", "# "),
        ("a.txt", "web  "),
    ],
)
def test_the_name_of_the_file_says_the_format(tmp_path: Path, name: str, start: str) -> None:
    path = vmx(tmp_path)
    run("audit", path, "-o", tmp_path / name)
    assert (tmp_path / name).read_text().startswith(start)


def test_one_run_is_as_another_whatever_the_number_of_processes(tmp_path: Path) -> None:
    make_tree(tmp_path, 200)
    one = program("audit", tmp_path, "--format", "jsonl", "--jobs", "1")
    two = program("audit", tmp_path, "--format", "jsonl", "--jobs", "2")
    assert one.out == two.out
    assert json.loads(one.text.splitlines()[-1])["machines"] == 200
    assert one.err == two.err == ""


def test_a_reader_that_leaves_ends_it(tmp_path: Path) -> None:
    make_tree(tmp_path, 400)
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m tui audit {tmp_path} --format jsonl | head -1; exit 0"],
        capture_output=True,
        check=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


# Accepting


def test_accepted_findings_are_shown_and_do_not_fail(tmp_path: Path) -> None:
    path = vmx(tmp_path, UNKNOWN)
    accept = tmp_path / "accept.toml"
    accept.write_text(ACCEPTED)
    outcome = run("audit", path, "--accept", accept)
    assert outcome.status == 0
    assert "unknown-mode, accepted: known" in outcome.text


def test_an_entry_that_matches_nothing_is_a_warning(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    accept = tmp_path / "accept.toml"
    accept.write_text('[[accept]]\nrule = "encrypted"\nreason = "gone"\n')
    outcome = run("audit", path, "--accept", accept, "--fail-on", "warning")
    assert outcome.status == 1
    assert "accept-unused" in outcome.text
    assert run("audit", path, "--accept", accept).status == 0


def test_an_accept_file_that_is_none_is_bad_input(tmp_path: Path) -> None:
    outcome = run("audit", vmx(tmp_path), "--accept", bad(tmp_path))
    assert outcome.status == 2
    assert "no TOML" in outcome.err


def test_an_accept_file_is_started(tmp_path: Path) -> None:
    accept = tmp_path / "accept.toml"
    outcome = run("audit", vmx(tmp_path, UNKNOWN), "--write-accept", accept)
    assert outcome.status == 1
    assert '# rule = "unknown-mode"' in accept.read_text()
    assert run("audit", tmp_path / "web.vmx", "--accept", accept).status == 1
    assert run("audit", tmp_path / "web.vmx", "--write-accept", accept).status == 2


# While it runs


def test_an_interrupt_ends_it_with_what_was_found(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    with started("audit", "--files-from", "-", "--format", "jsonl", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{path}\n".encode() * 40)
        process.stdin.flush()
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert b"Traceback" not in err
    last = json.loads(out.splitlines()[-1])
    assert (last["kind"], last["complete"]) == ("total", False)
    assert last["machines"] >= 1


def test_progress_is_told_on_a_terminal_only(tmp_path: Path) -> None:
    make_tree(tmp_path, 4)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", TELLING, "audit", str(tmp_path), "--format", "jsonl"],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
    ) as process:
        os.close(theirs)
        told = b""
        try:
            while chunk := os.read(ours, 4096):
                told += chunk
        except OSError:
            pass
        finally:
            os.close(ours)
        process.wait(timeout=20)
    assert b"4 of 4 files" in told
    assert told.endswith(b"\r\x1b[K")


def test_watch_tells_what_changed(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    before = tmp_path / "before.json"
    run("audit", path, "-o", before)
    with started("audit", path, "--watch", "0.2", "--changed-since", before) as process:
        assert process.stdout is not None
        line = b""
        while b"1 machine, 2 disks" not in line:
            line = process.stdout.readline()
        vmx(tmp_path, LEFT_OUT)
        while b"mode persistent -> independent-persistent" not in line:
            line = process.stdout.readline()
        while b" new: ! web, scsi0:1: not-in-snapshots: " not in line:
            line = process.stdout.readline()
        vmx(tmp_path)
        while b" gone: web, scsi0:1: not-in-snapshots: " not in line:
            line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
    assert process.returncode == 130


def test_the_samples_are_audited_without_a_file_unread() -> None:
    outcome = run("audit", SAMPLES, "--format", "json", "--fail-on", "never")
    assert outcome.status == 0
    assert json.loads(outcome.text)["totals"]["unread"] == {}


def test_a_full_temporary_folder_is_told_and_out_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vmx(tmp_path)
    out = tmp_path / "out.json"
    monkeypatch.setattr(audit_run, "_IN_MEMORY", 1)
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: open("/dev/full", "w+b"))  # noqa: PTH123, SIM115
    outcome = run("audit", tmp_path, "-o", out)
    assert outcome.status == 2
    assert "did not fit into the temporary folder (No space left on device)" in outcome.err
    assert not out.exists()


def test_no_temporary_folder_at_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vmx(tmp_path)
    monkeypatch.setattr(audit_run, "_IN_MEMORY", 1)

    def nowhere(**_: object) -> object:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryFile", nowhere)
    assert "the temporary folder" in run("audit", tmp_path, "-o", tmp_path / "out.json").err


@pytest.mark.parametrize("command", [("audit", "."), ("audit", "a.vmx"), ("audit", "..", "--summary")])
def test_in_a_folder_that_was_deleted_there_is_a_sentence(command: tuple[str, ...], tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'cd "$0" && rmdir "$0" && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, str(gone), *PROGRAM, *command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode in (0, 2)
    assert "diskmode: " in done.stderr or "1 missing" in done.stdout
    assert "Traceback" not in done.stderr
    assert "never should" not in done.stderr


def test_what_is_reached_by_a_link_is_marked_and_a_link_to_the_host_is_not_followed(tmp_path: Path) -> None:
    tenant, other = tmp_path / "tenant", tmp_path / "other"
    tenant.mkdir()
    other.mkdir()
    vmx(other)
    (tenant / "link").symlink_to(other)
    (tenant / "again.vmx").symlink_to(other / "web.vmx")
    (tenant / "host").symlink_to("/")
    outcome = run("audit", tenant, "--format", "json")
    (result,) = json.loads(outcome.out)["results"]
    assert result["link"] == str(tenant / "again.vmx")
    assert "1 link out of PATH not followed" in outcome.err
    assert "by a link" in run("audit", tenant).text
