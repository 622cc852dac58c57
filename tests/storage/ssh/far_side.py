"""A far side without a network: each script run by busybox, with its applets and no others."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tui.storage.ssh.scripts import Script

BUSYBOX = shutil.which("busybox")


def needs_busybox() -> str:
    """Its path; a skip where it is not installed, under CI a failure."""
    if BUSYBOX is None:
        if os.environ.get("CI"):
            pytest.fail("busybox is missing, and CI installs it")
        pytest.skip("busybox is not installed")
    return BUSYBOX


def applets(folder: Path) -> Path:
    """A folder of links to every applet that ESXi has too; busybox or a skip."""
    busybox = needs_busybox()
    for name in (
        *("sh", "find", "xargs", "stat", "tar", "gzip", "dd", "sha256sum", "readlink", "sync"),
        *("mv", "rm", "chown", "chmod", "mktemp", "sleep"),
    ):
        (folder / name).symlink_to(busybox)
    return folder


class FarSide:
    """Runs scripts as the far shell would; ``tools`` is all of its PATH."""

    def __init__(self, tools: Path) -> None:
        self.tools = tools
        self.environment = {"PATH": str(tools), "LC_ALL": "C"}

    def run(self, script: Script, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """What the script prints, and how it ends."""
        return subprocess.run(
            [str(self.tools / "sh"), "-c", script.command(*arguments)],
            input=data,
            capture_output=True,
            check=False,
            env=self.environment,
            timeout=60,
        )

    def parses(self, script: Script) -> bool:
        """Whether the far shell understands every line of it."""
        command = [str(self.tools / "sh"), "-n", "-c", script.text]
        return subprocess.run(command, env=self.environment, check=False, timeout=60).returncode == 0

    def tool(self, name: str, text: str) -> None:
        """Another program to be found there."""
        path = self.tools / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!{self.tools}/sh\n{text}\n")
        path.chmod(0o755)
