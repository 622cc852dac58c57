"""The host of an audit is called before the words are read: only where an audit will follow."""

from __future__ import annotations

import pytest

from tui import storage
from tui.__main__ import begin

HOST = "ssh://esxi01/vmfs/volumes"


@pytest.mark.parametrize(
    ("words", "called"),
    [((HOST, "--json"), [HOST]), ((HOST, "--help"), []), (("sample_vms",), [])],
)
def test_a_host_is_called_early_for_an_audit_and_never_for_its_help(
    words: tuple[str, ...], called: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(storage, "begin_walk", begun.extend)
    begin(words)
    assert begun == called
