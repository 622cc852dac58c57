"""The first bytes of a file that may be very large, or no file at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_head(path: Path, size: int) -> bytes | None:
    """At most `size` bytes from the start of the regular file at `path`; None where there is none to read.

    Never waits on a FIFO or device, and never raises: what lies beside a machine may be missing.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        return os.read(descriptor, size) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError:
        return None
    finally:
        os.close(descriptor)
