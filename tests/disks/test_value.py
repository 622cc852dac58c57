"""Values that are not frozen at run time are values all the same."""

from __future__ import annotations

import pickle
from dataclasses import fields, replace
from typing import Any

import pytest

from tests.formats.samples import ALL_SAMPLES, sample
from tui.disks import DEPENDENT, Disk
from tui.disks.value import replaced
from tui.formats.opening import open_document


def test_what_is_made_of_the_same_bytes_is_equal_and_hashed_alike() -> None:
    for name in ALL_SAMPLES:
        one, other = (open_document(sample(name)).configuration for _ in range(2))
        assert one == other
        assert [hash(disk) for disk in one.disks] == [hash(disk) for disk in other.disks]


def test_it_goes_to_another_process_and_is_changed_by_making_another() -> None:
    disk = open_document(sample(ALL_SAMPLES[0])).disks[0]
    assert pickle.loads(pickle.dumps(disk)) == disk
    assert replace(disk, target="other") != disk
    assert disk.target != "other"
    assert not hasattr(disk, "__dict__"), "slots"
    assert {one.name for one in fields(Disk)} >= {"index", "policy", "locked"}


def test_replaced_gives_what_replace_gives() -> None:
    for disk in (one for name in ALL_SAMPLES for one in open_document(sample(name)).disks):
        changes: dict[str, Any] = {"preset": None, "policy": DEPENDENT, "mode_word": None, "locked": "held"}
        one, other = replaced(disk, **changes), replace(disk, **changes)
        assert (one, one.locked) == (other, "held")
        assert (one.mode, one.participation) == (other.mode, other.participation), "worked out anew"
    with pytest.raises(KeyError):
        replaced(disk, moode=None)
