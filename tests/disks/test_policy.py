from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import policies
from tui.disks import (
    DEPENDENT,
    DISCARDING,
    INDEPENDENT,
    MODES,
    UNSUPPORTED,
    Mode,
    Policy,
    effect_of,
    mode_named,
    mode_of,
    parse_mode,
)


@pytest.mark.parametrize(
    ("policy", "mode"),
    [
        (DEPENDENT, Mode.PERSISTENT),
        (INDEPENDENT, Mode.INDEPENDENT_PERSISTENT),
        (DISCARDING, Mode.INDEPENDENT_NONPERSISTENT),
        (UNSUPPORTED, None),
    ],
)
def test_each_supported_policy_has_one_mode_and_no_outdated_one(policy: Policy, mode: Mode | None) -> None:
    assert mode_of(policy) == mode


def test_snapshots_without_persistence_is_the_one_unsupported_policy() -> None:
    assert [
        policy for policy in (DEPENDENT, INDEPENDENT, DISCARDING, UNSUPPORTED) if not policy.supported
    ] == [UNSUPPORTED]


@given(policies)
def test_a_mode_says_the_policy_it_was_found_for(policy: Policy) -> None:
    mode = mode_of(policy)
    assert (mode is None) == (not policy.supported)
    if mode is not None:
        assert MODES[mode].policy == policy


@pytest.mark.parametrize(
    ("mode", "policy"),
    [(Mode.UNDOABLE, DEPENDENT), (Mode.NONPERSISTENT, UNSUPPORTED), (Mode.APPEND, DEPENDENT)],
)
def test_an_outdated_mode_is_read_and_marked(mode: Mode, policy: Policy) -> None:
    assert MODES[mode].legacy
    assert MODES[mode].policy == policy


def test_the_mode_table_has_every_mode_once_and_short_labels_of_17_columns_at_most() -> None:
    assert set(MODES) == set(Mode)
    assert len({facts.label for facts in MODES.values()}) == len(MODES)
    assert all(len(facts.short) <= 17 for facts in MODES.values())


@given(st.sampled_from(Mode), st.sampled_from((str.upper, str.title, str.swapcase)))
def test_letter_case_of_a_mode_does_not_count(mode: Mode, manner: st.SearchStrategy[str]) -> None:
    assert parse_mode(manner(mode.value)) == mode  # type: ignore[operator]


@pytest.mark.parametrize(
    "word", ["independent_persistent", "independent-persistent ", " persistent", "dependent"]
)
def test_what_vmware_does_not_take_as_a_mode_is_none(word: str) -> None:
    assert parse_mode(word) is None


def test_an_empty_mode_is_the_default() -> None:
    assert parse_mode("") == Mode.PERSISTENT


@pytest.mark.parametrize(
    "word",
    [
        "independent-persistent",
        "independent_persistent",
        "IndependentPersistent",
        "Independent - Persistent",
        "INDEPENDENT-PERSISTENT",
    ],
)
def test_a_person_names_a_mode_in_any_products_words(word: str) -> None:
    assert mode_named(word) == Mode.INDEPENDENT_PERSISTENT


@pytest.mark.parametrize(
    ("word", "mode"),
    [
        ("Dependent", Mode.PERSISTENT),
        ("Persistent", Mode.PERSISTENT),
        ("IndependentNonPersistent", Mode.INDEPENDENT_NONPERSISTENT),
        ("Undoable (outdated)", Mode.UNDOABLE),
        ("nonpersistent", Mode.NONPERSISTENT),
        ("", None),
        ("-", None),
        ("independent", None),
    ],
)
def test_other_words_a_person_may_name(word: str, mode: Mode | None) -> None:
    assert mode_named(word) == mode


def test_the_effect_is_told_for_every_policy_differently() -> None:
    effects = {effect_of(policy) for policy in (DEPENDENT, INDEPENDENT, DISCARDING, UNSUPPORTED)}
    assert len(effects) == 4
    assert "no hypervisor" in effect_of(UNSUPPORTED)
