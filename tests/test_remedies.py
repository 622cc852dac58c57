"""What mends a finding: tried before it is offered, and the safe ones all at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.machines import xml_bytes
from tests.scenes import SAMPLES
from tui.app.editor.disk_rows import DiskRows
from tui.app.widgets.disk_columns import columns_for, line_of
from tui.disks import HostFacts, Power, Sidecars, Snapshots
from tui.editing import Editing, Refusal, edit, mended, remedy_of
from tui.formats.text_diff import changed_parts
from tui.machine import Machine, machine_in
from tui.rules import Hypervisor
from tui.rules.remedies import SAFELY_MENDED, offers
from tui.rules.ways import ways

FILES = sorted(path for path in SAMPLES.rglob("*") if path.suffix in (".vmx", ".xml"))


def _machine(text: str) -> Machine:
    return machine_in(f'config.version = "8"\nscsi0.present = "TRUE"\n{text}'.encode())


def _domain(disks: str) -> Machine:
    return machine_in(f"<domain type='kvm'><name>a</name><devices>{disks}</devices></domain>".encode())


def _disk(target: str, said: str = "", inside: str = "") -> str:
    return (
        f"<disk type='file' device='disk'{said}><driver name='qemu' type='qcow2'/>"
        f"<source file='/i/{target}.qcow2'/><target dev='{target}' bus='virtio'/>{inside}</disk>"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_offered_may_be_made_mends_and_loses_no_way(path: object) -> None:
    machine = machine_in(path.read_bytes(), domain="1" if path.suffix == ".xml" else None)  # type: ignore[attr-defined]
    for finding in machine.findings:
        offer = remedy_of(machine, machine, finding)
        if offer is None:
            continue
        outcome = edit(machine, machine, offer.change, offer.disks)
        assert not isinstance(outcome, Refusal)
        assert (finding.rule, finding.disk) not in {(one.rule, one.disk) for one in outcome.findings}
        before, after = (ways(one.configuration, one.hypervisor) for one in (machine, outcome))
        kinds = [(was, now) for was, now in zip(before, after, strict=True) if was.way.kind is None]
        assert all(now.works or not was.works for was, now in kinds), offer


def test_a_word_nearly_known_and_a_shared_disk_are_mended_at_once_and_one_undo_takes_that_back() -> None:
    text = "".join(
        f'scsi0:{unit}.present = "TRUE"\nscsi0:{unit}.fileName = "{unit}.vmdk"\n' for unit in range(3)
    )
    machine = _machine(
        text + 'scsi0:1.mode = "independant-persistent"\nscsi0:2.sharing = "multi-writer"\n'
        'virtualHW.version = "20"\nvmx.log.keepOld = "3"\n'
    )
    editing = Editing(replace(machine, chosen=Hypervisor.ESXI))
    remedies = mended(editing.machine, editing.found)
    assert {one.rule for one in remedies.taken} <= SAFELY_MENDED
    editing.take(remedies)
    assert [disk.shown_mode for disk in editing.disks][1:] == ["independent-persistent"] * 2
    editing.undo()
    assert editing.machine.document.data == machine.document.data


def test_what_only_a_person_can_want_is_offered_and_never_taken_with_the_others() -> None:
    machine = machine_in((SAMPLES / "esxi8-web01.vmx").read_bytes())
    (finding,) = [one for one in machine.findings if one.rule == "not-in-snapshots"]
    offer = remedy_of(machine, machine, finding)
    assert offer is not None
    assert (offer.words, offer.safe) == ("take it in", False)
    assert mended(machine, machine).taken == ()


def test_snapshots_refused_for_a_transient_disk_are_mended_as_the_planner_says() -> None:
    machine = _domain(_disk("vda") + _disk("vdb", inside="<transient/>"))
    refused = [one for one in machine.findings if one.rule == "snapshots-refused"]
    for finding in refused:
        offer = remedy_of(machine, machine, finding)
        assert offer is not None
        assert "vdb" in offer.words
    for finding in machine.findings:
        assert all(offer.words for offer in offers(machine.configuration, finding))


@pytest.mark.parametrize(
    ("was", "now", "parts"),
    [
        ('a.mode = "persistent"', 'a.mode = "append"', ("persistent", "append")),
        ("<disk>", "<disk snapshot='no'>", ("", " snapshot='no'")),
        ("one", "two", ("one", "two")),
        ("a.x = 1", "a.x = 12", ("1", "12")),
    ],
)
def test_of_a_changed_line_the_words_that_differ_are_known(
    was: str, now: str, parts: tuple[str, str]
) -> None:
    found = changed_parts(was, now)
    whole = found == ((0, 0), (0, 0))
    told = (
        (was, now)
        if whole
        else tuple(text[slice(*part)] for text, part in zip((was, now), found, strict=True))
    )
    assert told == parts


@given(st.text("ab-_. ='", max_size=12), st.text("ab-_. ='", max_size=12))
def test_outside_the_words_that_differ_two_lines_are_the_same(was: str, now: str) -> None:
    (a, b), (c, d) = changed_parts(was, now)
    if (a, b, c, d) != (0, 0, 0, 0):
        assert was[:a] == now[:c]
        assert was[b:] == now[d:]
        assert a <= b
        assert c <= d


def test_a_row_has_a_place_for_lock_snapshots_and_power_that_never_moves() -> None:
    machine = machine_in((SAMPLES / "esxi8-web01.vmx").read_bytes())
    columns = columns_for((), 80)
    plain = replace(machine, sidecars=Sidecars())
    host = HostFacts("esx1", power=Power.RUNNING)
    held = replace(machine, sidecars=Sidecars(snapshots=Snapshots(2), host=host))
    lines = []
    for one in (plain, held):
        row = DiskRows().of(Editing(one), [0])[0]
        lines.append("".join(span.text for span in line_of(row, columns, here=False)))
    assert [line[-8:-2] for line in lines] == ["      ", "L S R "]
    assert lines[0][:-8] == lines[1][:-8]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_mending_all_is_offered_where_it_takes_something(path: object) -> None:
    machine = machine_in(path.read_bytes(), domain="1" if path.suffix == ".xml" else None)  # type: ignore[attr-defined]
    assert Editing(machine).can_mend == bool(mended(machine, machine).taken)


def test_with_many_disks_no_remedy_is_tried_at_a_key_press() -> None:
    many = Editing(machine_in(xml_bytes(64)))
    assert many.can_mend, "a finding with remedies is enough"
    assert not many._remedies[1], "none was tried"
