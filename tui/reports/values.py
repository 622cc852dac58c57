"""The words and JSON values all reports share.

The schema is ``diskmode.audit/1``; keys are only ever added, and what changes the meaning of one gets a new
schema. Every object has a ``kind``:

- ``machine``: ``file``, ``link`` (the symbolic link it was reached by, else null), ``domain`` (its number
where a file holds several, else null), ``vm``, ``format``, ``hypervisor``, ``snapshots`` (``count``,
``current``, ``newest``, ``taken``, ``days``; null where no record tells), ``locked`` (the lock beside the
file, or null), ``findings`` (those on the machine itself) and, in json, ``disks``; - ``disk``: the keys of
its machine but for ``findings``, and ``address``, ``target``, ``device``, ``bus``, ``source``, ``size``
(bytes, null where its image does not tell), ``mode`` (VMX's word), ``preset`` (libvirt's), ``participates``
(in snapshots; null where nobody knows the word), ``persistent`` (keeps writes), ``chain`` (the files its
image builds on, its own first, or null), and its own ``findings``; - ``unread``: ``file``, ``link``,
``error`` (a word: missing, not-a-file, no-permission, no-folder-permission, empty, too-large, changing,
link-loop, io-error, broken-xml, not-a-machine, crashed), ``reason``, ``remedy``, ``line``; - ``accept``:
what is wrong with the accept file: ``rule``, ``severity``, ``message``, ``advice``; - ``total``: the
counts, and ``complete``, false where the run was interrupted.

A finding has ``rule``, ``severity``, ``message``, ``line`` (from 1, or null) and ``accepted`` (the reason,
or null where it stands). CD-ROM and floppy drives are left out unless a rule has something against one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.counting import counted
from tui.rules import Severity

if TYPE_CHECKING:
    from tui.disks import Configuration, Disk, Snapshots
    from tui.fleet.judged import JudgedMachine, Unread
    from tui.fleet.since import Known, Since
    from tui.fleet.tally import Totals
    from tui.rules import Finding


def name_of(disk: Disk) -> str:
    """The shortest name that tells a disk from the others of its machine."""
    return disk.address or disk.target or f"disk {disk.index + 1}"


def first_line(judged: JudgedMachine, disk: Disk) -> int | None:
    """The line (from 1) on which the file begins to tell of a disk."""
    lines = judged.configuration.disk_lines
    return lines[disk.index][0] + 1 if disk.index < len(lines) and lines[disk.index] else None


def machine_values(judged: JudgedMachine) -> dict[str, Any]:
    """What each object of a machine begins with."""
    return {
        "file": judged.path,
        "link": judged.link,
        "domain": judged.domain,
        "vm": judged.vm,
        "format": judged.configuration.format,
        "hypervisor": judged.hypervisor,
        "snapshots": snapshot_values(judged.configuration.sidecars.snapshots),
        "locked": judged.configuration.sidecars.lock,
    }


def snapshot_values(snapshots: Snapshots | None) -> dict[str, Any] | None:
    """How many there are, the names of the current and the newest one, and when that was taken (UTC)."""
    if snapshots is None:
        return None
    taken = None if snapshots.taken is None else snapshots.taken.isoformat()
    return {
        "count": snapshots.count,
        "current": snapshots.current,
        "newest": snapshots.newest,
        "taken": taken,
        "days": snapshots.days,
    }


def chain_values(configuration: Configuration, disk: Disk) -> list[str] | None:
    """The images a disk's file builds on, its own first; None where it stands by itself."""
    chain = configuration.sidecars.chains.get(disk.index)
    return None if chain is None else list(chain.files)


def disk_values(judged: JudgedMachine, disk: Disk) -> dict[str, Any]:
    """A disk as the JSON of an audit has it: what it is, its policy, its findings."""
    image = judged.configuration.image_of(disk)
    return {
        "address": disk.address,
        "target": disk.target or None,
        "device": disk.device,
        "bus": disk.bus,
        "source": disk.source or None,
        "size": None if image is None else image.size,
        "mode": disk.shown_mode,
        "preset": disk.preset,
        "participates": judged.configuration.participation_of(disk).covered,
        "persistent": disk.policy.persistent,
        "chain": chain_values(judged.configuration, disk),
        "findings": finding_values(judged, disk.index),
    }


def finding_values(judged: JudgedMachine, disk: int | None) -> list[dict[str, Any]]:
    """The findings on a disk, or on the machine itself."""
    return [
        {
            "rule": one.rule,
            "severity": one.severity,
            "message": one.message,
            "line": one.line,
            "accepted": reason,
        }
        for one, reason in judged.on(disk)
    ]


def unread_values(unread: Unread) -> dict[str, Any]:
    """A file that could not be judged."""
    return {
        "file": unread.path,
        "link": unread.link,
        "error": unread.kind,
        "reason": unread.reason,
        "remedy": unread.remedy,
        "line": unread.line,
    }


def accept_values(finding: Finding) -> dict[str, Any]:
    """What is wrong with the accept file."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "advice": finding.advice,
    }


def total_values(totals: Totals) -> dict[str, Any]:
    """The counts. ``findings`` stand, ``accepted`` do not; both by rule, the gravest first."""
    tally = totals.tally
    return {
        "complete": totals.complete,
        "machines": tally.machines,
        "disks": tally.disks,
        "not_in_snapshots": tally.left_out,
        "left_to_you": tally.manual,
        "unknown": tally.unknown,
        "discarding": tally.discarding,
        "unread": dict(sorted(tally.unread.items())),
        "findings": _by_rule(tally.rules),
        "accepted": _by_rule(tally.accepted),
        "since": None if totals.since is None else _since_values(totals.since, tally.rules.total()),
    }


def _since_values(since: Since, new: int) -> dict[str, Any]:
    """What is news beside an earlier audit: ``new`` findings stand, ``gone`` ones stood there."""
    return {
        "baseline": since.name,
        "new": new,
        "gone": len(since.gone),
        "machines_not_met": since.not_met,
    }


def gone_values(known: Known) -> dict[str, Any]:
    """A finding of the earlier audit that is no more; ``disk`` is null where it was on the machine."""
    return {
        "file": known.file,
        "domain": known.domain,
        "vm": known.vm,
        "disk": known.disk or None,
        "rule": known.rule,
        "severity": known.severity,
        "message": known.message,
    }


def gone_name(known: Known) -> str:
    """Whose finding it was: the machine's, or its disk's."""
    return f"{known.vm}, {known.disk}" if known.disk else known.vm


def _by_rule(counts: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [
        {"rule": rule, "severity": severity, "count": number}
        for (severity, rule), number in by_gravity(counts)
    ]


def by_gravity(counts: dict[tuple[str, str], int]) -> list[tuple[tuple[str, str], int]]:
    """Counts by severity and rule, the gravest first, then the most frequent, then by name."""
    return sorted(counts.items(), key=lambda item: (Severity(item[0][0]).rank, -item[1], item[0][1]))


def total_lines(totals: Totals) -> list[str]:
    """The counts for a person, one to a line."""
    tally = totals.tally
    lines = [f"{counted(tally.machines, 'machine')}, {counted(tally.disks, 'disk')}"]
    lines.append(
        f"{counted(tally.left_out, 'disk')} not in snapshots; {tally.discarding:,} losing writes at power-off"
    )
    if tally.manual:
        lines.append(f"{counted(tally.manual, 'disk')} of those left to you (manual)")
    if tally.unknown:
        lines.append(f"{counted(tally.unknown, 'disk')} in a mode nobody knows: neither in snapshots nor out")
    if totals.since is not None:
        lines.append(since_line(totals.since, tally.rules.total()))
    for (severity, rule), number in by_gravity(tally.rules):
        lines.append(f"{Severity(severity).sign} {number:,} {rule} ({severity})")
    if tally.accepted:
        lines.append(f"{counted(tally.accepted.total(), 'accepted finding')}")
    if tally.unread:
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in sorted(tally.unread.items()))
        lines.append(f"{counted(tally.files_unread, 'place')} not read: {kinds}")
    if not totals.complete:
        lines.append("interrupted: there may be more")
    return lines


def since_line(since: Since, new: int) -> str:
    """How many findings are new and how many are gone since the baseline, in a line."""
    told = f"since the baseline: {counted(new, 'finding')} new, {len(since.gone):,} gone"
    return f"{told}, {counted(since.not_met, 'machine')} of it not met" if since.not_met else told
