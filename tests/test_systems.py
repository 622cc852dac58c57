"""The program where a system has less than Linux: modules and calls are hidden from a fresh interpreter."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import platformdirs
import pytest

from tui import posix
from tui.editing import Aspect
from tui.session import Choices, Question, QuestionKind, Session, open_reading
from tui.settings import own_folder
from tui.storage import not_kept_at, read, save

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_vms"
VMX = b'.encoding = "UTF-8"\nscsi0.present = "TRUE"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\n'

# Windows has none of these; macOS lacks the second list.
OF_POSIX = (
    *("chown", "fchown", "lchown", "fchmod", "link", "geteuid", "getuid", "getegid", "getgid", "getgroups"),
    *("getpgrp", "getsid", "killpg", "fork", "statvfs", "fstatvfs", "pathconf", "umask", "ST_RDONLY"),
    *("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_NOFOLLOW", "O_DIRECTORY"),
)
OF_LINUX = ("listxattr", "getxattr", "setxattr", "removexattr", "sched_getaffinity", "pidfd_open")
MODULES = ("fcntl", "termios", "tty", "pty", "resource", "pwd", "grp", "curses", "_curses")
SIGNALS = ("SIGTSTP", "SIGWINCH", "SIGHUP", "SIGKILL", "SIGCHLD")

# Python's own library, and platformdirs, were chosen for this system: they take what they need of it before.
_HIDE = """
import asyncio, multiprocessing, os, pathlib, platformdirs, shutil, signal, subprocess, sys, tempfile
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in {modules!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
for name in {modules!r}:
    sys.modules.pop(name, None)
for name in {calls!r}:
    if hasattr(os, name):
        delattr(os, name)
os.process_cpu_count = os.cpu_count  # as os.py itself has it (3.13) where there is no affinity to ask
for name in {signals!r}:
    delattr(signal, name)
"""
_COMMAND = """
from tui.cli import main
main(sys.argv[1:])
"""
# Textual takes its driver for Unix here, which Windows has not: one that needs no terminal stands for that.
_EDITOR = """
import asyncio
os.environ["TEXTUAL_DRIVER"] = "textual.drivers.headless_driver:HeadlessDriver"
from tui.app.app import DiskmodeApp
from tui.app.textual_insides import LeanDriver, can_suspend, driver_for
from tui.session import open_reading
from tui.session.choices import Choices
from tui.storage import read
from textual.drivers.headless_driver import HeadlessDriver
from tests.standing import painted, standing

async def main(path):
    app = DiskmodeApp(open_reading(read(path), Choices()))
    assert driver_for(HeadlessDriver) is HeadlessDriver
    async with app.run_test(size=(110, 30)) as pilot:
        for key in ("s", "ctrl+s"):
            await pilot.press(key)
            await standing(app)
        print("\\n".join(
            "".join(part.text for part in line) for line in painted(app)
        ))
        assert not can_suspend(app)
        app.action_suspend_process()
        await pilot.press("enter")
        await standing(app)
asyncio.run(main(sys.argv[1]))
"""


def without(
    script: str, *words: str, modules: tuple[str, ...] = MODULES, calls: tuple[str, ...] = OF_POSIX + OF_LINUX
) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter from which these are hidden."""
    signals = SIGNALS if "killpg" in calls else ()
    hide = _HIDE.format(modules=modules, calls=calls, signals=signals)
    return subprocess.run(
        [sys.executable, "-c", hide + script, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def vmx(folder: Path) -> Path:
    path = folder / "web.vmx"
    path.write_bytes(VMX)
    return path


def test_show_convert_and_audit_need_nothing_of_posix(tmp_path: Path) -> None:
    sample = str(SAMPLES / "esxi8-web01.vmx")
    for words in (("show", sample), ("show", "--json", sample), ("convert", sample, "--to", "xml")):
        here = subprocess.run(
            [sys.executable, "-m", "tui", *words], cwd=ROOT, capture_output=True, text=True, check=False
        )
        there = without(_COMMAND, *words)
        assert (there.returncode, there.stdout, there.stderr) == (here.returncode, here.stdout, here.stderr)
    for number in range(70):  # more than are read in one process
        (tmp_path / f"vm{number:02}.vmx").write_bytes(VMX)
    audit = without(_COMMAND, "audit", str(tmp_path), "--format", "jsonl", "--fail-on", "never")
    assert audit.returncode == 0, audit.stderr
    assert all(f"vm{number:02}.vmx" in audit.stdout for number in range(70))


def test_set_saves_by_rename_and_says_before_what_it_cannot_keep(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    done = without(_COMMAND, "set", str(path), "scsi0:0", "--no-snapshot", "--backup")
    assert done.returncode == 0, done.stderr
    assert b'scsi0:0.mode = "independent-persistent"' in path.read_bytes()
    assert (tmp_path / "web.vmx~").read_bytes() == VMX
    assert sorted(one.name for one in tmp_path.iterdir()) == ["web.vmx", "web.vmx~"]
    first, second = done.stderr.splitlines()[:2]
    assert "the owner, mode, access lists and extended attributes of a file cannot be kept" in first
    assert "is now" in second
    undone = without(_COMMAND, "undo", str(path), "--yes")
    assert undone.returncode == 0, undone.stderr
    assert "cannot be kept" in undone.stderr.splitlines()[0]


def test_set_each_and_an_overwritten_file_tell_it_too(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    done = without(_COMMAND, "set", "--each", str(tmp_path), "--where", "*", "--no-snapshot", "--yes")
    assert done.returncode == 0, done.stderr
    assert "cannot be kept" in done.stderr
    out = without(_COMMAND, "set", str(path), "all", "--snapshot", "--out", str(path), "--force")
    assert out.returncode == 0, out.stderr
    assert "cannot be kept" in out.stderr
    new = without(_COMMAND, "set", str(path), "all", "--snapshot", "--out", str(tmp_path / "new.vmx"))
    assert new.returncode == 0, new.stderr
    assert "cannot be kept" not in new.stderr


def test_what_macos_lacks_is_said_and_owner_and_mode_are_kept(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    path.chmod(0o640)
    done = without(
        _COMMAND, "set", str(path), "all", "--no-snapshot", modules=("curses", "_curses"), calls=OF_LINUX
    )
    assert done.returncode == 0, done.stderr
    assert "the access lists and extended attributes of a file cannot be kept" in done.stderr
    assert path.stat().st_mode & 0o777 == 0o640


def test_here_everything_is_kept_and_nothing_is_said(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    assert read(path).not_kept is None
    assert save(read(path), VMX + b"\n").not_kept is None
    assert not_kept_at(path) is None


def test_the_editor_runs_saves_and_says_in_its_review_what_is_lost(tmp_path: Path) -> None:
    path = vmx(tmp_path)
    done = without(_EDITOR, str(path))
    assert done.returncode == 0, done.stderr
    shown = " ".join(done.stdout.replace("│", " ").split())
    assert "! On this system the owner, mode, access lists and extended attributes of a file" in shown
    assert "owner, permissions and links stay" not in shown
    assert b'scsi0:0.mode = "independent-persistent"' in path.read_bytes()


def test_a_session_says_what_is_lost_wherever_it_may_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posix, "not_kept", lambda: "something is lost")
    session = open_reading(read(vmx(tmp_path)), Choices())
    assert isinstance(session, Session)
    session.editing.toggle(Aspect.SNAPSHOT, 0)
    for step in (session.save(), session.leave()):
        assert isinstance(step, Question)
        assert step.kind in (QuestionKind.SAVE, QuestionKind.LEAVE)
        assert step.not_kept == "something is lost"


# The calls themselves


def test_macos_is_asked_to_empty_the_disks_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[int, int]] = []
    known = SimpleNamespace(F_FULLFSYNC=51, fcntl=lambda descriptor, what: asked.append((descriptor, what)))
    monkeypatch.setattr(posix, "fcntl", known)
    posix.flush(7)
    assert asked == [(7, 51)]

    def refused(descriptor: int, what: int) -> None:
        raise OSError(errno.ENOTSUP, "no")

    flushed: list[int] = []
    monkeypatch.setattr(posix, "fcntl", SimpleNamespace(F_FULLFSYNC=51, fcntl=refused))
    monkeypatch.setattr(os, "fsync", flushed.append)
    posix.flush(8)
    assert flushed == [8]


def test_a_path_of_windows_is_split_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert posix.slashes("a\\b/c") == "a\\b/c"
    monkeypatch.setattr(os, "sep", "\\")
    assert posix.slashes("C:\\vms\\web.vmx") == "C:/vms/web.vmx"


@pytest.mark.parametrize("told", [True, False])
def test_a_process_is_waited_for_with_and_without_word_of_its_end(
    monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    if not told:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    with subprocess.Popen(["sh", "-c", "read line; exit 3"], stdin=subprocess.PIPE) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            posix.status_of(process, 0.01)
        assert process.stdin is not None
        process.stdin.close()
        assert posix.status_of(process, 60) == 3


def test_a_signal_without_a_name_is_called_by_its_number() -> None:
    assert posix.signal_name(9) == "SIGKILL"
    assert posix.signal_name(200) == "signal 200"


_OURS = {
    "user_config_dir": ("XDG_CONFIG_HOME", ".config"),
    "user_state_dir": ("XDG_STATE_HOME", ".local/state"),
}


@pytest.mark.parametrize("home", [None, "", "/", "/home/ada", "/home/ada/", "relative"])
@pytest.mark.parametrize("base", [None, "", "/srv/ada", "relative", "~/of-shell"])
@pytest.mark.parametrize("function", _OURS)
def test_our_folders_are_where_platformdirs_has_them(
    monkeypatch: pytest.MonkeyPatch, home: str | None, base: str | None, function: str
) -> None:
    variable, below = _OURS[function]
    for name, value in (("HOME", home), (variable, base)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert own_folder(variable, below, function) == getattr(platformdirs, function)("diskmode")
