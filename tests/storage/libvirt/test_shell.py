"""A virsh that is kept: stopping it is told from its end, and it is not asked again."""

from __future__ import annotations

import subprocess

import pytest

from tui.storage.libvirt.shell import Answers, Shell, Shells, ShellStoppedError


def test_a_shell_that_is_stopped_says_so_and_no_other_is_asked() -> None:
    shells, started = Shells(), []

    def start() -> Shell:
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(["sleep", "60"], stdin=pipe, stdout=pipe, stderr=pipe))
        return Shell(started[-1])

    def stopped(shell: Shell) -> Answers:
        shell.stop()
        return shell.run(["version"], 60, 1000)

    uri, nothing = "qemu+ssh://kvm1/system", Answers([], [])
    assert shells.run(uri, start, lambda _: nothing, again=True) == nothing
    with pytest.raises(ShellStoppedError):
        shells.run(uri, start, stopped, again=True)
    assert len(started) == 1
