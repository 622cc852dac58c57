"""The query language: what a term looks at, and what it says of one it cannot read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.helpers import vmx
from tui.fleet.globs import glob_pattern
from tui.fleet.judge_file import judge
from tui.fleet.judged import JudgedMachine
from tui.fleet.query import Query, QueryError, QueryRow, parse
from tui.fleet.walk import Candidate


@pytest.fixture
def row(tmp_path: Path) -> QueryRow:
    path = vmx(tmp_path, 'scsi0:1.mode = "independent-persistent"', display="Web 01")
    (result,) = judge(Candidate(str(path)))
    assert isinstance(result, JudgedMachine)
    return QueryRow(replace(result, path="/vms/web.vmx"), result.configuration.disks[1])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "mode:indep",
        "MODE:Independent-Persistent",
        "mode:*persistent",
        "vm:web",
        'vm:"web 01"',
        '"web 01"',
        "vm:web* mode:indep",
        "disk:scsi0:1",
        "disk:sdb",
        "topic:migration",
        "topic:backup -topic:hygiene",
        "source:*_1.vmdk",
        "disk:web_1.vmdk",
        "scsi0:1",
        "rule:not-in",
        "path:web.vmx",
        "snapshot:no persistent:yes",
        "hypervisor:work",
        "-vm:db",
        "-mode:nonpersistent",
        "-mode:persistent",
        "-zzz",
    ],
)
def test_a_row_fits(row: QueryRow, text: str) -> None:
    assert parse(text).fits(row)


@pytest.mark.parametrize(
    "text",
    [
        "mode:persistent",
        "vm:db",
        "vm:web mode:undoable",
        "vm:eb*",
        "-vm:web",
        "disk:scsi0:0",
        "rule:legacy",
        "snapshot:yes",
        "nowhere",
        "-scsi0:1",
    ],
)
def test_a_row_does_not_fit(row: QueryRow, text: str) -> None:
    assert not parse(text).fits(row)


@pytest.mark.parametrize(
    ("text", "words"),
    [("moed:x", "no field moed; there are vm, disk"), ('vm:"web', "quote"), ("vm:", "nothing follows")],
)
def test_what_cannot_be_read_is_told(text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        parse(text)


def test_a_machines_own_row_has_its_own_findings(row: QueryRow) -> None:
    own = QueryRow(row.judged, None)
    assert parse("rule:mixed-modes").fits(own)
    assert not parse("mode:indep").fits(own)
    assert not parse("snapshot:no").fits(own)


def test_no_terms_fit_everything(row: QueryRow) -> None:
    assert parse("") == Query()


def test_what_looks_like_a_pattern_is_text(row: QueryRow) -> None:
    assert not parse("vm:[w]eb").fits(row)
    assert not parse("vm:w.b").fits(row)


def test_what_is_left_to_you_and_what_nobody_knows_are_asked_for_by_their_words(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    source = "<source file='/a'/><target dev='vda'/>"
    path.write_text(
        f"<domain type='kvm'><devices><disk snapshot='manual'>{source}</disk>"
        f"<disk snapshot='perhaps'>{source}</disk><disk>{source}</disk></devices></domain>"
    )
    (result,) = judge(Candidate(str(path)))
    assert isinstance(result, JudgedMachine)
    rows = [QueryRow(result, disk) for disk in result.configuration.disks]
    told = {
        word: [row.disk.index for row in rows if row.disk and parse(f"snapshot:{word}").fits(row)]
        for word in ("manual", "unknown", "no", "yes")
    }
    assert told == {"manual": [0], "unknown": [1], "no": [0], "yes": [2]}


@pytest.mark.parametrize(
    ("glob", "fits"),
    [
        ("[scratch01] *", True),
        ("[[]scratch01] *", True),
        ("[SCRATCH*", True),
        ("*/web*.vmdk", True),
        ("[scratch02] *", False),
        ("[a-z]scratch*", False),
    ],
)
def test_a_datastores_brackets_are_its_own_in_queries_and_accept_files(glob: str, fits: bool) -> None:
    source = "[scratch01] web/web_2.vmdk"
    assert (glob_pattern(glob).match(source) is not None) is fits
    assert glob_pattern("[ab]*").match("beta")
    assert not glob_pattern("[ab]*").match("gamma")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("topic:nonsense", "topic: is never nonsense; it is one of snapshot, backup, migration, hygiene"),
        ("snapshot:excluded", "it is one of yes, no, manual, unknown"),
        ("persistent:true", "it is one of yes, no"),
        ("hypervisor:kvm", "it is one of esxi, workstation, qemu, other"),
        ("-is:skiped", "is: is never skiped"),
        ("-rule:legacy-mdoe", "did you mean legacy-mode?; diskmode rules lists"),
        ("accepted:nonsense", "accepted: no rule is called nonsense; diskmode rules lists them"),
    ],
)
def test_a_word_that_a_field_of_few_words_never_has_is_told_of(text: str, said: str) -> None:
    with pytest.raises(QueryError, match=re.escape(said)):
        parse(text)
