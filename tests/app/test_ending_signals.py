"""Which signals a screen hears before they end it."""

from __future__ import annotations

import signal
import sys
import time

import pytest

from tui.app import endings

# Those that no handler hears, that end nothing, that Python ignores, and that a faulty instruction brings.
_OTHERS = (
    *("SIGKILL", "SIGSTOP", "SIGCHLD", "SIGCONT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH"),
    *("SIGPIPE", "SIGXFSZ", "SIGILL", "SIGSEGV", "SIGBUS", "SIGFPE"),
)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other signals")
def test_every_signal_that_would_end_a_screen_is_handled() -> None:
    others = {getattr(signal, name) for name in _OTHERS}
    before = {one: signal.getsignal(one) for one in signal.valid_signals() - others}
    with endings.endings() as found:
        heard = {one for one in before if signal.getsignal(one) == found.handle}
    ignored = {one for one, handler in before.items() if handler is signal.SIG_IGN}
    assert set(before) == heard | ignored


def test_a_terminal_that_is_gone_counts_as_one_hang_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(endings, "_PATIENCE", 0.01)
    found = endings.Endings()
    monkeypatch.setattr(found, "_give_up", lambda: ended.append("given up"))
    found.close = lambda: ended.append("closed")
    found.cut_off()
    found.cut_off()
    found.handle(1, None)
    assert found.error().status == 129
    for _ in range(1000):
        if len(ended) == 2:
            break
        time.sleep(0.01)
    assert sorted(ended) == ["closed", "given up"], "the signal behind it adds nothing"
