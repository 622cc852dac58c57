"""A session on a domain that libvirt keeps: defined, shown as it was stored, told of its next start."""

from __future__ import annotations

import pytest

from tui.app.editor.file_presentation import notice_line, review_of
from tui.disks import Format, HostFacts, Power
from tui.editing import Aspect, Done
from tui.keys.bound import DEFAULT_KEYS
from tui.session import (
    Choices,
    Notice,
    NoticeKind,
    PathQuestion,
    Question,
    QuestionKind,
    Reply,
    Session,
    Work,
    open_reading,
)
from tui.storage import ConflictError, Location, Reading, connect
from tui.storage.libvirt.domains import Domain, ListedDomain
from tui.storage.libvirt.place import LibvirtPlace

URI = "qemu:///system"
TEXT = b"""<domain type='kvm'>
  <name>web.prod</name>
  <devices>
    <disk type='file' device='disk'>
      <source file='/img/a.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
  </devices>
</domain>
"""


def reading_of(data: bytes, *notices: str) -> Reading:
    place = connect(URI)
    source = Domain(URI, ListedDomain("1-2", "web.prod"), data, HostFacts(URI, power=Power.OFF, uri=URI))
    return Reading(Location(place, "web.prod"), data, True, None, "1-2", source=source, notices=notices)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    reading = reading_of(TEXT)
    monkeypatch.setattr(LibvirtPlace, "beside", lambda *_: reading.source)
    opened = open_reading(reading, Choices())
    assert isinstance(opened, Session)
    assert isinstance(opened.editing.toggle(Aspect.SNAPSHOT, 0), Done)
    return opened


def saved(session: Session, monkeypatch: pytest.MonkeyPatch, stored: Reading | Exception) -> object:
    def save(*_: object, **__: object) -> Reading:
        if isinstance(stored, Exception):
            raise stored
        return stored

    monkeypatch.setattr(LibvirtPlace, "save", save)
    asked = session.save()
    assert isinstance(asked, Question)
    assert (asked.kind, asked.about) == (QuestionKind.DEFINE, f"{URI} web.prod")
    work = session.answered(asked, Reply.SAVE)
    assert isinstance(work, Work)
    return session.finished(work, work.run())


STORED = TEXT.replace(b"<disk ", b"<disk snapshot='no' ")
EDITED = TEXT.replace(b"device='disk'", b"device='disk' snapshot='no'")


def test_what_libvirt_stores_as_it_was_given_is_only_told(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = saved(session, monkeypatch, reading_of(EDITED, "it runs: the change is there at its next start"))
    assert isinstance(told, Notice)
    assert told.kind is NoticeKind.SAVED
    assert told.doubt == "It runs: the change is there at its next start."
    assert not session.editing.is_changed


def test_what_libvirt_words_in_its_own_way_is_shown_as_a_diff_and_is_the_text_from_then_on(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = saved(session, monkeypatch, reading_of(STORED, "it runs"))
    assert isinstance(shown, Question)
    assert (shown.kind, shown.replies, shown.about) == (QuestionKind.STORED, (), "It runs.")
    changed = [(line.sign.value, line.text.strip()) for line in shown.lines if line.sign.value in "+-"]
    assert changed == [
        ("-", "<disk type='file' device='disk'>"),
        ("+", "<disk snapshot='no' type='file' device='disk'>"),
    ]
    assert session.editing.machine.document.data == STORED
    assert session.accepted == STORED
    assert not session.editing.is_changed
    assert isinstance(session.editing.undo(), Done)
    assert session.editing.machine.document.data == TEXT


def test_an_edit_made_while_it_was_defined_stays(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LibvirtPlace, "save", lambda *_, **__: reading_of(STORED))
    asked = session.save()
    assert isinstance(asked, Question)
    work = session.answered(asked, Reply.SAVE)
    assert isinstance(work, Work)
    outcome = work.run()
    session.editing.undo()
    session.finished(work, outcome)
    assert session.editing.machine.document.data == TEXT
    assert session.editing.is_changed


def test_what_somebody_else_defined_meanwhile_is_a_conflict_and_a_copy_is_a_file(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = TEXT.replace(b"<devices>", b"<memory>2</memory><devices>")
    asked = saved(session, monkeypatch, ConflictError(f"{URI} web.prod", "it has been changed", "", other))
    assert isinstance(asked, Question)
    assert asked.kind is QuestionKind.CONFLICT
    copy = session.answered(asked, Reply.COPY)
    assert isinstance(copy, PathQuestion)
    assert copy.suggested == "web.prod-edited.xml"
    assert session.editing.is_changed


def test_a_transient_domain_is_read_only(session: Session) -> None:
    reading = session.reading._replace(writable=False, why_not="it is a transient domain")
    opened = open_reading(reading, Choices())
    assert isinstance(opened, Session)
    assert opened.is_read_only


def test_what_is_said_of_a_domain_calls_it_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = notice_line(Notice(NoticeKind.FILE_GONE, "web"), session.origin, DEFAULT_KEYS)
    assert told == "The domain is gone: web. Your text is still here."
    asked = saved(session, monkeypatch, ConflictError(f"{URI} web", "it has been changed", "", TEXT + b"\n"))
    assert isinstance(asked, Question)
    review = review_of(asked, Format.DOMAIN_XML, session.origin, DEFAULT_KEYS)
    assert review.title == "The domain changed"
    assert review.sentences[0].startswith("Somebody changed the domain since it was read.")
    gone = saved(session, monkeypatch, ConflictError(f"{URI} web", "it is gone", "", None))
    assert isinstance(gone, Question)
    review = review_of(gone, Format.DOMAIN_XML, session.origin, DEFAULT_KEYS)
    assert (review.title, *review.sentences) == (
        "The domain is gone",
        "The domain is gone; somebody undefined it.",
    )
    leaving = session.leave()
    assert isinstance(leaving, Question)
    sentences = review_of(leaving, Format.DOMAIN_XML, session.origin, DEFAULT_KEYS).sentences
    assert sentences[0] == "These changes are not in the domain:"
