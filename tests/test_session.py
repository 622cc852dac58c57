"""One file open for editing: every interleaving of a person, the disk and somebody else, as values."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import cast

import pytest

from tests.scenes import SAMPLES
from tui.disks import Sidecars
from tui.editing import Aspect, Done, Refusal
from tui.machine import machine_in
from tui.rules import Hypervisor
from tui.session import (
    Arrival,
    Choices,
    Doing,
    Leave,
    Notice,
    NoticeKind,
    PathQuestion,
    Question,
    QuestionKind,
    Reply,
    Session,
    SeveralDomains,
    Step,
    Work,
    open_reading,
)
from tui.storage import Reading, read, save

DISK = (
    'config.version = "8"',
    'scsi0.present = "TRUE"',
    'scsi0:0.present = "TRUE"',
    'scsi0:0.fileName = "a.vmdk"',
    'scsi0:1.present = "TRUE"',
    'scsi0:1.fileName = "b.vmdk"',
)
FIRST = b"<domain type='kvm'><name>one</name><uuid>11111111-2222-3333-4444-555555555555</uuid>%s</domain>"
SECOND = b"<domain type='kvm'><name>two</name><uuid>66666666-7777-8888-9999-000000000000</uuid>%s</domain>"
DEVICES = b"<devices><disk type='file' device='disk'><source file='/%s'/><target dev='%s'/></disk></devices>"


def opened(path: Path, choices: Choices | None = None) -> Session:
    session = open_reading(read(path), choices or Choices())
    assert isinstance(session, Session)
    return session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "web.vmx"
    file.write_text("\n".join((*DISK, "")))
    return file


@pytest.fixture
def session(path: Path) -> Session:
    return opened(path)


def piped(data: bytes) -> Session:
    reading = Reading(path=None, data=data, writable=False, why_not="it came from standard input")
    session = open_reading(reading, Choices())
    assert isinstance(session, Session)
    return session


def edit(session: Session, disk: int = 0) -> None:
    assert isinstance(session.editing.toggle(Aspect.SNAPSHOT, disk), Done)


def work(step: Step | None) -> Work:
    assert isinstance(step, Work)
    return step


def question(step: Step | None, asked: QuestionKind) -> Question:
    assert isinstance(step, Question)
    assert step.kind is asked
    return step


def told(step: Step | None) -> NoticeKind:
    assert isinstance(step, Notice)
    return step.kind


def saving(session: Session, *, backup: bool = False) -> Work:
    return work(session.answered(question(session.save(), QuestionKind.SAVE), Reply.SAVE, backup=backup))


def saving_to_leave(session: Session) -> Work:
    return work(session.answered(question(session.leave(), QuestionKind.LEAVE), Reply.SAVE_AND_LEAVE))


def done(session: Session, begun: Work, *, typing: bool = False, covered: bool = False) -> Step | None:
    return session.finished(begun, begun.run(), typing=typing, covered=covered)


def lock(path: Path) -> None:
    path.with_name(f"{path.name}.lck").mkdir()


# Saving


def test_what_a_save_leaves_in_doubt_is_told(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def unconfirmed(reading: Reading, data: bytes, *, backup: bool = False) -> Reading:
        return save(reading, data, backup=backup)._replace(doubt="the disk did not confirm it")

    monkeypatch.setattr("tui.session.work.save", unconfirmed)
    edit(session)
    step = done(session, saving(session))
    assert isinstance(step, Notice)
    assert (step.kind, step.doubt) == (NoticeKind.SAVED, "The disk did not confirm it.")


def test_a_save_is_asked_about_with_its_diff_and_writes_the_edited_bytes(
    session: Session, path: Path
) -> None:
    assert told(session.save()) is NoticeKind.NOTHING_TO_SAVE
    edit(session)
    asked = question(session.save(), QuestionKind.SAVE)
    assert [line.text for line in asked.lines if line.sign.value == "+"] == [
        'scsi0:0.mode = "independent-persistent"'
    ]
    before = path.read_bytes()
    assert session.answered(asked, None) is None
    assert path.read_bytes() == before
    assert told(done(session, saving(session))) is NoticeKind.SAVED
    assert path.read_bytes() == session.editing.machine.document.data != before
    assert isinstance(session.leave(), Leave)


def test_a_save_tells_where_the_old_bytes_are(session: Session, path: Path) -> None:
    before = path.read_bytes()
    edit(session)
    assert done(session, saving(session, backup=True)) == Notice(NoticeKind.SAVED, str(path), f"{path}~")
    assert path.with_name("web.vmx~").read_bytes() == before


def test_what_is_edited_while_a_save_runs_is_not_taken_for_saved(session: Session, path: Path) -> None:
    edit(session, 0)
    begun = saving(session)
    edit(session, 1)
    assert told(done(session, begun)) is NoticeKind.SAVED
    assert session.editing.is_changed
    assert path.read_bytes().count(b"independent-persistent") == 1
    assert session.editing.changed_disks == {1}
    done(session, saving(session))
    assert path.read_bytes().count(b"independent-persistent") == 2


def test_edits_made_while_the_save_before_leaving_ran_keep_the_session_open(
    session: Session,
) -> None:
    edit(session, 0)
    begun = saving_to_leave(session)
    edit(session, 1)
    assert told(done(session, begun)) is NoticeKind.SAVED
    question(session.leave(), QuestionKind.LEAVE)


def test_a_save_before_leaving_leaves_unless_a_dialog_was_opened_meanwhile(session: Session) -> None:
    edit(session)
    assert told(done(session, saving_to_leave(session), covered=True)) is NoticeKind.SAVED
    edit(session)
    assert isinstance(done(session, saving_to_leave(session)), Leave)


@pytest.mark.parametrize("asked_for", [Session.leave, Session.save, Session.reload, Session.export])
def test_while_one_work_goes_on_no_other_begins(session: Session, asked_for: object) -> None:
    edit(session)
    begun = saving(session)
    assert session.doing is Doing.SAVING
    step = asked_for(session)  # type: ignore[operator]
    assert step == Notice(NoticeKind.STILL_AT_WORK, Doing.SAVING)
    assert told(done(session, begun)) is NoticeKind.SAVED
    assert session.doing is None


def test_what_was_asked_before_a_work_began_starts_no_second_one(session: Session, path: Path) -> None:
    edit(session)
    asked, path_asked = question(session.save(), QuestionKind.SAVE), cast(PathQuestion, session.export())
    begun = saving(session)
    assert told(session.answered(asked, Reply.SAVE)) is NoticeKind.STILL_AT_WORK
    assert told(session.path_given(path_asked, str(path.with_suffix(".xml")))) is NoticeKind.STILL_AT_WORK
    assert told(done(session, begun)) is NoticeKind.SAVED


def test_an_outcome_that_is_no_longer_awaited_is_ignored(session: Session) -> None:
    edit(session)
    first = saving(session)
    outcome = first.run()
    session.failed(first)
    assert session.doing is None
    assert session.finished(first, outcome) is None
    second = work(session.answered(question(session.reload(), QuestionKind.RELOAD), Reply.RELOAD))
    assert session.finished(first, outcome) is None
    assert session.doing is Doing.READING
    assert told(done(session, second)) is NoticeKind.RELOADED


def test_a_save_that_fails_keeps_every_edit_and_can_be_tried_again(session: Session, path: Path) -> None:
    edit(session, 0)
    begun = saving(session)
    other = path.with_name("other-name.vmx")
    other.hardlink_to(path)
    edit(session, 1)
    step = done(session, begun, typing=True)
    assert told(step) is NoticeKind.NOT_SAVED
    assert session.editing.changed_disks == {0, 1}
    other.unlink()
    assert told(done(session, saving(session))) is NoticeKind.SAVED


def test_a_save_that_was_asked_about_while_the_edits_were_taken_back_writes_nothing(
    session: Session, path: Path
) -> None:
    edit(session)
    asked, look = question(session.save(), QuestionKind.SAVE), session.read_beside()
    lock(path)
    assert isinstance(session.beside_read(look, look.run()), Refusal)
    before = path.stat()
    assert told(session.answered(asked, Reply.SAVE)) is NoticeKind.NOTHING_TO_SAVE
    assert path.stat().st_ino == before.st_ino


# Somebody else's changes


def test_a_file_changed_meanwhile_is_shown_and_not_written_over(session: Session, path: Path) -> None:
    edit(session)
    theirs = path.read_bytes() + b"# theirs\n"
    path.write_bytes(theirs)
    asked = question(done(session, saving(session)), QuestionKind.CONFLICT)
    assert asked.replies == (Reply.RELOAD, Reply.COPY)
    assert [line.text for line in asked.lines if line.sign.value == "+"] == ["# theirs"]
    assert path.read_bytes() == theirs
    copy = session.answered(asked, Reply.COPY)
    assert isinstance(copy, PathQuestion)
    assert copy.data == session.editing.machine.document.data
    assert told(done(session, work(session.answered(asked, Reply.RELOAD)))) is NoticeKind.RELOADED
    assert session.editing.machine.document.data == theirs


def test_while_the_person_types_a_conflict_is_told_and_not_asked(session: Session, path: Path) -> None:
    edit(session)
    path.write_bytes(path.read_bytes() + b"# theirs\n")
    assert told(done(session, saving(session), typing=True)) is NoticeKind.NOT_SAVED_CHANGED
    assert session.editing.is_changed
    question(done(session, saving(session)), QuestionKind.CONFLICT)


def test_of_a_file_that_is_gone_only_a_copy_is_offered(session: Session, path: Path) -> None:
    edit(session)
    path.unlink()
    assert question(done(session, saving(session)), QuestionKind.CONFLICT).replies == (Reply.COPY,)
    step = session.answered(question(session.reload(), QuestionKind.RELOAD), Reply.RELOAD)
    assert told(done(session, work(step))) is NoticeKind.FILE_GONE
    assert session.editing.is_changed


# Reloading


def test_a_reload_drops_no_edit_that_was_made_meanwhile(session: Session, path: Path) -> None:
    begun = work(session.reload())
    edit(session)
    path.write_bytes(path.read_bytes() + b"# theirs\n")
    assert told(done(session, begun)) is NoticeKind.NOT_RELOADED_EDITED
    assert session.editing.is_changed
    assert isinstance(session.editing.undo(), Done)


def test_a_reload_keeps_how_the_machine_is_looked_at_also_where_that_was_chosen_meanwhile(
    session: Session,
) -> None:
    begun = work(session.reload())
    session.editing.judge_for(Hypervisor.QEMU)
    assert told(done(session, begun)) is NoticeKind.RELOADED
    assert session.editing.machine.hypervisor is Hypervisor.QEMU


def test_a_file_that_holds_no_machine_any_more_is_not_reloaded(session: Session, path: Path) -> None:
    path.write_bytes(b"<domain><broken")
    before = session.editing
    assert told(done(session, work(session.reload()))) is NoticeKind.NOT_RELOADED
    assert session.editing is before


def _domains(path: Path, *domains: bytes) -> Path:
    path.write_bytes(b"<node>" + b"".join(domains) + b"</node>")
    return path


def _one(name: bytes = b"one", disk: bytes = b"vda") -> bytes:
    return (FIRST % (DEVICES % (name, disk))).replace(b">one<", b">%s<" % name)


def _two(name: bytes = b"two", disk: bytes = b"sda") -> bytes:
    return (SECOND % (DEVICES % (name, disk))).replace(b">two<", b">%s<" % name)


@pytest.mark.parametrize("chosen", ["2", "two"])
def test_a_reload_keeps_the_chosen_domain_by_its_uuid_or_name_and_not_by_its_number(
    chosen: str, tmp_path: Path
) -> None:
    path = _domains(tmp_path / "all.xml", _one(), _two())
    session = opened(path, Choices(domain=chosen))
    for now in ((_two(), _one()), (_one(), _two(b"renamed")), (_two(b"one"), _one(b"two"))):
        _domains(path, *now)
        assert told(done(session, work(session.reload()))) is NoticeKind.RELOADED
        assert session.editing.disks[0].target == "sda", "told by its uuid"


def test_a_domain_with_a_new_uuid_is_told_by_its_name(tmp_path: Path) -> None:
    path = _domains(tmp_path / "all.xml", _one(), _two())
    session = opened(path, Choices(domain="2"))
    _domains(path, _two().replace(b"66666666", b"77777777"), _one())
    assert told(done(session, work(session.reload()))) is NoticeKind.RELOADED
    assert session.editing.disks[0].target == "sda"


def test_a_chosen_domain_that_is_gone_is_said_and_another_is_not_taken_for_it(tmp_path: Path) -> None:
    path = _domains(tmp_path / "all.xml", _one(), _two())
    session = opened(path, Choices(domain="2"))
    edit(session)
    _domains(path, _one())
    step = session.answered(question(session.reload(), QuestionKind.RELOAD), Reply.RELOAD)
    notice = done(session, work(step))
    assert told(notice) is NoticeKind.NOT_RELOADED
    assert "domain two is no longer in it" in cast(Notice, notice).about
    assert session.editing.is_changed


def test_the_only_domain_of_a_file_is_reloaded_whatever_it_is_called_now(tmp_path: Path) -> None:
    path = tmp_path / "one.xml"
    path.write_bytes(_one())
    session = opened(path)
    path.write_bytes(_two())
    assert told(done(session, work(session.reload()))) is NoticeKind.RELOADED
    assert session.editing.machine.configuration.name == "two"


# What lies beside the file


def test_what_lies_beside_the_file_is_learnt_once(session: Session, path: Path) -> None:
    lock(path)
    look = session.read_beside()
    assert session.beside_read(look, look.run()) is Arrival.LEARNT
    assert session.editing.machine.sidecars.lock == "web.vmx.lck"
    assert session.editing.granted_beside == session.editing.machine.sidecars
    again = session.read_beside()
    assert session.beside_read(again, again.run()) is Arrival.NOTHING_NEW
    assert isinstance(session.editing.toggle(Aspect.SNAPSHOT, 0), Refusal)


def test_edits_made_before_it_arrives_are_taken_back_where_it_forbids_them(
    session: Session, path: Path
) -> None:
    lock(path)
    look = session.read_beside()
    edit(session)
    refusal = session.beside_read(look, look.run())
    assert isinstance(refusal, Refusal)
    assert refusal.findings[0].rule == "in-use"
    assert not session.editing.is_changed


def test_what_lies_beside_an_earlier_machine_is_not_learnt_by_a_later_one(
    session: Session, path: Path
) -> None:
    lock(path)
    look = session.read_beside()
    beside = look.run()
    path.with_name(f"{path.name}.lck").rmdir()
    assert told(done(session, work(session.reload()))) is NoticeKind.RELOADED
    edit(session)
    assert session.beside_read(look, beside) is Arrival.NOTHING_NEW
    assert session.editing.is_changed
    assert session.editing.machine.sidecars == Sidecars()


def test_an_older_look_does_not_take_the_place_of_a_newer_one(session: Session, path: Path) -> None:
    first = session.read_beside()
    beside = first.run()
    lock(path)
    second = session.read_beside()
    assert session.beside_read(second, second.run()) is Arrival.LEARNT
    assert session.beside_read(first, beside) is Arrival.NOTHING_NEW
    assert session.editing.machine.sidecars.lock is not None


# Judged when it is written


def _powered_on(session: Session, path: Path) -> Question:
    edit(session)
    begun = saving(session)
    lock(path)
    return question(done(session, begun), QuestionKind.REFUSED)


def test_a_vm_powered_on_after_it_was_opened_is_not_written_into(session: Session, path: Path) -> None:
    before = path.read_bytes()
    asked = _powered_on(session, path)
    assert asked.refusal is not None
    assert asked.refusal.findings[0].rule == "in-use"
    assert path.read_bytes() == before
    assert session.editing.is_changed, "nothing is taken back"
    assert session.answered(asked, None) is None
    question(done(session, saving(session)), QuestionKind.REFUSED)
    assert path.read_bytes() == before, "nor is it at the second try"


def test_a_refusal_at_the_write_can_be_insisted_against_and_the_save_goes_on_as_it_was_asked_for(
    session: Session, path: Path
) -> None:
    edit(session)
    begun = saving_to_leave(session)
    lock(path)
    asked = question(done(session, begun), QuestionKind.REFUSED)
    assert asked.replies == (Reply.OVERRIDE,)
    assert isinstance(done(session, work(session.answered(asked, Reply.OVERRIDE))), Leave)
    assert b"independent-persistent" in path.read_bytes()


def test_snapshots_taken_since_forbid_the_write_and_cannot_be_insisted_against(
    session: Session, path: Path
) -> None:
    session.editing.judge_for(Hypervisor.ESXI)
    edit(session)
    path.with_suffix(".vmsd").write_bytes(b'snapshot.numSnapshots = "1"\nsnapshot0.uid = "1"\n')
    asked = question(done(session, saving(session)), QuestionKind.REFUSED)
    assert asked.refusal is not None
    assert asked.refusal.findings[0].rule == "has-snapshots"
    assert asked.replies == ()


def test_a_disk_that_turns_out_to_be_locked_is_not_written(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SAMPLES / "rdm", tmp_path / "vm"))
    path = folder / "rdm.vmx"
    before = path.read_bytes()
    session = opened(path)
    edit(session, 1)
    asked = question(done(session, saving(session)), QuestionKind.REFUSED)
    assert asked.refusal is not None
    assert "is locked: " in asked.refusal.reason
    assert path.read_bytes() == before


def test_while_the_person_types_a_refusal_at_the_write_is_told_and_not_asked(
    session: Session, path: Path
) -> None:
    edit(session)
    begun = saving(session)
    lock(path)
    assert told(done(session, begun, typing=True)) is NoticeKind.NOT_SAVED_REFUSED
    assert session.editing.is_changed


def test_edits_that_were_insisted_on_are_not_refused_again(session: Session, path: Path) -> None:
    lock(path)
    look = session.read_beside()
    session.beside_read(look, look.run())
    refusal = session.editing.toggle(Aspect.SNAPSHOT, 0)
    assert isinstance(refusal, Refusal)
    session.editing.override(refusal)
    assert told(done(session, saving(session))) is NoticeKind.SAVED


def test_edits_made_while_a_save_is_refused_are_judged_by_the_next_one(session: Session, path: Path) -> None:
    edit(session, 0)
    begun = saving(session)
    edit(session, 1)
    lock(path)
    question(done(session, begun), QuestionKind.REFUSED)
    session.editing.undo()
    question(done(session, saving(session)), QuestionKind.REFUSED)
    assert b"independent" not in path.read_bytes()


def test_edits_made_while_a_save_runs_are_judged_by_what_that_save_saw(tmp_path: Path) -> None:
    path = Path(shutil.copytree(SAMPLES / "rdm", tmp_path / "vm")) / "rdm.vmx"
    session = opened(path)
    edit(session, 0)
    begun = saving(session)
    edit(session, 1)
    assert told(done(session, begun)) is NoticeKind.SAVED
    saved = path.read_bytes()
    asked = question(done(session, saving(session)), QuestionKind.REFUSED)
    assert asked.refusal is not None
    assert "is locked: a physical raw device mapping" in asked.refusal.reason
    assert path.read_bytes() == saved


def test_sidecars_read_while_a_save_runs_take_no_edit_back(session: Session, path: Path) -> None:
    edit(session)
    begun, look = saving(session), session.read_beside()
    outcome = begun.run()
    lock(path)
    assert session.beside_read(look, look.run()) is Arrival.NOTHING_NEW
    assert told(session.finished(begun, outcome)) is NoticeKind.SAVED
    assert not session.editing.is_changed


# Writing elsewhere


def _export(session: Session) -> PathQuestion:
    step = session.export()
    assert isinstance(step, PathQuestion)
    return step


def test_an_export_is_written_where_it_was_said_and_never_over_a_file_unasked(
    session: Session, path: Path
) -> None:
    asked = _export(session)
    assert asked.suggested == str(path.with_suffix(".xml"))
    assert session.path_given(asked, None) is None
    assert told(done(session, work(session.path_given(asked, asked.suggested)))) is NoticeKind.WRITTEN
    assert machine_in(path.with_suffix(".xml").read_bytes()).disks
    path.with_suffix(".xml").write_text("precious")
    again = question(
        done(session, work(session.path_given(_export(session), asked.suggested))), QuestionKind.REPLACE
    )
    assert told(session.answered(again, None)) is NoticeKind.NOT_WRITTEN
    assert path.with_suffix(".xml").read_text() == "precious"
    assert told(done(session, work(session.answered(again, Reply.REPLACE)))) is NoticeKind.WRITTEN
    assert path.with_suffix(".xml").read_bytes() == asked.data


def test_an_export_never_goes_over_the_file_on_the_screen(session: Session, path: Path) -> None:
    step = session.path_given(_export(session), str(path))
    assert told(done(session, work(step))) is NoticeKind.NOT_WRITTEN_OWN


def test_while_the_person_types_no_question_to_replace_a_file_is_asked(session: Session, path: Path) -> None:
    path.with_suffix(".xml").write_text("precious")
    step = session.path_given(_export(session), str(path.with_suffix(".xml")))
    assert told(done(session, work(step), typing=True)) is NoticeKind.NOT_WRITTEN
    assert path.with_suffix(".xml").read_text() == "precious"


@pytest.mark.parametrize("name", ["no/such/folder.xml", "nul\0byte.xml", "x" * 300])
def test_a_path_that_cannot_be_written_is_asked_for_again(name: str, session: Session, path: Path) -> None:
    step = done(session, work(session.path_given(_export(session), str(path.parent / name))))
    assert isinstance(step, PathQuestion)
    assert step.kind is QuestionKind.WRITE_ELSEWHERE
    assert step.suggested == str(path.parent / name)
    assert told(session.path_given(step, None)) is NoticeKind.NOT_WRITTEN


@pytest.mark.parametrize("text", ["~nobody-of-this-name/x", "~nobody-of-this-name"])
def test_the_home_of_a_user_who_is_not_there_is_a_sentence(text: str, session: Session) -> None:
    step = session.path_given(_export(session), text)
    assert told(step) is NoticeKind.NOT_WRITTEN
    assert "there is no home folder for ~nobody-of-this-name" in cast(Notice, step).about


def test_what_is_edited_while_a_copy_is_written_is_not_in_it_and_stays(session: Session, path: Path) -> None:
    session.reading = session.reading._replace(writable=False, why_not="it is write-protected")
    edit(session, 0)
    asked = session.save()
    assert isinstance(asked, PathQuestion)
    assert asked.kind is QuestionKind.COPY_OF_READ_ONLY
    begun = work(session.path_given(asked, asked.suggested))
    edit(session, 1)
    assert told(done(session, begun)) is NoticeKind.WRITTEN
    assert path.with_name("web-edited.vmx").read_bytes().count(b"independent") == 1
    assert question(session.leave(), QuestionKind.LEAVE).replies == (Reply.DISCARD,)


# Standard input


def test_what_came_from_standard_input_is_accepted_and_ends_as_that(path: Path) -> None:
    data = path.read_bytes()
    session = piped(data)
    assert session.accepted == data
    edit(session, 0)
    asked = question(session.save(), QuestionKind.ACCEPT)
    assert told(session.answered(asked, Reply.ACCEPT)) is NoticeKind.ACCEPTED
    accepted = session.accepted
    assert accepted.count(b"independent-persistent") == 1
    edit(session, 1)
    leaving = question(session.leave(), QuestionKind.LEAVE)
    assert leaving.replies == (Reply.ACCEPT_AND_LEAVE, Reply.DISCARD)
    assert isinstance(session.answered(leaving, Reply.DISCARD), Leave)
    assert session.accepted == accepted
    assert isinstance(session.answered(leaving, Reply.ACCEPT_AND_LEAVE), Leave)
    assert session.accepted.count(b"independent-persistent") == 2
    assert told(session.reload()) is NoticeKind.NOTHING_TO_RELOAD


# Opening


def test_of_several_domains_one_is_to_be_chosen_and_what_was_chosen_before_holds(tmp_path: Path) -> None:
    choices = Choices(hypervisor=Hypervisor.QEMU)
    several = open_reading(read(_domains(tmp_path / "all.xml", _one(), _two())), choices)
    assert isinstance(several, SeveralDomains)
    assert several.names == ("one", "two")
    session = several.chosen("2", choices)
    assert isinstance(session, Session)
    assert session.editing.machine.configuration.name == "two"
    assert session.editing.machine.hypervisor is Hypervisor.QEMU
