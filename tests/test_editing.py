"""Editing one machine: changes, refusals and remedies, history, marks, previews, what a save would change."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenes import SAMPLES
from tui.disks import (
    DEPENDENT,
    DISCARDING,
    DOCUMENT_FORMATS,
    INDEPENDENT,
    UNSUPPORTED,
    Device,
    Disk,
    Format,
    Mode,
    Policy,
    Preset,
    Spelling,
)
from tui.editing import (
    Aspect,
    Done,
    DoneKind,
    Editing,
    PolicyChange,
    Refusal,
    View,
    cautions_of,
    edit,
    turn_of,
)
from tui.formats.errors import EditError
from tui.formats.text_diff import Sign
from tui.machine import Machine, machine_in
from tui.rules import Hypervisor, Severity

WEB, KVM, GSX = "esxi8-web01.vmx", "kvm-app01.xml", "gsx-legacy.vmx"


def _editing(name: str, domain: str | None = None) -> Editing:
    return Editing(machine_in((SAMPLES / name).read_bytes(), domain=domain))


@pytest.mark.parametrize(
    ("wanted", "policy"),
    [
        (PolicyChange(), DEPENDENT),
        (PolicyChange(snapshot=False), INDEPENDENT),
        (PolicyChange(persistent=False), UNSUPPORTED),
        (PolicyChange(snapshot=False, persistent=False), DISCARDING),
        (PolicyChange(policy=DISCARDING, snapshot=True), DISCARDING),
        (PolicyChange(mode=Mode.INDEPENDENT_PERSISTENT), INDEPENDENT),
        (PolicyChange(preset=Preset.NO), INDEPENDENT),
        (PolicyChange(preset=Preset.MANUAL), DEPENDENT),
        (PolicyChange(no_preset=True), DEPENDENT),
    ],
)
def test_a_change_sets_the_aspects_it_names_and_leaves_the_others(
    wanted: PolicyChange, policy: Policy
) -> None:
    assert wanted.policy_for(_editing(WEB).disks[0]) == policy


def test_an_edit_of_several_disks_is_done_wholly_or_not_at_all() -> None:
    editing = _editing(WEB)
    outcome = editing.make(PolicyChange(snapshot=False), (0, 2))
    assert isinstance(outcome, Refusal)
    assert "locked" in outcome.reason
    assert not editing.is_changed


def test_a_refusal_names_the_rule_its_source_and_a_remedy_that_works() -> None:
    editing = _editing(WEB)
    outcome = editing.toggle(Aspect.PERSISTENT, 0)
    assert isinstance(outcome, Refusal)
    assert outcome.findings[0].rule == "snapshot-without-persistence"
    assert outcome.findings[0].source
    assert outcome.remedy is not None
    assert not editing.is_changed
    assert isinstance(editing.accept(outcome), Done)
    assert editing.disks[0].policy == DISCARDING


def test_a_refusal_without_a_remedy_stays_one_when_it_is_accepted() -> None:
    editing = _editing(WEB)
    locked = editing.toggle(Aspect.SNAPSHOT, 2)
    assert isinstance(locked, Refusal)
    assert editing.accept(locked) is locked


def test_the_other_remedy_keeps_the_writes() -> None:
    editing = _editing(KVM)
    outcome = editing.toggle(Aspect.SNAPSHOT, 2)
    assert isinstance(outcome, Refusal)
    assert outcome.remedy is not None
    assert "keep its writes" in outcome.remedy.offer
    editing.accept(outcome)
    assert editing.disks[2].policy == DEPENDENT


@pytest.mark.parametrize("mode", [Mode.UNDOABLE, Mode.NONPERSISTENT, Mode.APPEND])
@pytest.mark.parametrize("name", [WEB, KVM])
def test_an_outdated_mode_is_never_newly_set(mode: Mode, name: str) -> None:
    editing = _editing(name)
    assert isinstance(editing.set_mode(mode, 0), Refusal)
    assert not editing.is_changed


def test_an_outdated_mode_the_file_had_may_be_brought_back() -> None:
    editing = _editing(GSX)
    index = next(disk.index for disk in editing.disks if disk.mode is Mode.UNDOABLE)
    assert isinstance(editing.set_mode(Mode.PERSISTENT, index), Done)
    assert isinstance(editing.set_mode(Mode.UNDOABLE, index), Done)
    assert not editing.is_changed


def test_marked_disks_that_differ_go_the_safe_way_or_the_one_that_is_said() -> None:
    editing = _editing(WEB)
    editing.marked = {0, 1, 2, 3}
    turn = editing.turn(Aspect.SNAPSHOT, 3)
    assert (turn.value, turn.locked) == (None, 1)  # scsi0:1 is out, two are in, the drive is locked
    assert isinstance(editing.toggle(Aspect.SNAPSHOT, 3), Done)
    assert editing.changed_disks == {1}
    editing.undo()
    assert isinstance(editing.toggle(Aspect.SNAPSHOT, 3, value=False), Done)
    assert [editing.disks[index].policy for index in (0, 1, 3)] == [INDEPENDENT] * 3
    assert editing.changed_disks == {0, 3}


def test_a_preset_is_set_and_taken_away_again() -> None:
    editing = _editing(KVM)
    assert isinstance(editing.set_preset(Preset.EXTERNAL, 0), Done)
    assert editing.disks[0].preset is Preset.EXTERNAL
    assert isinstance(editing.set_preset(None, 0), Done)
    assert editing.disks[0].preset is None
    assert not editing.is_changed


def test_asking_whether_a_change_would_be_refused_changes_nothing() -> None:
    editing = _editing(WEB)
    before = editing.machine
    assert editing.refusal_of(PolicyChange(snapshot=False), 0) is None
    assert isinstance(editing.refusal_of(PolicyChange(persistent=False), 0), Refusal)
    assert isinstance(editing.refusal_of(PolicyChange(snapshot=False), 2), Refusal)
    assert editing.machine is before


def test_what_changes_nothing_leaves_no_trace_in_the_history() -> None:
    editing = _editing(WEB)
    assert editing.make(PolicyChange(snapshot=True), (0,)) == Done(DoneKind.UNCHANGED, "Nothing to change.")
    assert editing.undo() is None


def test_a_new_edit_forgets_what_was_undone() -> None:
    editing = _editing(WEB)
    editing.toggle(Aspect.SNAPSHOT, 0)
    editing.undo()
    editing.toggle(Aspect.SNAPSHOT, 3)
    assert editing.redo() is None


@settings(deadline=None, max_examples=40)
@given(
    name=st.sampled_from((WEB, KVM, GSX, "mixed-quotes.xml", "crlf-windows1252.vmx")),
    steps=st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(("snapshot", "persistent", "remedy", "undo", "redo"))),
        max_size=12,
    ),
)
def test_undoing_everything_gives_the_original_bytes_and_redoing_the_last_ones(
    name: str, steps: list[tuple[int, str]]
) -> None:
    editing = _editing(name)
    original = editing.machine.document.data
    refusal: Refusal | None = None
    for number, step in steps:
        index = number % len(editing.disks)
        if step in ("undo", "redo"):
            getattr(editing, step)()
        elif step == "remedy" and refusal is not None:
            editing.accept(refusal)
        elif step != "remedy":
            outcome = editing.toggle(Aspect(step), index)
            refusal = outcome if isinstance(outcome, Refusal) else None
    last = editing.machine.document.data
    undone = 0
    while isinstance(editing.undo(), Done):
        undone += 1
    assert editing.machine.document.data == original
    assert not editing.changed_disks
    for _ in range(undone):
        editing.redo()
    assert editing.machine.document.data == last


@pytest.mark.parametrize("name", [WEB, KVM])
@pytest.mark.parametrize("kind", DOCUMENT_FORMATS)
def test_the_signs_of_a_preview_are_where_its_text_differs(name: str, kind: Format) -> None:
    editing = _editing(name)
    before = editing.machine.text(kind).lines
    assert all(row.sign is Sign.SAME for row in editing.preview(kind, View.WHOLE, 0))
    assert editing.preview(kind, View.DIFF, 0) == []
    editing.toggle(Aspect.SNAPSHOT, 0)
    rows = editing.preview(kind, View.WHOLE, 0)
    assert [row.text for row in rows] == list(editing.machine.text(kind).lines)
    signed = [row for row in rows if row.sign is not Sign.SAME]
    assert signed
    assert Counter(row.text for row in signed) == Counter(row.text for row in rows) - Counter(before)
    assert {row.disk for row in signed} == {0}


def test_the_view_of_one_disk_has_its_lines_and_no_others() -> None:
    editing = _editing(WEB)
    rows = editing.preview(Format.VMX, View.DISK, 1)
    assert rows
    assert {row.disk for row in rows} == {1}
    assert any("esxi8-web01_1.vmdk" in row.text for row in rows)
    assert editing.preview(Format.VMX, View.DISK, -1) == []


def test_a_review_tells_what_a_save_changes_and_after_it_nothing() -> None:
    editing = _editing(WEB)
    editing.toggle(Aspect.SNAPSHOT, 0)
    added = [line.text for line in editing.review() if line.sign is Sign.ADDED]
    assert added == ['scsi0:0.mode = "independent-persistent"']
    written = editing.machine
    editing.toggle(Aspect.SNAPSHOT, 3)
    editing.saved(written)
    assert editing.changed_disks == {3}
    editing.saved(editing.machine)
    assert editing.review() == []
    assert not editing.is_changed
    editing.undo()
    assert editing.is_changed


def test_an_edit_of_one_disk_marks_no_other_as_changed() -> None:
    editing = _editing("duplicate-keys.vmx")
    assert isinstance(editing.toggle(Aspect.SNAPSHOT, 1), Done)
    assert editing.changed_disks == {1}


def test_judging_for_another_hypervisor_changes_findings_and_no_byte() -> None:
    editing = _editing(WEB)
    assert editing.machine.hypervisor is Hypervisor.ESXI
    found = editing.machine.findings
    editing.judge_for(Hypervisor.QEMU)
    assert editing.machine.findings != found
    assert not editing.is_changed
    editing.judge_for(None)
    assert editing.machine.findings == found


def test_a_spelling_counts_for_the_next_edit() -> None:
    editing = _editing(KVM)
    editing.spell_in(Spelling.ATTRIBUTES)
    assert not editing.is_changed
    editing.toggle(Aspect.SNAPSHOT, 0)
    assert any("persistent='yes'" in line.text for line in editing.review())


def test_an_edit_of_no_disk_is_no_change() -> None:
    machine = _editing(WEB).machine
    outcome = edit(machine, machine, PolicyChange(snapshot=False), ())
    assert not isinstance(outcome, Refusal)
    assert outcome.document.data == machine.document.data


def test_an_undo_that_fails_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    editing = _editing(WEB)
    before = editing.machine.document.data
    editing.toggle(Aspect.SNAPSHOT, 0)
    document = type(editing.machine.document)

    def failing(*_: object) -> None:
        raise EditError("on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(document, "with_edits", failing)
        with pytest.raises(EditError):
            editing.undo()
    assert editing.is_changed
    assert isinstance(editing.undo(), Done)
    assert editing.machine.document.data == before


# Which way a key turns several disks

_OUT, _IN, _DISCARDING = (Disk(0, None, "vda", Device.DISK, "virtio", "a", policy) for policy in (
    INDEPENDENT, DEPENDENT, DISCARDING
))  # fmt: skip
_MANUAL = Disk(0, None, "vda", Device.DISK, "virtio", "a", DEPENDENT, preset=Preset.MANUAL)


@pytest.mark.parametrize(
    ("aspect", "disks", "value", "said"),
    [
        (Aspect.SNAPSHOT, [_OUT, _OUT], True, "take 2 disks in"),
        (Aspect.SNAPSHOT, [_IN] * 5, False, "leave 5 disks out"),
        (Aspect.SNAPSHOT, [_MANUAL], False, "leave 1 disk out"),
        (Aspect.SNAPSHOT, [_OUT, _MANUAL], True, "take 1 disk in; 1 left to you or unknown: m changes it"),
        (Aspect.PERSISTENT, [_OUT, _IN], False, "discard the writes of 2 disks at power-off"),
        (Aspect.PERSISTENT, [_DISCARDING], True, "keep the writes of 1 disk"),
    ],
)
def test_disks_that_are_alike_are_turned_to_what_none_of_them_is(
    aspect: Aspect, disks: list[Disk], value: bool, said: str
) -> None:
    turn = turn_of(aspect, disks)
    assert turn.value is value
    assert turn.effect_words(value) == said


def test_where_disks_differ_a_person_says_which_way_whatever_comes_first() -> None:
    disks = [_IN] * 44 + [_OUT] * 2
    for order in (disks, disks[::-1]):
        turn = turn_of(Aspect.SNAPSHOT, order, locked=3)
        assert turn.value is None
        assert turn.effect_words(True) == "take 2 disks in; 44 are in already; 3 locked"
        assert turn.effect_words(False) == "leave 44 disks out; 2 are out already; 3 locked"
        assert len(turn.changing(True)) == 2
    mixed = turn_of(Aspect.PERSISTENT, [_IN, _DISCARDING])
    assert mixed.value is None
    assert mixed.effect_words(True) == "keep the writes of 1 disk; 1 is kept already"


def test_taking_a_disk_in_writes_no_word_that_libvirt_refuses_and_goes_back_to_the_bytes() -> None:
    text = (
        b"<domain type='kvm'><name>a</name><devices><disk type='file' device='disk' "
        b"snapshot='no' persistent='yes'><source file='/a'/>"
        b"<target dev='vda' bus='virtio'/></disk></devices></domain>"
    )
    machine = machine_in(text)
    taken = edit(machine, machine, PolicyChange(snapshot=True), (0,))
    assert isinstance(taken, Machine)
    assert b"snapshot=" not in taken.document.data
    assert not [one for one in taken.findings if one.severity is Severity.ERROR]
    assert not cautions_of(machine, machine, taken)
    back = edit(taken, machine, PolicyChange(snapshot=False), (0,))
    assert isinstance(back, Machine)
    assert back.document.data == text


def test_an_error_that_an_edit_brings_is_told_with_it() -> None:
    text = (
        b"<domain type='kvm'><name>a</name><devices><disk type='file' device='disk' snapshot='no'>"
        b"<source file='/a'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
    )
    machine = replace(machine_in(text), spelling=Spelling.ATTRIBUTES)
    taken = edit(machine, machine, PolicyChange(snapshot=True), (0,))
    assert isinstance(taken, Machine)
    errors = {one.rule for one in taken.findings if one.severity is Severity.ERROR}
    assert {one.rule for one in cautions_of(machine, machine, taken)} >= errors


def test_what_the_edits_bring_are_new_errors_and_what_to_mind_and_nothing_the_file_had() -> None:
    editing = Editing(machine_in((SAMPLES / "kvm-app01.xml").read_bytes()))
    assert not editing.brought
    editing.spell_in(Spelling.ATTRIBUTES)
    editing.toggle(Aspect.SNAPSHOT, 1)
    assert [(one.rule, one.severity, one.disk) for one in editing.brought] == [
        ("snapshot-yes", Severity.ERROR, 1)
    ]
    assert editing.undo() is not None
    assert not editing.brought
