"""The host of an audit is called before the words are read: only where an audit will follow."""

from __future__ import annotations

import re

import click
import pytest

from tui import storage
from tui.__main__ import PLAIN_OPTIONS, begin
from tui.cli.audit import command

HOST = "ssh://esxi01/vmfs/volumes"


@pytest.mark.parametrize(
    ("words", "called"),
    [
        ((HOST,), [HOST]),
        ((HOST, "--format", "json", "/mnt"), [HOST]),
        (("--format=json", "--exclude", HOST, "--summary", HOST.upper()), [HOST.upper()]),
        ((HOST, "--help"), []),
        ((HOST, "--format", "jsno"), []),
        ((HOST, "--formta", "json"), []),
        ((HOST, "--format"), []),
        ((HOST, "--summary=x"), []),
        ((HOST, "--jobs", "0"), []),
        ((HOST, "-o", "out"), []),
        (("sample_vms",), []),
    ],
)
def test_a_host_is_called_early_for_an_audit_and_never_for_its_help_or_a_mistyped_word(
    words: tuple[str, ...], called: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(storage, "begin_walk", begun.extend)
    begin(words)
    assert begun == called


@pytest.mark.parametrize("name", PLAIN_OPTIONS)
def test_what_is_called_early_is_what_the_audit_takes(name: str) -> None:
    (option,) = (one for one in command.params if name in one.opts)
    assert isinstance(option, click.Option)
    pattern = PLAIN_OPTIONS[name]
    assert option.is_flag == (pattern is None)
    if isinstance(option.type, click.Choice):
        taken = {one for one in option.type.choices if re.fullmatch(str(pattern), one)}
        assert "|".join(sorted(taken)) == "|".join(sorted(str(pattern).split("|")))
    if isinstance(option.type, click.IntRange):
        fitting = [one for one in range(1000) if re.fullmatch(str(pattern), str(one))]
        assert {option.type.convert(one, option, None) for one in fitting} == set(fitting)
