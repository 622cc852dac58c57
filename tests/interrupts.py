"""The interrupt key, for programs that tests start."""

from __future__ import annotations

import signal


def hear_interrupts() -> None:
    """For ``preexec_fn``: the child ends at ctrl+c as in a shell, however the tests themselves were started.

    ``pytest &`` in a script starts with SIGINT and SIGQUIT ignored, ``nohup pytest`` with SIGHUP, and what is
    ignored stays so through fork and exec.
    """
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
