"""What is remembered of a domain that libvirt keeps: its disks' words, never its text, and back again."""

from __future__ import annotations

import json

import pytest

from tui.history.change import Caller, Change, Outcome, Record
from tui.history.change_lines import begun_line, change_line, read_change
from tui.history.change_store import OpenChange, remembered
from tui.history.domain_words import MovedOnError, words_between, words_put_back
from tui.history.file_names import is_within, lies_in
from tui.history.process import Process
from tui.storage import connect

SECRET = "geheim42"
DISK = (
    "    <disk type='file' device='disk'{}>\n      <source file='/img/{}.qcow2'/>\n"
    "      <target dev='{}' bus='virtio'/>{}\n    </disk>\n"
)


def domain(vda: str = "", vdb: str = "", inside: str = "", image: str = "a", memory: int = 1) -> bytes:
    return (
        f"<domain type='kvm'>\n  <name>web</name>\n  <memory>{memory}</memory>\n  <devices>\n"
        + DISK.format(vda, image, "vda", inside)
        + DISK.format(vdb, "b", "vdb", "")
        + f"    <graphics type='vnc' passwd='{SECRET}'/>\n  </devices>\n</domain>\n"
    ).encode()


OUT = " snapshot='no'"
TRANSIENT = "\n      <transient/>"


def test_words_go_back_into_the_text_that_is_there_now() -> None:
    words = words_between(domain(), domain(OUT, inside=TRANSIENT))
    assert [one.target for one in words.disks] == ["vda"]
    assert words_put_back(domain(OUT, OUT, TRANSIENT, memory=2), words) == domain(vdb=OUT, memory=2)
    assert words_put_back(domain(), words) == domain()


def test_a_disk_that_a_snapshot_gave_an_overlay_is_the_same_disk() -> None:
    words = words_between(domain(), domain(OUT))
    below = (
        b"<source file='/img/a.s1'/><backingStore type='file'><format type='qcow2'/>"
        b"<source file='/img/a.qcow2'/><backingStore/></backingStore>"
    )
    before, after = (one.replace(b"<source file='/img/a.qcow2'/>", below) for one in (domain(), domain(OUT)))
    assert words_put_back(after, words) == before


def test_a_word_that_was_there_comes_back() -> None:
    words = words_between(domain(" snapshot='external'"), domain(OUT))
    assert words_put_back(domain(OUT), words) == domain(" snapshot='external'")


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (domain(" snapshot='manual'"), "vda was changed since: it says snapshot='manual' now"),
        (domain(OUT, inside=TRANSIENT), "it says snapshot='no' <transient/> now"),
        (domain(OUT, image="another"), "vda has another image now"),
        (domain(OUT).replace(b"'vda'", b"'vdz'"), "there is no vda now"),
    ],
)
def test_a_disk_that_moved_on_is_left_as_it_is(now: bytes, says: str) -> None:
    with pytest.raises(MovedOnError, match=says):
        words_put_back(now, words_between(domain(), domain(OUT)))


def test_a_record_says_words_and_digests_and_no_text_and_is_read_again() -> None:
    words = words_between(domain(), domain(OUT))
    record = Record("qemu:///system 1-2", "before", "after", (), Outcome.BEGUN, words)
    line = json.dumps(begun_line(1, record))
    assert SECRET not in line
    assert "/img" not in line
    change = Change("1", Caller.SET, "set", 1.0, Process(1, "h", "1"))
    again = read_change([json.loads(json.dumps(change_line(change))), json.loads(line)])
    assert again is not None
    assert again.records == (record,)
    assert again.shown("qemu:///system 1-2") == "qemu:///system web"
    broken = json.loads(line)
    broken["domain"]["disks"][0][2] = {"nonsense": 1}
    lost = read_change([change_line(change), broken])
    assert lost is not None
    assert lost.records == ()


def test_a_change_of_a_domain_is_written_down_by_its_words() -> None:
    connect("qemu:///system")
    change = OpenChange(Caller.EDITOR, "")
    with change.saving("qemu:///system 1-2", domain(), domain(OUT)):
        pass
    change.end()
    (found,) = remembered().changes
    assert found.records[0].splices == ()
    assert found.records[0].domain == words_between(domain(), domain(OUT))
    changes = remembered()
    assert changes.of_domains("qemu:///system", None) == [found]
    renamed = OpenChange(Caller.EDITOR, "")
    web, mail = (domain(), domain(OUT)), [one.replace(b"web", b"mail") for one in (domain(OUT), domain())]
    for before, after in (mail, web):
        with renamed.saving("qemu:///system a-2", before, after):
            pass
    renamed.end()
    changes = remembered()
    found, renamed_found = changes.changes
    for name, of in (("1-2", [found]), ("A-2", [renamed_found]), ("mail", [renamed_found])):
        assert changes.of_domains("qemu:///system", name) == of
    assert len(changes.of_domains("qemu:///system", "web")) == 2
    assert not changes.of_domains("qemu:///system", "db")
    assert not changes.of_domains("qemu:///session", None)
    assert lies_in("qemu:///system 1-2", "qemu:///system")
    assert is_within(found, "qemu:///system 1-2", "qemu:///system web")
    assert not is_within(found, "qemu:///system 1-2", "qemu:///system mail")
    assert not lies_in("qemu:///system 1-2", "qemu:///sys")
