"""Which process wrote something down, and whether it still runs."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path
from typing import NamedTuple

# A zombie: it has ended, and its parent has not asked how.
_ENDED = "Z"


class Process(NamedTuple):
    """A process: its ``pid``, its ``host``, and when it ``started`` in the kernel's own count ("": unknown).

    A pid alone may have been given to another process since.
    """

    pid: int
    host: str
    started: str = ""

    @property
    def runs(self) -> bool | None:
        """Whether it still does; None: it is another machine's, or the system has no way to ask."""
        if self.host != platform.node() or os.name != "posix":
            return None
        try:
            os.kill(self.pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            pass  # it is another person's
        state, started = _state(self.pid)
        return state != _ENDED and (not started or not self.started or started == self.started)


@cache
def this_process() -> Process:
    """The process we are, as others find it written down."""
    return Process(os.getpid(), platform.node(), _state(os.getpid())[1])


def _state(pid: int) -> tuple[str, str]:
    """Fields 3 and 22 of proc_pid_stat(5), behind the name, which may hold spaces and parentheses."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return fields[0].decode("ascii"), fields[19].decode("ascii")
    except (OSError, IndexError, UnicodeDecodeError):
        return "", ""
