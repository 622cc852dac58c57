"""The accept file: what it takes, what it matches, and what is wrong with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.cli.helpers import vmx
from tui.fleet.accept import AcceptError, accepting, leftovers, read_acceptances
from tui.fleet.judge_file import judge
from tui.fleet.judged import JudgedMachine
from tui.fleet.walk import Candidate

TODAY = date(2026, 6, 1)
MODE = 'scsi0:1.mode = "independent-persistent"'


def judged(folder: Path) -> JudgedMachine:
    (result,) = judge(Candidate(str(vmx(folder, MODE))))
    assert isinstance(result, JudgedMachine)
    return result


def entries(*lines: str) -> bytes:
    return "\n".join(("[[accept]]", *lines)).encode()


@pytest.mark.parametrize(
    "lines",
    [
        ('rule = "not-in-snapshots"',),
        ('rule = "NOT-IN-*"', 'vm = "w?b"'),
        ('rule = "*"', 'disk = "scsi0:1"'),
        ('rule = "*"', 'disk = "SDB"'),
        ('rule = "*snap*"', 'file = "*/web.vmx"', 'vm = "web"', 'disk = "scsi*"'),
        ('rule = "not-in-snapshots"', "expires = 2026-06-01"),
    ],
)
def test_a_fitting_entry_accepts(tmp_path: Path, lines: tuple[str, ...]) -> None:
    found, used = accepting(judged(tmp_path), read_acceptances(entries(*lines, 'reason = "ours"')), TODAY)
    assert [(one.rule, reason) for one, reason in found.accepted if one.disk] == [
        ("not-in-snapshots", "ours")
    ]
    assert "not-in-snapshots" not in {one.rule for one in found.findings}
    assert used == {1}


@pytest.mark.parametrize(
    "lines",
    [
        ('rule = "writes-discarded"',),
        ('rule = "not-in-snapshots"', 'vm = "db"'),
        ('rule = "not-in-snapshots"', 'disk = "scsi0:0"'),
        ('rule = "not-in-snapshots"', 'file = "web.vmx"'),
    ],
)
def test_an_entry_that_fits_nothing_is_a_finding(tmp_path: Path, lines: tuple[str, ...]) -> None:
    acceptances = read_acceptances(entries(*lines, 'reason = "ours"'))
    machine = judged(tmp_path)
    found, used = accepting(machine, acceptances, TODAY)
    assert found == machine
    (one,) = leftovers(acceptances, used, TODAY)
    assert (one.rule, one.severity) == ("accept-unused", "warning")


def test_an_entry_about_a_disk_never_takes_a_finding_on_the_machine(tmp_path: Path) -> None:
    acceptances = read_acceptances(entries('rule = "*"', 'disk = "*"', 'reason = "ours"'))
    found, _ = accepting(judged(tmp_path), acceptances, TODAY)
    assert {one.disk for one in found.findings} == {None}


def test_an_expired_entry_accepts_nothing_and_is_a_finding(tmp_path: Path) -> None:
    lines = ('rule = "not-in-snapshots"', 'reason = "for now"', "expires = 2026-05-31")
    acceptances = read_acceptances(entries(*lines))
    found, used = accepting(judged(tmp_path), acceptances, TODAY)
    assert not found.accepted
    (one,) = leftovers(acceptances, used, TODAY)
    assert one.rule == "accept-expired"
    assert "2026-05-31" in one.message
    assert "for now" in one.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[[accept", "no TOML"),
        (b"\xff", "no TOML"),
        (b"acept = 1", "key acept"),
        (b"version = 2", "version is 2"),
        (b"accept = 1", "no list"),
        (entries('rule = "x"'), "entry 1 has no reason"),
        (entries('reason = "x"'), "entry 1 has no rule"),
        (entries('rule = "x"', 'reason = " "'), "reason of entry 1"),
        (entries('rule = "x"', 'reason = "y"', "vm = 1"), "vm of entry 1"),
        (entries('rule = "x"', 'reason = "y"', 'expires = "soon"'), "expires of entry 1"),
        (entries('rule = "x"', 'reason = "y"', "expires = 2026-01-01T00:00:00"), "expires of entry 1"),
        (entries('rule = "x"', 'reason = "y"', "until = 1"), "key until"),
    ],
)
def test_a_file_that_is_none_says_what_is_wrong(data: bytes, words: str) -> None:
    with pytest.raises(AcceptError, match=words):
        read_acceptances(data)


def test_an_empty_file_accepts_nothing() -> None:
    assert read_acceptances(b"version = 1\n") == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"version = " + b"[" * 100_000, "nested too deep"),
        (b"accept = " + b"{a=" * 100_000, "nested too deep"),
        (b"version = " + b"9" * 100_000, "no TOML file"),
        (b"version = 0x" + b"f" * 100_000, "its version is not 1"),
        (b"version = nan", "its version is not 1"),
        (b'[[accept]]\nrule = "a\x00b"', "no TOML file"),
        (b"\x00", "no TOML file"),
        (b"k" * 100_000 + b" = 1", "it has a key kkk"),
        (b"[[accept]]\n" + b"k" * 100_000 + b" = 1", "entry 1 has a key kkk"),
    ],
    ids=range(9),
)
def test_an_absurd_file_is_told_in_an_ordinary_sentence(data: bytes, said: str) -> None:
    with pytest.raises(AcceptError) as caught:
        read_acceptances(data)
    assert said in caught.value.what
    assert len(caught.value.what) < 200
