"""Which signals a screen hears before they end it."""

from __future__ import annotations

import signal
import sys

import pytest

from tui.app import endings

# Those that no handler hears, that end nothing, that Python ignores, and that a faulty instruction brings.
_OTHERS = (
    *("SIGKILL", "SIGSTOP", "SIGCHLD", "SIGCONT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH"),
    *("SIGPIPE", "SIGXFSZ", "SIGILL", "SIGSEGV", "SIGBUS", "SIGFPE"),
)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other signals")
def test_every_signal_that_would_end_a_screen_is_heard() -> None:
    others = {getattr(signal, name) for name in _OTHERS}
    before = {one: signal.getsignal(one) for one in signal.valid_signals() - others}
    with endings.endings() as found:
        heard = {one for one in before if signal.getsignal(one) == found.heard}
    ignored = {one for one, handler in before.items() if handler is signal.SIG_IGN}
    assert set(before) == heard | ignored
