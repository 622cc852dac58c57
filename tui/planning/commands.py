"""The commands that take what was planned, as people type them, quoted for a shell.

Sources: virsh(1), snapshot-create-as; ``vim-cmd vmsvc/snapshot.create``; PowerCLI New-Snapshot; vmrun.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui.columns import cells
from tui.disks.host_facts import is_ambiguous
from tui.disks.snapshot import DomainSnapshot, Listed, Memory
from tui.visible import visible

if TYPE_CHECKING:
    from tui.disks import HostFacts
    from tui.machine import Machine

# PowerShell's, and what takes their meaning from them (its about_Wildcards).
_OF_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_WILDCARDS = re.compile(r"[*?\[\]`]")


class Command(NamedTuple):
    """``tool`` is where it is typed, ``note`` what must be known first, or "".

    ``file`` tells whether it names the XML.
    """

    tool: str
    text: str
    note: str = ""
    file: bool = False


def wrapped_for_shell(text: str, width: int) -> list[str]:
    """A command in lines of at most ``width`` cells, which a POSIX shell takes for the same command.

    A line goes on where it ends in a backslash: between words, and within a word that is longer than a line.
    """
    if cells(text) <= width:
        return [text]
    lines = [""]
    for word in _quoted_words(text):
        room = width - 2  # for " \\"
        if lines[-1] and cells(lines[-1]) + 1 + cells(word) > room:
            lines[-1] += " \\"
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
        while cells(lines[-1]) > room:
            lines[-1:] = _broken(lines[-1], room)
    return lines


def _quoted_words(text: str) -> list[str]:
    """The words with their quotes."""
    return re.findall(r"""(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+""", text)


def _broken(word: str, room: int) -> list[str]:
    """A word's first part, behind which a backslash goes on, and its rest: quotes are closed and opened."""
    quote, used, at, inside = "", 0, 0, ""
    for place, letter in enumerate(word):
        if used > room - 2 or (used == room - 2 and at):
            break
        if quote != '"' and place:  # in double quotes there is but one letter
            at, inside = place, quote
        used += cells(letter)
        if letter in "'\"" and quote in ("", letter):
            quote = "" if quote else letter
    return [f"{word[:at]}{inside}\\", f"{inside}{word[at:]}"]


def is_typed(name: str) -> bool:
    """Whether a machine has a name, and a person could type it: none that a terminal shows otherwise."""
    return bool(name) and visible(name) == name


def domain_words(name: str) -> tuple[str, ...]:
    """The machine, where virsh wants a domain; a word for one without a name that can be typed."""
    word = name if is_typed(name) else "DOMAIN"
    return (f"--domain={word}" if word.startswith("-") else word,)


def named_for_virsh(machine: Machine) -> tuple[str, str | None]:
    """What virsh calls a machine, and the connection it was read from.

    By its UUID where virsh would take the name for another domain's number or UUID, and where nobody could
    type it.
    """
    name, host = machine.configuration.name, machine.sidecars.host
    if host is None or host.uri is None:
        return name, None
    typed = is_typed(name) and not is_ambiguous(name)
    return (name if typed or not host.vm else host.vm), host.uri


def file_word(file: str) -> str:
    """A file, which shall not be taken for an option."""
    return f"./{file}" if file.startswith("-") else file


def is_plainly_said(snapshot: DomainSnapshot, *, without_memory: bool) -> bool:
    """Whether virsh snapshot-create-as can say all of it; ``without_memory``: none is kept anyway."""
    words = (None, Memory.INTERNAL, Memory.EXTERNAL, *((Memory.NO,) if without_memory else ()))
    kept = snapshot.memory in words
    entries = all(
        one.name and one.kind in ("file", "block") and (one.kind == "file" or one.file)
        for one in snapshot.listed
    )
    return kept and entries


def esx_uri(facts: HostFacts | None) -> str:
    """What leads virsh to an ESXi host: the one that said it has the machine, else HOST stands for it."""
    if facts is None or facts.vm is None:
        return "esx://HOST/"
    name = facts.host.replace("%", "%25")
    return f"esx://[{name}]/" if ":" in name else f"esx://{name}/"


def virsh_words(uri: str | None) -> tuple[str, ...]:
    """How a line for virsh begins; ``uri`` is the connection that the machine was read from."""
    return ("virsh",) if uri is None else ("virsh", "-c", uri)


def snapshot_as(
    name: str, snapshot: DomainSnapshot, *, disk_only: bool, esx: bool = False, uri: str | None = None
) -> str:
    """``virsh snapshot-create-as`` with what a ``<domainsnapshot>`` says, on ``esx`` without its disks."""
    words = [*virsh_words(uri), "snapshot-create-as", *domain_words(name)]
    if snapshot.name:
        words.append(f"--name={snapshot.name}" if snapshot.name.startswith("-") else snapshot.name)
    if disk_only:
        words.append("--disk-only")
    if snapshot.memory_file:
        words += ["--memspec", f"file={_escaped(snapshot.memory_file)},snapshot=external"]
    for listed in () if esx else snapshot.listed:
        words += ["--diskspec", ",".join(_diskspec(listed))]
    return shlex.join(words)


def _diskspec(listed: Listed) -> Iterator[str]:
    yield _escaped(listed.name or "")
    if listed.word is not None:
        yield f"snapshot={listed.word}"
    if listed.file_format is not None:
        yield f"driver={listed.file_format}"
    if listed.kind != "file":
        yield f"stype={listed.kind}"
    if listed.file:
        yield f"file={_escaped(listed.file)}"


def _escaped(text: str) -> str:
    """virsh takes a doubled comma for one that separates nothing."""
    return text.replace(",", ",,")


def from_file(name: str, file: str, *, disk_only: bool, uri: str | None = None) -> str:
    """``virsh snapshot-create`` with a file."""
    words = [*virsh_words(uri), "snapshot-create", *domain_words(name), file_word(file)]
    return shlex.join([*words, *(("--disk-only",) if disk_only else ())])


def of_esxi(  # noqa: PLR0913 - a snapshot's words, and whose it is
    name: str,
    snapshot_name: str,
    facts: HostFacts | None = None,
    *,
    memory: bool,
    quiesced: bool,
    description: str = "",
) -> Sequence[Command]:
    """What a host's own shell, and PowerCLI, are told; ``facts`` of a host give its own id of the VM."""
    flags = ["1" if memory else "0", "1" if quiesced else "0"]
    vm, note = "VMID", "VMID is the number before its name in: vim-cmd vmsvc/getallvms"
    if facts is not None and facts.vm is not None and facts.uri is None:
        vm, note = facts.vm, f"on {facts.host}"
    vim = shlex.join(["vim-cmd", "vmsvc/snapshot.create", vm, snapshot_name, description, *flags])
    options = ["-Description", _power_quoted(description)] if description else []
    options += [word for word, said in (("-Memory", memory), ("-Quiesce", quiesced)) if said]
    said, meaning = (_power_vm(name), "") if is_typed(name) else ("VM", "VM stands for its name")
    words = ["New-Snapshot", "-VM", said, "-Name", _power_quoted(snapshot_name), *options]
    return (
        Command("ESXi's shell", vim, note),
        Command("PowerCLI", " ".join(words), meaning),
    )


def _power_vm(name: str) -> str:
    """The VM of exactly this name: of a name alone PowerCLI takes ``*?[]`` for wildcards (its about_OBN)."""
    if not _WILDCARDS.search(name):
        return _power_quoted(name)
    return f"(Get-VM | Where-Object Name -CEQ {_power_quoted(name)})"


def _power_quoted(text: str) -> str:
    """In PowerShell's single quotes nothing is expanded, and a quote is doubled, also a typographic one."""
    return (
        "'"
        + "".join(letter * 2 if letter in "'\u2018\u2019\u201a\u201b" else letter for letter in text)
        + "'"
    )


def of_workstation(path: str, snapshot_name: str) -> Command:
    """Workstation's, Player's and Fusion's vmrun, quoted as the shells of the path's system take it."""
    words = ["vmrun", "snapshot", file_word(path), snapshot_name]
    windows = _OF_WINDOWS.match(path) is not None
    return Command("vmrun", " ".join(map(_windows_quoted, words)) if windows else shlex.join(words))


def _windows_quoted(word: str) -> str:
    """What cmd and PowerShell take for one word."""
    if re.fullmatch(r"[\w.:\\-]+", word):
        return word
    return '"' + word.replace('"', '\\"') + '"'


def backup_begin(name: str, file: str, checkpoint_file: str | None, uri: str | None = None) -> str:
    """The ``virsh backup-begin`` that takes these files, as a shell takes it."""
    words = [*virsh_words(uri), "backup-begin", *domain_words(name), "--backupxml", file_word(file)]
    return shlex.join(
        words + ([] if checkpoint_file is None else ["--checkpointxml", file_word(checkpoint_file)])
    )


def checkpoint_create(name: str, file: str, uri: str | None = None) -> str:
    """``virsh checkpoint-create``."""
    return shlex.join([*virsh_words(uri), "checkpoint-create", *domain_words(name), file_word(file)])
