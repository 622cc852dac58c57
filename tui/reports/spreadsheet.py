"""CSV for a spreadsheet, its columns named as RVTools' vDisk tab names them, where that has them.

From there: VM, Disk, Capacity MiB, Raw, Disk Mode, Sharing mode, Controller, Unit #, Shared Bus, Path; with
the vSphere API's words in them (independent_persistent, sharingNone, noSharing). The rest is this program's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from tui.disks import Controller, Disk, Image, Mode, yes_no
from tui.fleet.judged import JudgedMachine, Result, Unread
from tui.fleet.tally import Totals
from tui.reports.values import by_gravity, chain_values, name_of
from tui.rules import Finding
from tui.visible import visible

COLUMNS = (
    *("VM", "Disk", "Capacity MiB", "Raw", "Disk Mode", "Sharing mode", "Controller", "Unit #", "Shared Bus"),
    *("Path", "Target", "Preset", "Snapshot", "Persistent", "Hypervisor", "Findings", "Accepted", "File"),
    *("Domain", "Error", "Link", "Snapshots", "Chain", "Locked"),
)
SUMMARY_COLUMNS = ("Severity", "Rule", "Count", "Accepted")
# What a spreadsheet takes for the start of a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MIB = 1024 * 1024
_SHARING = {"": "sharingNone", "none": "sharingNone", "multi-writer": "sharingMultiWriter"}
_SHARED_BUS = {
    "": "noSharing",
    "none": "noSharing",
    "virtual": "virtualSharing",
    "physical": "physicalSharing",
}
_RAW_TYPES = (
    "fulldevice",
    "partitioneddevice",
    "vmfspassthroughrawdevicemap",
    "vmfsrdmp",
    "vmfsrawdevicemap",
    "vmfsrdm",
)


def cell(value: object) -> str:
    """A value as a cell: nothing in it acts on a terminal, or is a formula."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = visible(str(value))
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def row_of(values: Sequence[object]) -> str:
    """A line of CSV (RFC 4180, but with a line feed as Unix tools like it)."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([cell(value) for value in values])
    return out.getvalue()


class Csv:
    """A row for each disk; a machine has one where it has no disk or findings of its own."""

    separator = ""

    def head(self) -> str:
        """The titles of the columns."""
        return row_of(COLUMNS)

    def part(self, result: Result) -> str:
        """A row for each disk of a machine; one for a file that cannot be read."""
        if isinstance(result, Unread):
            error = f"{result.kind}: {result.reason}"
            return _row({"VM": "", "File": result.path, "Error": error, "Link": result.link})
        rows = [_disk_row(result, disk) for disk in result.rows]
        if not rows or result.on(None):
            rows.insert(0, _row(_machine_cells(result) | _findings_cells(result, None)))
        return "".join(rows)

    def tail(self, totals: Totals) -> str:
        """What is wrong with the accept file; a sheet of disks has no totals."""
        faults = totals.leftovers
        return "".join(_row({"Findings": _finding_text(one), "Error": one.message}) for one in faults)


def _row(cells: dict[str, object]) -> str:
    return row_of([cells.get(column, "") for column in COLUMNS])


def _machine_cells(judged: JudgedMachine) -> dict[str, object]:
    snapshots = judged.configuration.sidecars.snapshots
    return {
        "VM": judged.vm,
        "Hypervisor": judged.hypervisor.value,
        "File": judged.path,
        "Domain": judged.domain,
        "Link": judged.link,
        "Snapshots": None if snapshots is None else snapshots.count,
        "Locked": judged.configuration.sidecars.lock,
    }


def _findings_cells(judged: JudgedMachine, disk: int | None) -> dict[str, object]:
    on = judged.on(disk)
    return {
        "Findings": "; ".join(_finding_text(one) for one, reason in on if reason is None),
        "Accepted": "; ".join(f"{_finding_text(one)}: {reason}" for one, reason in on if reason is not None),
    }


def _finding_text(finding: Finding) -> str:
    return f"{finding.severity.value} {finding.rule}"


def _disk_row(judged: JudgedMachine, disk: Disk) -> str:
    image = judged.configuration.image_of(disk)
    size = None if image is None or image.size is None else image.size // _MIB
    return _row(
        _machine_cells(judged)
        | _findings_cells(judged, disk.index)
        | _place_cells(judged, disk)
        | {
            "Disk": name_of(disk),
            "Capacity MiB": size,
            "Raw": _raw(image),
            "Disk Mode": _api_mode(disk),
            "Path": disk.source,
            "Target": disk.target,
            "Preset": disk.preset and disk.preset.value,
            "Snapshot": judged.configuration.participation_of(disk).value,
            "Persistent": yes_no(disk.policy.persistent),
            "Chain": " < ".join(chain_values(judged.configuration, disk) or ()),
        }
    )


def _raw(image: Image | None) -> str:
    """Whether it is a device of the host; empty where its descriptor was not at hand to tell."""
    kind = None if image is None else image.create_type
    if kind is None:
        return ""
    return str(kind.lower() in _RAW_TYPES)


def _api_mode(disk: Disk) -> str:
    """The vSphere API writes underscores, as in independent_persistent."""
    word = disk.shown_mode or ""
    return word.replace("-", "_") if word in {mode.value for mode in Mode} else word


def _place_cells(judged: JudgedMachine, disk: Disk) -> dict[str, object]:
    place = disk.place
    if place is None or not disk.vmx_modes:
        return {}
    sharing = _SHARING.get(disk.sharing, disk.sharing)
    controllers = {(one.bus, one.number): one for one in judged.configuration.controllers}
    controller = controllers.get((place.bus, place.controller))
    return {
        "Sharing mode": sharing,
        "Controller": f"{place.bus.upper()} controller {place.controller}",
        "Unit #": place.unit,
        "Shared Bus": _shared_bus(controller),
    }


def _shared_bus(controller: Controller | None) -> str:
    if controller is None:
        return ""
    return _SHARED_BUS.get(controller.shared_bus, controller.shared_bus)


class CsvSummary:
    """Only the counts: a row for each rule."""

    separator = ""

    def head(self) -> str:
        """The titles of the columns."""
        return row_of(SUMMARY_COLUMNS)

    def part(self, result: Result) -> str:  # noqa: ARG002 - the protocol's
        """Nothing: only counts are told."""
        return ""

    def tail(self, totals: Totals) -> str:
        """A row for each severity and rule."""
        tally = totals.tally
        keys = dict(by_gravity(dict.fromkeys((*tally.rules, *tally.accepted), 0)))
        return "".join(
            row_of((severity, rule, tally.rules[severity, rule], tally.accepted[severity, rule]))
            for severity, rule in keys
        )
