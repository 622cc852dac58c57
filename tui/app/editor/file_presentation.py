"""What the screen says of its file: a session's notices and questions as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui.app.dialogs.questions import Review
from tui.disks import FORMAT_NAMES, Format
from tui.keys.bound import BoundKeys
from tui.rules import Finding
from tui.sentences import sentence
from tui.session import Notice, NoticeKind, Origin, PathQuestion, Question, QuestionKind, Reply

_HERE = "Your changes are still here."
# The sentence, and how it is shown.
_NOTICES: Mapping[NoticeKind, tuple[str, str]] = {
    NoticeKind.STILL_AT_WORK: ("Still {about}.", "line--dim"),
    NoticeKind.NOTHING_TO_SAVE: ("Nothing to save: no byte differs from the {origin}.", "line--dim"),
    NoticeKind.ACCEPTED: ("Accepted: it goes to standard output when you leave.", "line--strong"),
    NoticeKind.SAVED: ("Saved {about}.{backup}{doubt}", "line--changed"),
    NoticeKind.NOT_SAVED: (f"Not saved: {{about}}. {_HERE}", "line--error"),
    NoticeKind.NOT_SAVED_CHANGED: (
        f"Not saved: {{about}}; {{key[file.save]}} shows how. {_HERE}",
        "line--error",
    ),
    NoticeKind.NOT_SAVED_REFUSED: (
        f"Not saved: {{about}}; {{key[file.save]}} asks again. {_HERE}",
        "line--error",
    ),
    NoticeKind.WRITTEN: ("Wrote {about}.", "line--changed"),
    NoticeKind.NOT_WRITTEN: ("Not written: {about}", "line--error"),
    NoticeKind.NOT_WRITTEN_OWN: (
        "Not written: {about} is the file on the screen; {key[file.save]} saves it.",
        "line--error",
    ),
    NoticeKind.RELOADED: ("Read {about} again.", "line--strong"),
    NoticeKind.NOT_RELOADED: ("Not reloaded: {about}", "line--error"),
    NoticeKind.NOT_RELOADED_EDITED: ("Not reloaded: you edited it meanwhile.", "line--warning"),
    NoticeKind.NOTHING_TO_RELOAD: ("Standard input cannot be read again.", "line--dim"),
    NoticeKind.FILE_GONE: ("The {origin} is gone: {about}. Your text is still here.", "line--error"),
    NoticeKind.EDITS_NOT_KEPT: ("Unsaved edits are not kept after a crash: {about}.", "line--warning"),
    NoticeKind.OPEN_ELSEWHERE: ("Somebody else edits this {origin}: since {about}.", "line--warning"),
    NoticeKind.EDITS_WAIT: (
        "An earlier editor left unsaved edits of this {origin}; {key[file.reload]} shows them.",
        "line--warning",
    ),
    NoticeKind.RECOVERED: (
        "The edits are here again; {key[edit.undo]} takes them back, {key[file.save]} saves them.",
        "line--changed",
    ),
    NoticeKind.NOT_RECOVERED: ("Not recovered: {about}.", "line--error"),
    NoticeKind.EDITS_DROPPED: ("The edits were dropped.", "line--dim"),
}


def notice_line(notice: Notice, origin: Origin, keys: BoundKeys) -> tuple[str, str]:
    """The sentence of a notice, and how it is shown."""
    template, style = _NOTICES[notice.kind]
    backup = f" The old bytes are in {notice.backup}." if notice.backup else ""
    doubt = f" {notice.doubt}" if notice.doubt else ""
    words = {"about": notice.about, "backup": backup, "doubt": doubt, "origin": origin.value, "key": keys}
    return template.format_map(words), style


class _Words(NamedTuple):
    """A question's title, and what is said above the diff."""

    title: str
    sentence: str


_QUESTIONS: Mapping[QuestionKind, _Words] = {
    QuestionKind.SAVE: _Words("Save", "{about}: owner, permissions and links stay; no other byte changes."),
    QuestionKind.DEFINE: _Words(
        "Define",
        "{about}: as virsh edit does it: read again, compared, validated by libvirt; passwords are kept.",
    ),
    QuestionKind.STORED: _Words("Saved", "libvirt words it in its own way. This is what it stored. {about}"),
    QuestionKind.ACCEPT: _Words("Accept", "Standard input: the text goes to standard output when you leave."),
    QuestionKind.LEAVE: _Words("Unsaved changes", "These changes are not {where}:"),
    QuestionKind.RELOAD: _Words("Reload", "These changes are not {where}:"),
    QuestionKind.CONFLICT: _Words(
        "The {origin} changed",
        "Somebody changed the {origin} since it was read. This is what they changed; nothing was saved.",
    ),
    QuestionKind.REFUSED: _Words(
        "Not saved", "Refused: {about}. Nothing was saved; your changes are still here."
    ),
    QuestionKind.RECOVER: _Words(
        "Unsaved edits",
        "An earlier editor ended without saving these ({about}). {key[review.leave]} decides later.",
    ),
    QuestionKind.RECOVER_ELSEWHERE: _Words(
        "Unsaved edits",
        "An earlier editor ended without saving these ({about}). The {origin} has changed since: they can "
        "only be made again by hand. {key[review.leave]} decides later.",
    ),
    QuestionKind.REPLACE: _Words("Replace", "{about}. Its old bytes will be gone."),
}
_SAVE_LOSES = "{about}: no other byte changes, and links stay."
_GONE_TITLE = "The {origin} is gone"
_GONE = {
    Origin.FILE: "The file is gone; somebody removed or renamed it.",
    Origin.DOMAIN: "The domain is gone; somebody undefined it.",
}
# The key, and its words.
_REPLIES: Mapping[Reply, tuple[str, str]] = {
    Reply.SAVE: ("enter", "save"),
    Reply.ACCEPT: ("enter", "accept"),
    Reply.SAVE_AND_RELOAD: ("r", "save, the host reads it again"),
    Reply.SAVE_AND_LEAVE: ("s", "save and leave"),
    Reply.ACCEPT_AND_LEAVE: ("s", "accept and leave"),
    Reply.DISCARD: ("d", "leave, drop them"),
    Reply.COPY: ("c", "write yours to another file"),
    Reply.RECOVER: ("r", "make these edits again"),
    Reply.DROP: ("d", "drop them"),
    Reply.OVERRIDE: ("o", "save all the same, the sign may be stale"),
    Reply.REPLACE: ("w", "write over it"),
}
# Findings told of one by one above the diff.
_MOST_LISTED = 3
_RELOADS: Mapping[QuestionKind, tuple[str, str]] = {
    QuestionKind.RELOAD: ("enter", "reload, drop them"),
    QuestionKind.CONFLICT: ("r", "read it anew, your changes are dropped"),
}


def review_of(question: Question, kind: Format, origin: Origin, keys: BoundKeys) -> Review:
    """A question as the review shows it: its title, diff, sentences and keys."""
    words = _QUESTIONS[question.kind]
    where = "accepted" if origin is Origin.STANDARD_INPUT else f"in the {origin.value}"
    filled = {"about": question.about, "where": where, "origin": origin.value, "key": keys}
    first = _sentence(question, origin).format_map(filled)
    sentences = [first.rstrip(), *_rules_of(question)]
    if question.not_kept:
        sentences.append(f"! {sentence(question.not_kept)}")
    sentences += _new_findings(question.brought, keys)
    answers = [_answer(question.kind, reply) for reply in question.replies]
    backup = False if question.kind is QuestionKind.SAVE else None
    title = (_GONE_TITLE if _is_gone(question) else words.title).format(origin=origin.value)
    return Review(title, kind, question.lines, sentences, answers, backup)


def _sentence(question: Question, origin: Origin) -> str:
    if _is_gone(question):
        return _GONE[origin]
    if question.kind is QuestionKind.SAVE and question.not_kept:
        return _SAVE_LOSES
    return _QUESTIONS[question.kind].sentence


def _is_gone(question: Question) -> bool:
    return question.kind is QuestionKind.CONFLICT and Reply.RELOAD not in question.replies


def _rules_of(question: Question) -> list[str]:
    """The rule that refuses, with its source."""
    found = question.refusal.findings[:1] if question.refusal is not None else ()
    return [f"{one.severity.sign} {one.rule} ({one.source})" for one in found]


def _new_findings(found: Sequence[Finding], keys: BoundKeys) -> list[str]:
    """What the edits bring, in a sentence each; where these are many the gravest stand for all."""
    sentences = [
        f"{one.severity.sign} {one.rule}: {one.sentence}: {one.advice}." for one in found[:_MOST_LISTED]
    ]
    more = len(found) - len(sentences)
    ways = f"{keys['review.leave']}, {keys['finding.show']}"
    return [*sentences, f"and {more} more: {ways} reads them."] if more else sentences


def _answer(kind: QuestionKind, reply: Reply) -> tuple[str, str, str]:
    key, words = _RELOADS[kind] if reply is Reply.RELOAD else _REPLIES[reply]
    return key, reply.value, words


def prompt_words(question: PathQuestion, kind: Format, origin: Origin, keys: BoundKeys) -> tuple[str, str]:
    """The title above the field for a path, and what is told with it; ``kind`` is an export's format."""
    all_of_it = f"{keys['prompt.leave']}, {keys['convert.losses']} lists all"
    return {
        QuestionKind.COPY: ("Write your changes to", ""),
        QuestionKind.COPY_OF_READ_ONLY: (
            "Write a copy to",
            f"The {origin.value} cannot be written: {question.about}.",
        ),
        QuestionKind.EXPORT: (
            f"Export {FORMAT_NAMES[kind]} to",
            f"{question.unsaid} ({all_of_it})." if question.unsaid else "",
        ),
        QuestionKind.WRITE_ELSEWHERE: ("Write it to", f"Not written: {question.about}."),
    }[question.kind]
