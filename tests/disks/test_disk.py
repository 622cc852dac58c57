from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.disks import (
    DEPENDENT,
    INDEPENDENT,
    MODES,
    UNSUPPORTED,
    Configuration,
    Device,
    Disk,
    Format,
    Mode,
    Preset,
    UnitAddress,
    effect_of,
    letters,
    near_mode,
    target_name,
)

DISK = Disk(0, UnitAddress("scsi", 0, 1), "sdb", Device.DISK, "scsi", "a.vmdk", DEPENDENT)


@pytest.mark.parametrize(
    ("number", "name"), [(0, "a"), (25, "z"), (26, "aa"), (51, "az"), (52, "ba"), (701, "zz"), (702, "aaa")]
)
def test_letters_count_as_libvirt_counts(number: int, name: str) -> None:
    assert letters(number) == name


@given(st.integers(0, 20_000), st.integers(0, 20_000))
def test_different_numbers_have_different_letters(one: int, other: int) -> None:
    assert (letters(one) == letters(other)) == (one == other)


@pytest.mark.parametrize(
    ("place", "target"),
    [
        (UnitAddress("scsi", 0, 0), "sda"),
        (UnitAddress("scsi", 0, 6), "sdg"),
        (UnitAddress("scsi", 0, 8), "sdh"),
        (UnitAddress("scsi", 0, 15), "sdo"),
        (UnitAddress("scsi", 1, 0), "sdp"),
        (UnitAddress("scsi", 3, 15), "sdbh"),
        (UnitAddress("sata", 0, 29), "sdad"),
        (UnitAddress("sata", 1, 0), "sdae"),
        (UnitAddress("ide", 0, 1), "hdb"),
        (UnitAddress("ide", 1, 0), "hdc"),
        (UnitAddress("nvme", 0, 0), "nvme0n1"),
        (UnitAddress("nvme", 3, 14), "nvme3n15"),
        (UnitAddress("floppy", 0, 1), "fdb"),
        (UnitAddress("usb_xhci", 0, 0), "sda"),
    ],
)
def test_a_place_has_the_target_libvirts_driver_gives_it(place: UnitAddress, target: str) -> None:
    assert target_name(place) == target


def test_no_two_scsi_units_share_a_target_but_the_controllers_own() -> None:
    units = [
        UnitAddress("scsi", controller, unit) for controller in range(4) for unit in range(16) if unit != 7
    ]
    assert len({target_name(place) for place in units}) == 60


@pytest.mark.parametrize(
    ("disk", "name"),
    [
        (DISK, "scsi0:1 (sdb)"),
        (replace(DISK, place=None), "sdb"),
        (replace(DISK, place=None, target=""), "disk 1"),
        (replace(DISK, target=""), "scsi0:1"),
        (replace(DISK, place=UnitAddress("floppy", 0, 1), target="fdb"), "floppy1 (fdb)"),
    ],
)
def test_a_message_names_a_disk_by_what_it_has(disk: Disk, name: str) -> None:
    assert disk.name == name


def test_drives_are_no_disks_and_a_disk_without_source_is_empty() -> None:
    assert [device for device in Device if replace(DISK, device=device).is_disk] == [Device.DISK, Device.LUN]
    assert not DISK.empty
    assert replace(DISK, source="").empty


def test_the_written_mode_counts_before_the_policy() -> None:
    assert DISK.mode == Mode.PERSISTENT
    assert replace(DISK, mode_word="Undoable").mode == Mode.UNDOABLE
    assert replace(DISK, mode_word="bogus").mode is None
    assert replace(DISK, policy=UNSUPPORTED).mode is None


def test_the_effect_is_that_of_the_mode_else_of_the_policy() -> None:
    assert replace(DISK, mode_word="append").effect == MODES[Mode.APPEND].effect
    assert replace(DISK, mode_word=None, policy=INDEPENDENT).effect == effect_of(INDEPENDENT)


def test_an_encrypted_configuration_is_locked_with_what_hides_it() -> None:
    open_one = Configuration(Format.VMX, "web", (DISK,))
    assert open_one.locked is None
    assert replace(open_one, partially_encrypted="vmx.encryptionType").locked is None
    assert "encryption.data" in (replace(open_one, encrypted="encryption.data").locked or "")


def test_a_disk_that_is_locked_meanwhile_has_not_changed() -> None:
    assert replace(DISK, locked="the hypervisor ignores its mode") == DISK


def test_a_mode_that_other_words_contradict_is_not_told() -> None:
    said = replace(DISK, mode_word="independent-persistent")
    assert said.mode == Mode.INDEPENDENT_PERSISTENT
    contradicted = replace(said, contradictions=("snapshot='external' and snapshot_mode=",))
    assert contradicted.mode == Mode.PERSISTENT
    assert contradicted.effect == MODES[Mode.PERSISTENT].effect


@pytest.mark.parametrize(
    ("disk", "word", "covered"),
    [
        (replace(DISK, mode_word="persistent"), "yes", True),
        (replace(DISK, policy=INDEPENDENT), "no", False),
        (replace(DISK, preset=Preset.MANUAL), "manual", False),
        (replace(DISK, mode_word="independent_persistent"), "unknown", None),
        (replace(DISK, bad_preset="snapshot='perhaps'"), "unknown", None),
        (replace(DISK, device=Device.CDROM, mode_word="bogus", policy=INDEPENDENT), "no", False),
    ],
)
def test_what_is_left_to_you_is_not_covered_and_an_unknown_word_says_neither(
    disk: Disk, word: str, covered: bool | None
) -> None:
    assert disk.participation == word
    assert disk.participation.covered is covered
    if covered is None or word == "manual":
        assert disk.effect.startswith({"manual": "Left to you", "unknown": "Not known"}[word])


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("independent_persistent", Mode.INDEPENDENT_PERSISTENT),
        ("independant-persistent", Mode.INDEPENDENT_PERSISTENT),
        ("independent-nonpersistant", Mode.INDEPENDENT_NONPERSISTENT),
        ("persistant", Mode.PERSISTENT),
        ("indep-persistent", Mode.INDEPENDENT_PERSISTENT),
        ("non_persistent", Mode.NONPERSISTENT),
        ("undoabel", Mode.UNDOABLE),
        ("bogus", None),
        ("independent", None),
        ("independant-non", None),
        ("dependent-persistent", None),
        ("unpersistent", Mode.NONPERSISTENT),
        ("inconsistent", None),
        ("x" * 100_000, None),
    ],
)
def test_an_unknown_word_may_be_near_a_known_one(word: str, meant: Mode | None) -> None:
    assert near_mode(word) is meant
