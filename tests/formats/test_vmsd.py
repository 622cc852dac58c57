"""A VM's record of its snapshots, whole, stale, empty and broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.samples import sample
from tui.disks import Snapshots
from tui.formats.errors import FormatError
from tui.formats.vmsd import read_vmsd

TWO = (
    b'snapshot.numSnapshots = "2"\n'
    b'snapshot.current = "7"\n'
    b'snapshot0.uid = "3"\n'
    b'snapshot0.displayName = "old"\n'
    b'snapshot0.disk0.node = "scsi0:0"\n'
    b'snapshot1.uid = "7"\n'
    b'snapshot1.displayName = "new|22"\n'
    b'snapshot1.disk0.node = "SCSI0:1"\n'
    b'snapshot1.disk1.node = "nvme0:0"\n'
    b'snapshot11.disk0.node = "sata0:0"\n'
)


def covering(data: bytes) -> Snapshots:
    """What is said of the current snapshot; the newest has tests of its own."""
    return replace(read_vmsd(data), newest=None, taken=None)


def test_the_sample_covers_two_disks() -> None:
    found = covering(sample("delta-snapshots/delta-snapshots.vmsd"))
    assert found == Snapshots(2, "after upgrade", frozenset({"scsi0:0", "scsi0:1"}))


def test_the_current_snapshot_is_found_by_its_uid_and_covers_its_own_nodes() -> None:
    assert covering(TWO) == Snapshots(2, 'new"', frozenset({"scsi0:1", "nvme0:0"}))


@pytest.mark.parametrize(
    ("count", "covered"),
    [
        ("2", {"scsi0:1", "nvme0:0"}),
        ("1", {"scsi0:1"}),  # what else is listed was left behind
        ("0", set()),
        ("3", None),  # one that it counts is not listed
        ("many", {"scsi0:1", "nvme0:0"}),
    ],
)
def test_a_snapshot_covers_as_many_disks_as_it_says(count: str, covered: set[str] | None) -> None:
    nodes = covering(TWO + f'snapshot1.numDisks = "{count}"\n'.encode()).nodes
    assert nodes == (None if covered is None else frozenset(covered))


def test_a_snapshot_that_says_nothing_of_disks_covers_nothing_known() -> None:
    assert covering(TWO.replace(b"snapshot1.disk", b"x")).nodes is None


@pytest.mark.parametrize(
    ("lines", "clones"),
    [
        (b"", 0),
        (b'snapshot0.numClones = "1"\nsnapshot1.numClones = "2"\nsnapshot7.numClones = "4"\n', 3),
        (b'snapshot0.numClones = "-1"\nsnapshot1.numClones = "many"\n', 0),
    ],
)
def test_the_linked_clones_of_snapshots_are_counted(lines: bytes, clones: int) -> None:
    assert read_vmsd(TWO + lines).clones == clones


def test_all_names_are_known() -> None:
    assert read_vmsd(TWO).names == ("old", 'new"')
    assert read_vmsd(TWO.replace(b"snapshot0.displayName", b"x")).names == ('new"',)


def test_a_snapshot_without_a_name_is_called_by_its_number() -> None:
    assert read_vmsd(TWO.replace(b"snapshot1.displayName", b"x")).current == "snapshot 2"


@pytest.mark.parametrize("data", [b"", b" \r\n\n", b'.encoding = "UTF-8"\n'])
def test_a_record_of_nothing_is_a_vm_without_snapshots(data: bytes) -> None:
    assert covering(data) == Snapshots(0)


def test_the_count_is_trusted_and_not_what_else_was_left_behind() -> None:
    assert covering(TWO.replace(b'"2"', b'"0"', 1)) == Snapshots(0)


def test_a_current_snapshot_beyond_the_count_is_left_over_and_none() -> None:
    assert covering(TWO.replace(b'"2"', b'"1"', 1)) == Snapshots(1)


@pytest.mark.parametrize("current", [b'"0"', b'"99"', b'""'])
def test_a_current_snapshot_that_is_not_there_covers_nothing_known(current: bytes) -> None:
    assert covering(TWO.replace(b'"7"', current, 1)) == Snapshots(2)


def test_a_huge_count_costs_nothing() -> None:
    assert read_vmsd(TWO.replace(b'"2"', b'"999999999"', 1)).count == 999_999_999


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\0\0\0\0", "no text"),
        (b"PK\x03\x04 and so on", "no key"),
        (b'snapshot0.uid = "1"\n', "how many"),
        (b'snapshot.numSnapshots = "many"\n', "many"),
        (b'snapshot.numSnapshots = "-1"\n', "-1"),
        (b'snapshot.numSnapshots = ""\n', '""'),
        ('snapshot.numSnapshots = "٣"\n'.encode(), "number of snapshots"),
        (b'snapshot.numSnapshots = "1234567890"\n', "1234567890"),
        (b'snapshot.numSnapshots = "' + b"9" * 100 + b'"\n', '"99999999999999999999"'),
    ],
)
def test_a_record_that_does_not_tell_is_refused_with_the_reason(data: bytes, what: str) -> None:
    with pytest.raises(FormatError) as error:
        read_vmsd(data)
    assert what in error.value.what


@given(st.binary(max_size=300), st.sampled_from([b"", TWO, b'snapshot.numSnapshots = "']))
def test_any_bytes_are_read_or_refused(rest: bytes, start: bytes) -> None:
    try:
        assert read_vmsd(start + rest).count >= 0
    except FormatError as error:
        assert error.what


def test_the_newest_is_the_one_taken_last_wherever_it_is_listed() -> None:
    lines = [b'snapshot.numSnapshots = "2"']
    for place, low in ((0, -5), (1, 7)):
        lines += [
            b'snapshot%d.displayName = "n%d"' % (place, place),
            b'snapshot%d.createTimeHigh = "396000"' % place,
            b'snapshot%d.createTimeLow = "%d"' % (place, low),
        ]
    found = read_vmsd(b"\n".join(lines))
    assert found.newest == "n0"
    assert found.taken == datetime(2023, 11, 24, 7, 35, 44, 183291, UTC)
    assert read_vmsd(b"\n".join(lines[:4]).replace(b"396000", b"0")).taken is None
    untimed = read_vmsd(b"\n".join(line for line in lines if b"Time" not in line))
    assert (untimed.newest, untimed.taken) == ("n1", None)
