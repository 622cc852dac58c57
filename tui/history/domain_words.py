"""What a change made of a domain that libvirt keeps: the words of its disks, and never its text.

The text may hold passwords; it is libvirt's, and is read anew where a change is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.disks import Disk, Format
from tui.formats.opening import open_document
from tui.formats.spellings import PolicyWords
from tui.formats.text_diff import DiffLine, Sign
from tui.history.unsaved import digest

if TYPE_CHECKING:
    from tui.formats.domain_xml import DomainDocument

_SILENT = PolicyWords()


class DiskWords(NamedTuple):
    """One disk's words before and after. ``image`` is the digest of its source's name."""

    target: str
    image: str
    before: PolicyWords
    after: PolicyWords

    def as_json(self) -> list[Any]:
        """What a line of JSON holds of it; ``from_json`` reads it."""
        return [self.target, self.image, _words_json(self.before), _words_json(self.after)]

    @classmethod
    def from_json(cls, value: object) -> DiskWords:
        """What :meth:`as_json` told. Raises ValueError for anything else."""
        match value:
            case [str(target), str(image), dict(before), dict(after)]:
                return cls(target, image, _words(before), _words(after))
        raise ValueError("not a disk's words")


class DomainWords(NamedTuple):
    """The disks of a domain whose words changed; ``name`` is what it was called."""

    name: str
    disks: tuple[DiskWords, ...]

    def as_json(self) -> dict[str, Any]:
        """What a line of JSON holds of it; ``from_json`` reads it."""
        return {"name": self.name, "disks": [one.as_json() for one in self.disks]}

    @property
    def inverse(self) -> DomainWords:
        """The words of the change that leads back."""
        disks = (one._replace(before=one.after, after=one.before) for one in self.disks)
        return self._replace(disks=tuple(disks))

    @classmethod
    def from_json(cls, value: object) -> DomainWords:
        """What :meth:`as_json` told. Raises ValueError for anything else."""
        match value:
            case {"name": str(name), "disks": list(disks)}:
                return cls(name, tuple(map(DiskWords.from_json, disks)))
        raise ValueError("not a domain's words")


class MovedOnError(Exception):
    """A disk no longer is what the change left; the text says which, and how."""


def words_between(before: bytes, after: bytes) -> DomainWords:
    """The words that differ in two texts of one domain. Raises FormatError where one is no domain."""
    was, now = _domain_in(before), _domain_in(after)
    pairs = zip(was.disks, now.disks, strict=False)
    words = [
        DiskWords(one.target, _image(one.source), was.words_of(one.index), now.words_of(other.index))
        for one, other in pairs
    ]
    return DomainWords(was.configuration.name, tuple(one for one in words if one.before != one.after))


def words_put_back(data: bytes, words: DomainWords) -> bytes:
    """The domain's text as it is now with the words from before.

    Raises MovedOnError where a disk is gone or says something else than the change left; FormatError and
    EditError.
    """
    document = _domain_in(data)
    wanted: dict[int, PolicyWords] = {}
    for one in words.disks:
        same = [disk for disk in document.disks if disk.target == one.target]
        if len(same) != 1:
            raise MovedOnError(f"there is no {one.target} now")
        if one.image not in _images(same[0]):
            raise MovedOnError(f"{one.target} has another image now, as a snapshot gives it one")
        now = document.words_of(same[0].index)
        if now not in (one.before, one.after):
            raise MovedOnError(f"{one.target} was changed since: it says {policy_text(now)} now")
        wanted[same[0].index] = one.before
    return document.with_words(wanted).data


def policy_text(words: PolicyWords) -> str:
    """The words as a person reads them."""
    parts = (
        f"<{key}/>" if value is True else f"{key}='{value}'" for key, value in _words_json(words).items()
    )
    return " ".join(parts) or "says nothing of its policy"


def _domain_in(data: bytes) -> DomainDocument:
    document = open_document(data)
    if document.format is not Format.DOMAIN_XML:
        raise ValueError("not a domain")
    return document


def _image(source: str) -> str:
    return digest(source.encode("utf-8", "surrogateescape"))[:16]


def _images(disk: Disk) -> frozenset[str]:
    """Its image, and those that one builds on where the text says: a snapshot puts a new one on top."""
    below = (part.words.get(key) for part in disk.parts if part.path == "source" for key in ("file", "dev"))
    return frozenset(_image(one) for one in (disk.source, *below) if one is not None)


def _words_json(words: PolicyWords) -> dict[str, Any]:
    pairs = zip(words._fields, words, _SILENT, strict=True)
    return {name: value for name, value, silent in pairs if value != silent}


def _words(read: Mapping[str, Any]) -> PolicyWords:
    for name, value in read.items():
        if name not in PolicyWords._fields or not isinstance(value, str | bool):
            raise ValueError("not a disk's words")
    return PolicyWords(**read)


def words_lines(words: DomainWords) -> list[DiffLine]:
    """What became of the words of each disk, as lines of a diff."""
    return [
        DiffLine(sign, None, f"{one.target}: {policy_text(policy)}")
        for one in words.disks
        for sign, policy in ((Sign.REMOVED, one.before), (Sign.ADDED, one.after))
    ]
