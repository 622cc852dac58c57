"""The interrupt key, for programs that tests start."""

from __future__ import annotations

import signal


def hear_interrupts() -> None:
    """For ``preexec_fn``: the child ends at ctrl+c as in a shell, however the tests themselves were started.

    ``pytest &`` in a script starts with SIGINT ignored, and what is ignored stays so through fork and exec.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
