"""What is offered while a query is typed, and what it makes of the line when it is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.fleet_helpers import vm
from tui.fleet import query_completion
from tui.fleet.judge_file import judge
from tui.fleet.judged import JudgedMachine
from tui.fleet.query import ABOUT, FIELDS, QueryError, QueryRow, parse
from tui.fleet.query_completion import Completing, Completion, Typed
from tui.fleet.walk import Candidate


@pytest.fixture
def rows(tmp_path: Path) -> list[QueryRow]:
    vm(tmp_path, "db01", None, "independent-persistent", None)
    vm(tmp_path, "web01", "persistent", "independent-nonpersistent", title="web 01")
    found: list[QueryRow] = []
    for path in sorted(tmp_path.iterdir()):
        (judged,) = judge(Candidate(str(path)))
        assert isinstance(judged, JudgedMachine)
        found += [QueryRow(judged, disk) for disk in judged.configuration.disks]
    return found


def offered(rows: list[QueryRow], text: str, **saved: str) -> list[tuple[str, int | None]]:
    found = Completing(rows, saved).completions(Typed(text, len(text)))
    return [(one.term, one.rows) for one in found]


def test_every_field_is_offered_first_each_with_what_it_looks_into(rows: list[QueryRow]) -> None:
    assert [term for term, _ in offered(rows, "")] == [f"{name}:" for name in FIELDS]
    assert set(ABOUT) == set(FIELDS)
    assert offered(rows, "mo")[0] == ("mode:", None)


def test_then_its_values_with_how_many_rows_have_them(rows: list[QueryRow]) -> None:
    assert offered(rows, "mode:") == [
        ("mode:persistent", 3),
        ("mode:independent-nonpersistent", 1),
        ("mode:independent-persistent", 1),
    ]
    assert offered(rows, "mode:nonp") == [("mode:independent-nonpersistent", 1)]
    assert offered(rows, "VM:") == [("vm:db01", 3), ('vm:"web 01"', 2)]
    assert offered(rows, "bogus:") == []


def test_values_are_counted_among_the_rows_the_other_terms_leave(rows: list[QueryRow]) -> None:
    assert offered(rows, "vm:db01 mode:") == [("mode:persistent", 2), ("mode:independent-persistent", 1)]
    assert offered(rows, "-vm:db01 is:") == [("is:disk", 2), ("is:skipped", 1)]
    assert offered(rows, 'vm:"left open mode:') == []


def test_a_bare_word_finds_words_of_modes_rules_and_states(rows: list[QueryRow]) -> None:
    assert offered(rows, "skip") == [("is:skipped", 2)]
    assert ("rule:not-in-snapshots", 1) in offered(rows, "not-in")
    assert ("mode:independent-persistent", 1) in offered(rows, "indep")


def test_saved_filters_are_offered_by_name_and_stand_for_their_terms(rows: list[QueryRow]) -> None:
    saved = {"mine": "is:skipped vm:db*", "loop": "@loop", "lost": "@gone"}
    assert offered(rows, "@mi", **saved) == [("@mine", 1)]
    assert offered(rows, "mi", **saved)[-1] == ("@mine", 1)
    assert ("@loop", None) in offered(rows, "@", **saved)
    assert [parse("@mine", saved).fits(row) for row in rows].count(True) == 1
    assert [parse("-@mine is:disk", saved).fits(row) for row in rows].count(True) == 4
    for text, said in (("@loop", "made of itself"), ("@lost", "no saved filter @gone; there are @mine")):
        with pytest.raises(QueryError, match=said):
            parse(text, saved)
    with pytest.raises(QueryError, match="the settings"):
        parse("@any")


@pytest.mark.parametrize(
    ("text", "cursor", "term", "then"),
    [
        ("", 0, "mode:", "mode:|"),
        ("mo", 2, "mode:", "mode:|"),
        ("mode:ind", 8, "mode:persistent", "mode:persistent |"),
        ("-mode:ind", 9, "mode:persistent", "-mode:persistent |"),
        ("vm:a mo vm:b", 7, "mode:", "vm:a mode:| vm:b"),
        ("vm:a is:l vm:b", 9, "is:locked", "vm:a is:locked| vm:b"),
        ('vm:"web 0', 9, 'vm:"web 01"', 'vm:"web 01" |'),
        ("vm:a ", 5, "@mine", "vm:a @mine |"),
    ],
)
def test_what_is_taken_stands_in_the_place_of_what_was_typed(
    text: str, cursor: int, term: str, then: str
) -> None:
    taken = Typed(text, cursor).taking(Completion(term))
    assert f"{taken.text[: taken.cursor]}|{taken.text[taken.cursor :]}" == then


@pytest.mark.parametrize("name", ["a\x1b[2Jb c", 'say "yes"', "\u202etxt", "plain", "two words", "[x]\x07"])
def test_a_value_that_cannot_be_typed_is_offered_so_that_it_fits_all_the_same(
    rows: list[QueryRow], name: str
) -> None:
    judged = rows[0].judged
    named = replace(judged, configuration=replace(judged.configuration, name=name))
    row = QueryRow(named, rows[0].disk)
    (one,) = Completing([row]).completions(Typed("vm:", 3))
    assert one.term.isprintable()
    assert parse(one.term).fits(row)


def test_where_not_every_row_was_counted_that_is_said(
    rows: list[QueryRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_completion, "MOST_COUNTED", 2)
    (one,) = Completing(rows).completions(Typed("is:disk", 7))
    assert one == Completion("is:disk", one.about, 2, more=True)
    assert not any(found.more for found in Completing(rows[:2]).completions(Typed("is:", 3)))
