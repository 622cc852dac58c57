"""Which process wrote something down, and whether it still runs."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

# A zombie: it has ended, and its parent has not asked how.
_ENDED = "Z"
_LARGEST_PID = (1 << 31) - 1  # of pid_t
_LAST_MOMENT = 253_402_000_000.0  # in the year 9999, the last that a date can have


class Process(NamedTuple):
    """A process: its ``pid``, its ``host``, and when it ``started`` in the kernel's own count ("": unknown).

    A pid alone may have been given to another process since.
    """

    pid: int
    host: str
    started: str = ""

    def as_json(self) -> dict[str, Any]:
        """What a line of JSON holds of it; ``from_json`` reads it."""
        return {"pid": self.pid, "host": self.host, "started": self.started}

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> Process:
        """What :meth:`as_json` told. Raises KeyError and ValueError for anything else."""
        match line["pid"], line["host"], line["started"]:
            case int(pid), str(host), str(started) if 0 < pid <= _LARGEST_PID:
                return cls(pid, host, started)
        raise ValueError("not a process")

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


def moment(value: object) -> float:
    """A time in seconds since 1970, as a line told it. Raises ValueError for what no calendar has."""
    if not isinstance(value, int | float) or not 0 <= value <= _LAST_MOMENT:
        raise ValueError("not a time")
    return float(value)


def _state(pid: int) -> tuple[str, str]:
    """Fields 3 and 22 of proc_pid_stat(5), behind the name, which may hold spaces and parentheses."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return fields[0].decode("ascii"), fields[19].decode("ascii")
    except (OSError, IndexError, UnicodeDecodeError):
        return "", ""
