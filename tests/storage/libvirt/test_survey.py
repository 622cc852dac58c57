"""What the lists of a connection tell of all its domains, and what is left to be asked of each."""

from __future__ import annotations

from tui.storage.libvirt.domains import LOOKS, ListedDomain, looked
from tui.storage.libvirt.survey import SURVEY, surveyed
from tui.storage.libvirt.virsh import Printed

RUNS, OFF, CRASHED = (
    ListedDomain(f"0000000{number}-0000-0000-0000-000000000000", "x") for number in range(3)
)


def lists(*texts: str) -> list[Printed]:
    return [Printed(b"", text) if text.startswith("error") else Printed(text.encode()) for text in texts]


def asked(known: ListedDomain, *texts: str) -> list[str]:
    return [command[0] for command in surveyed(lists(*texts)).asks(known)]


def test_each_list_that_is_asked_for_is_read() -> None:
    assert len(SURVEY) == 5


def test_a_domain_that_the_lists_tell_of_is_asked_for_its_text_alone() -> None:
    texts = (RUNS.uuid, "", OFF.uuid.upper(), "", "")
    assert asked(RUNS, *texts) == asked(OFF, *texts) == ["dumpxml"]
    whole = surveyed(lists(*texts)).whole(OFF, iter([Printed(b"<domain/>")]))
    assert whole == [Printed(b"<domain/>"), Printed(b"shut off"), Printed(b""), Printed(b""), Printed(b"")]


def test_one_in_another_state_or_in_two_is_asked_for_it() -> None:
    assert asked(CRASHED, RUNS.uuid, "", OFF.uuid, "", "") == ["dumpxml", "domstate"]
    assert asked(RUNS, RUNS.uuid, RUNS.uuid, "", "", "") == ["dumpxml", "domstate"]


def test_one_with_snapshots_or_checkpoints_is_asked_for_their_names() -> None:
    texts = (RUNS.uuid, "", "", RUNS.uuid, RUNS.uuid)
    assert asked(RUNS, *texts) == ["dumpxml", "snapshot-list", "snapshot-list", "checkpoint-list"]
    told = [Printed(text) for text in (b"<domain/>", b"before", b"", b"c1")]
    whole = surveyed(lists(*texts)).whole(RUNS, iter(told))
    assert whole == [told[0], Printed(b"running"), *told[1:]]


def test_where_a_list_is_refused_all_are_asked() -> None:
    assert len(asked(RUNS, *["error: unsupported flags (0x80)"] * 5)) == LOOKS


def test_one_that_runs_with_other_disks_keeps_that_text_where_it_is_asked_for() -> None:
    survey = surveyed(lists(RUNS.uuid, "", OFF.uuid, "", ""), live=True)
    assert [len(survey.asks(one)) for one in (RUNS, OFF)] == [2, 1]
    later = Printed(b"<disk type='file' snapshot='no'><target dev='vda' bus='virtio'/></disk>")
    for now, kept in ((b"<domain id='1'/>" + later.out, 0), (b"<disk type='file'>", 1)):
        assert len(survey.whole(RUNS, iter([later, Printed(now)]))) == LOOKS + kept


def test_of_a_transient_one_what_it_runs_with_is_its_text() -> None:
    transient, survey = RUNS._replace(transient=True), surveyed(lists(RUNS.uuid, "", "", "", ""))
    assert asked(transient, RUNS.uuid, "", "", "", "") == ["dumpxml", "dumpxml"]
    stale, live = Printed(b"<domain><disk snapshot='no'/></domain>"), Printed(b"<domain id='1'/>")
    found = looked("test:///x", transient, None, survey.whole(transient, iter([stale, live])))
    assert (found.data, found.facts.live) == (live.out + b"\n", None)
