"""Runs libvirtd and takes in what it leaves behind: ``python daemon.py [USER]``.

A QEMU puts itself into the background, and libvirt waits until it is gone. The first process of a container
may need seconds to take in a dead one; so this process, which Linux gives them to instead, does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

_SET_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, prctl(2)


def main(user: str | None = None) -> None:
    """Until the daemon ends: when this process is ended, or by itself a minute after its last client."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    daemon = subprocess.Popen(["libvirtd", "-t", "60"], user=user)
    signal.signal(signal.SIGTERM, lambda *_: daemon.send_signal(signal.SIGTERM))
    while os.wait()[0] != daemon.pid:
        pass
    for left in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        os.kill(int(left), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
