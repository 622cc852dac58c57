from __future__ import annotations

import pytest

from tests.formats.samples import sample, vmx
from tui.disks import DEPENDENT, DISCARDING, INDEPENDENT, UNSUPPORTED, Mode
from tui.formats.vmx import VmxDocument

PRESENT = b'scsi0:0.present = "TRUE"'


def toggled(*lines: bytes, end: bytes = b"\n", last: bytes | None = None) -> bytes:
    """What an independent-persistent disk makes of the lines, without the first two."""
    document = vmx(PRESENT, *lines, end=end, last=last)
    edited = document.with_policy(0, INDEPENDENT)
    assert edited.with_policy(0, DEPENDENT).data == document.data
    return edited.data.removeprefix(b'config.version = "8"' + end + PRESENT + end)


@pytest.mark.parametrize(
    ("line", "inserted"),
    [
        (b'scsi0:0.fileName = "a.vmdk"', b'scsi0:0.mode = "independent-persistent"'),
        (b'scsi0:0.fileName="a.vmdk"', b'scsi0:0.mode="independent-persistent"'),
        (b"scsi0:0.fileName = a.vmdk", b'scsi0:0.mode = "independent-persistent"'),
        (b"scsi0:0.fileName=a.vmdk # the root disk", b'scsi0:0.mode="independent-persistent"'),
        (b'\t scsi0:0.fileName\t= "a.vmdk"', b'\t scsi0:0.mode\t= "independent-persistent"'),
        (b'SCSI0:0.FILENAME = "a.vmdk"', b'SCSI0:0.MODE = "independent-persistent"'),
        (b'Scsi0:0.filename = "a.vmdk"', b'Scsi0:0.mode = "independent-persistent"'),
        (b'scsi0:0.fileName = "a.vmdk"  # the root disk', b'scsi0:0.mode = "independent-persistent"'),
        (b'scsi0:0.fileName = "\x85\xfc\x81\x7c22.vmdk"', b'scsi0:0.mode = "independent-persistent"'),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_one_line_is_inserted_below_the_file_name_in_its_manner(
    line: bytes, inserted: bytes, end: bytes
) -> None:
    assert toggled(line, b"x = 1", end=end) == line + end + inserted + end + b"x = 1" + end


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_file_that_ends_without_a_line_end_ends_so_again(end: bytes) -> None:
    line = b'scsi0:0.fileName = "a.vmdk"'
    assert toggled(line, end=end, last=b"") == line + end + b'scsi0:0.mode = "independent-persistent"'


def test_among_mixed_line_ends_the_file_names_own_counts() -> None:
    data = b"config.version = 8\n" + PRESENT + b"\rscsi0:0.fileName = a.vmdk\r\nx = 1\n"
    assert VmxDocument(data).with_policy(0, INDEPENDENT).data == data.replace(
        b"vmdk\r\n", b'vmdk\r\nscsi0:0.mode = "independent-persistent"\r\n'
    )


def test_a_byte_order_mark_stays_the_files_and_is_not_copied() -> None:
    data = b'\xef\xbb\xbfscsi0:0.fileName = "a.vmdk"\n' + PRESENT + b"\n"
    document = VmxDocument(data)
    edited = document.with_policy(0, INDEPENDENT)
    assert edited.data == data.replace(b'vmdk"\n', b'vmdk"\nscsi0:0.mode = "independent-persistent"\n')
    assert edited.with_policy(0, DEPENDENT).data == data


@pytest.mark.parametrize(
    ("line", "after"),
    [
        (b'scsi0:0.mode = "persistent"', b'scsi0:0.mode = "independent-persistent"'),
        (b'SCSI0:0.Mode="PERSISTENT"# x', b'SCSI0:0.Mode="independent-persistent"# x'),
        (b"scsi0:0.mode = persistent # x", b'scsi0:0.mode = "independent-persistent" # x'),
        (b'scsi0:0.mode = ""', b'scsi0:0.mode = "independent-persistent"'),
        (b"scsi0:0.mode =", b'scsi0:0.mode ="independent-persistent"'),
        (b"scsi0:0.mode = # x", b'scsi0:0.mode = "independent-persistent"# x'),
        (b'scsi0:0.mode = "undoable"', b'scsi0:0.mode = "independent-persistent"'),
        (b'scsi0:0.mode = "bogus word"', b'scsi0:0.mode = "independent-persistent"'),
    ],
)
def test_where_a_mode_stands_only_its_value_gives_way(line: bytes, after: bytes) -> None:
    before = b'x = "\xff"\nfree text\n'
    name = b"scsi0:0.fileName = a.vmdk"
    written = toggled(before.rstrip(b"\n"), line, b"y = 1", name)
    assert written == before + after + b"\ny = 1\n" + name + b"\n"


def test_the_default_is_written_where_a_mode_stands_and_nowhere_else() -> None:
    said = vmx(PRESENT, "scsi0:0.fileName = a.vmdk", 'scsi0:0.mode = "Independent-Persistent"')
    assert said.with_policy(0, DEPENDENT).data == said.data.replace(b"Independent-Persistent", b"persistent")
    unsaid = vmx(PRESENT, "scsi0:0.fileName = a.vmdk")
    assert unsaid.with_modes({0: Mode.PERSISTENT}) is unsaid
    assert unsaid.with_modes({0: Mode.APPEND}).with_modes({0: Mode.PERSISTENT}).data == unsaid.data


@pytest.mark.parametrize("word", ["undoable", "Append", "bogus", "", "PERSISTENT", "independent-persistent "])
def test_off_and_on_again_brings_the_files_own_word_back(word: str) -> None:
    document = vmx(PRESENT, "scsi0:0.fileName = a.vmdk", f'scsi0:0.mode = "{word}"')
    away = document.with_policy(0, DISCARDING).with_policy(0, INDEPENDENT)
    assert away.disks[0].mode == Mode.INDEPENDENT_PERSISTENT
    assert away.with_policy(0, DEPENDENT).data == document.data


@pytest.mark.parametrize("word", ["undoable", "append", "bogus"])
def test_a_word_replaced_by_a_chosen_mode_stays_away(word: str) -> None:
    document = vmx(PRESENT, "scsi0:0.fileName = a.vmdk", f'scsi0:0.mode = "{word}"')
    chosen = document.with_modes({0: Mode.PERSISTENT})
    assert chosen.disks[0].mode_word == "persistent"
    assert chosen.with_policy(0, INDEPENDENT).with_policy(0, DEPENDENT).data == chosen.data


def test_choosing_a_mode_keeps_what_other_disks_remember() -> None:
    document = vmx(
        PRESENT,
        "scsi0:0.fileName = a.vmdk",
        "scsi0:0.mode = undoable",
        "scsi0:1.present = true",
        "scsi0:1.fileName = b.vmdk",
        "scsi0:1.mode = append",
    )
    edited = document.with_policy(1, INDEPENDENT).with_modes({0: Mode.PERSISTENT}).with_policy(1, DEPENDENT)
    assert edited.data == document.data.replace(b"undoable", b'"persistent"')


def test_each_mode_can_be_chosen_by_name() -> None:
    document = vmx(PRESENT, "scsi0:0.fileName = a.vmdk")
    for mode in Mode:
        assert document.with_modes({0: mode}).disks[0].mode == mode


def test_snapshots_without_persistence_has_an_outdated_word_alone() -> None:
    document = vmx(PRESENT, "scsi0:0.fileName = a.vmdk")
    edited = document.with_policy(0, UNSUPPORTED)
    assert edited.disks[0].mode_word == "nonpersistent"
    assert edited.with_policy(0, DEPENDENT).data == document.data


def test_the_outdated_nonpersistent_comes_back_though_it_is_never_newly_set() -> None:
    document = vmx(PRESENT, "scsi0:0.fileName = a.vmdk", "scsi0:0.mode = nonpersistent")
    assert document.with_policy(0, DEPENDENT).with_policy(0, UNSUPPORTED).data == document.data


def test_one_toggle_of_the_windows_1252_sample_adds_one_crlf_line() -> None:
    document = VmxDocument(sample("crlf-windows1252.vmx"))
    index = next(disk.index for disk in document.disks if not disk.locked)
    edited = document.with_policy(index, INDEPENDENT)
    before, after = document.data.split(b"\r\n"), edited.data.split(b"\r\n")
    at = (edited.line_of(f"{document.disks[index].address}.mode")) or 0
    assert after[:at] + after[at + 1 :] == before
    assert after[at].endswith(b'.mode = "independent-persistent"')
    assert edited.data.count(b"\n") == edited.data.count(b"\r\n")


def test_documents_are_values_an_edit_leaves_the_one_it_started_from() -> None:
    document = vmx(PRESENT, "scsi0:0.fileName = a.vmdk")
    data, disks = document.data, document.disks
    document.with_policy(0, INDEPENDENT)
    assert (document.data, document.disks) == (data, disks)
