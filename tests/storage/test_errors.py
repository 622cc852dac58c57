import errno
import os
import pickle

import pytest

from tui.storage import ConflictError, ExistsError, MissingError, SaveError, StorageError, UnreadableError
from tui.storage.reasons import COPYING, KINDS, OWNING, READING, SAVING, Reason, reason_for

ALL_REASONS = [reason for table in (READING, SAVING, OWNING, COPYING, KINDS) for reason in table.values()]


def test_an_error_reads_as_path_then_what_then_remedy() -> None:
    assert str(SaveError("a.vmx", "the disk is full", "free some space")) == (
        "a.vmx: the disk is full; free some space"
    )


def test_the_path_is_carried_as_it_is() -> None:
    assert StorageError("a\x1b[31m\n", "x", "y").path == "a\x1b[31m\n"


@pytest.mark.parametrize("kind", [UnreadableError, MissingError, SaveError, ExistsError])
def test_errors_survive_pickling(kind: type[StorageError]) -> None:
    again = pickle.loads(pickle.dumps(kind("p", "w", "r")))
    assert type(again) is kind
    assert (again.path, again.what, again.remedy) == ("p", "w", "r")


def test_a_conflict_survives_pickling_with_its_bytes() -> None:
    again = pickle.loads(pickle.dumps(ConflictError("p", "w", "r", b"now")))
    assert (str(again), again.current) == ("p: w; r", b"now")


@pytest.mark.parametrize("reason", ALL_REASONS)
def test_every_reason_is_two_clauses_that_can_be_joined(reason: Reason) -> None:
    for clause in (reason.what, reason.remedy):
        assert clause and clause[0].islower() and not clause.endswith(".") and ";" not in clause


def test_an_error_no_table_knows_is_told_in_the_systems_words() -> None:
    assert os.strerror(errno.ENOTEMPTY) in reason_for(OSError(errno.ENOTEMPTY, "x"), SAVING).what


def test_an_error_without_a_number_is_told_in_its_own_words() -> None:
    assert "tape torn" in reason_for(OSError("tape torn"), READING).what
