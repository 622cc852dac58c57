"""Running the command line: in this process, or as the real program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from tests.interrupts import hear_interrupts
from tests.schemas import hold
from tui.cli import main

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_vms"
PROGRAM = (sys.executable, "-m", "tui")


class Outcome(NamedTuple):
    """What a run left: its exit status, its results and its talk."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


def run(*args: str | Path, data: bytes = b"", env: Mapping[str, str | None] | None = None) -> Outcome:
    """The program in this process; whatever it does, it may not end in a traceback."""
    result = CliRunner().invoke(main, [str(one) for one in args], input=data, env=env)
    assert isinstance(result.exception, SystemExit | None), result.exception
    outcome = Outcome(result.exit_code, result.stdout_bytes, result.stderr)
    assert "Traceback" not in outcome.err
    assert "never should" not in outcome.err
    hold(outcome.out)
    return outcome


def program(
    *args: str | bytes | Path,
    data: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Outcome:
    """The real program, without a terminal."""
    done = subprocess.run(
        [*PROGRAM, *args],
        input=data,
        capture_output=True,
        check=False,
        timeout=20,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        start_new_session=True,
    )
    outcome = Outcome(done.returncode, done.stdout, done.stderr.decode())
    assert "Traceback" not in outcome.err
    assert "never should" not in outcome.err
    return outcome


def started(*words: str | Path, stdin: int | None = None) -> subprocess.Popen[bytes]:
    """The real program, running in a session of its own, to be interrupted."""
    return subprocess.Popen(
        [*PROGRAM, *map(str, words)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 - nothing else runs in this process
    )


def copied(name: str, folder: Path) -> Path:
    """A sample of our own to edit."""
    return Path(shutil.copy(SAMPLES / name, folder))


def vmx(folder: Path, *lines: str, name: str = "web.vmx", display: str = "web") -> Path:
    """A VMX with two disks, and ``lines`` behind them."""
    path = folder / name
    text = "\n".join(
        (
            f'displayName = "{display}"',
            'scsi0.present = "TRUE"',
            'scsi0:0.present = "TRUE"',
            'scsi0:0.fileName = "web.vmdk"',
            'scsi0:1.present = "TRUE"',
            'scsi0:1.fileName = "web_1.vmdk"',
            *lines,
            "",
        )
    )
    path.write_bytes(text.encode())
    return path


def domain(folder: Path, *disks: str, name: str = "web.xml", kind: str = "kvm") -> Path:
    """A domain XML with these disks, or with vda and vdb."""
    devices = disks or tuple(
        f"<disk type='file' device='disk'>\n      <source file='/img/{target}.qcow2'/>\n"
        f"      <target dev='{target}' bus='virtio'/>\n    </disk>"
        for target in ("vda", "vdb")
    )
    path = folder / name
    inside = "\n    ".join(devices)
    path.write_text(
        f"<domain type='{kind}'>\n  <name>web</name>\n  <devices>\n    {inside}\n  </devices>\n</domain>\n"
    )
    return path
