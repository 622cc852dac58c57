"""``EDITOR=diskmode virsh edit`` with the real virsh, in tmux: its own check of the edited XML included."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.terminal import DISKMODE, PATIENCE, require, surroundings

pytestmark = [pytest.mark.terminal, pytest.mark.libvirt]


class Tmux:
    """A tmux server of our own with one window of 80 by 24."""

    def __init__(self, folder: Path, command: str, env: dict[str, str]) -> None:
        self._base = ["tmux", "-S", str(folder / "tmux.socket"), "-f", "/dev/null"]
        self._env = {name: value for name, value in env.items() if name != "TMUX"}
        self._run(
            "new-session", "-d", "-x", "80", "-y", "24", "-c", str(folder), f"{command}; exec sleep 600"
        )

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [*self._base, *words], env=self._env, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return done.stdout

    def keys(self, *keys: str) -> None:
        """Type."""
        self._run("send-keys", *keys)

    def text(self) -> str:
        """What is on the screen, and what has scrolled off it."""
        return self._run("capture-pane", "-p", "-S", "-200")

    def wait(self, *texts: str) -> str:
        """Wait until all these texts are there; everything that is there then."""
        deadline = time.monotonic() + PATIENCE
        while not all(text in (seen := self.text()) for text in texts):
            assert time.monotonic() < deadline, f"{texts} did not come; the screen is:\n{seen}"
            time.sleep(0.1)
        return seen

    def close(self) -> None:
        """End the server and all in it."""
        subprocess.run([*self._base, "kill-server"], env=self._env, capture_output=True, check=False)


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Tmux]:
    """virsh's test driver, its machine "test" open in our editor."""
    require("tmux", "virsh")
    env = surroundings(tmp_path / "config.toml", EDITOR=shlex.join(DISKMODE), VISUAL=None)
    commands = "edit test; dumpxml --inactive test"
    tmux = Tmux(tmp_path, f"virsh -c test:///default {shlex.quote(commands)}; echo status=$?", env)
    yield tmux
    tmux.close()


def test_virsh_takes_the_edited_domain(window: Tmux) -> None:
    window.wait("test (virsh", "vda", "snapshot", "help")
    window.keys("s")
    window.wait("1 change ")
    window.keys("C-s")
    window.wait("owner, permissions")
    window.keys("Enter")
    window.wait("Saved", "no changes")
    window.keys("q")
    text = window.wait("status=0")
    assert "XML configuration edited" in text
    assert "<disk type='file' device='disk' snapshot='no'>" in text


def test_virsh_is_told_of_no_change_where_there_is_none(window: Tmux) -> None:
    window.wait("vda", "snapshot", "help")
    window.keys("s")
    window.wait("1 change ")
    window.keys("u")
    window.wait("no changes")
    window.keys("q")
    text = window.wait("status=0")
    assert "XML configuration not changed" in text
    assert "snapshot=" not in text
