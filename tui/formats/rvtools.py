"""An export of RVTools: what vCenter said of every machine's disks, to be looked at and not to be changed.

The disks are those of vDisk; CBT and the hardware's version come from vInfo, snapshots from vSnapshot, where
these are at hand, joined by VM ID. What an export has no column for is not known, and no rule speaks of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from tui.cached import cached_property
from tui.counting import whole_number
from tui.disks import (
    MODES,
    NEWEST,
    Configuration,
    Device,
    Disk,
    Format,
    Image,
    LibvirtVersion,
    Mode,
    Policy,
    Sidecars,
    Signs,
    Snapshots,
    mode_named,
    target_name,
)
from tui.disks.targets import named_apart
from tui.formats.errors import FormatError
from tui.formats.rvtools_places import controller_of, place_of
from tui.formats.rvtools_tables import Rows, TableRow, csv_rows, plain, table_of, text_of

DISKS, MACHINES, SNAPSHOTS = "vDisk", "vInfo", "vSnapshot"
_WANTED = ("vm", "diskmode")
_MIB = 1024 * 1024
_SHARING = {"sharingnone": "", "sharingmultiwriter": "multi-writer"}
_RAW = {"physicalmode": "vmfsPassthroughRawDeviceMap", "virtualmode": "vmfsRawDeviceMap"}
_HEAD = 64 * 1024
_SIGN = "a VM ID of vCenter"
_NOT_KNOWN = Signs(esx=_SIGN)


def is_export(data: bytes) -> bool:
    """Whether bytes begin as the CSV of vDisk does."""
    first = text_of(data[:_HEAD])
    names = {plain(one) for one in first.partition("\n")[0].replace(";", ",").replace("\t", ",").split(",")}
    return names.issuperset(_WANTED)


class _Exported(NamedTuple):
    """One machine of an export."""

    name: str
    rows: Sequence[TableRow]
    info: TableRow | None
    snapshots: Snapshots | None


class RvtoolsDocument:
    """The bytes of an export and what they say of one machine in it.

    ``sheets`` are the rows of its tables, by their names: of a workbook, or of CSVs. ``ordinal`` picks the
    machine in view; ``machines`` are all, where they were read already.
    """

    format: Literal[Format.RVTOOLS] = Format.RVTOOLS

    def __init__(
        self,
        data: bytes,
        sheets: Mapping[str, Rows],
        ordinal: int = 0,
        machines: tuple[_Exported, ...] | None = None,
    ) -> None:
        self.data = data
        self.ordinal = ordinal
        self._machines = _machines_in(sheets) if machines is None else machines

    @classmethod
    def of_csvs(cls, data: bytes, beside: Mapping[str, bytes]) -> RvtoolsDocument:
        """The export in the CSV of vDisk, and in those of other tables. Raises FormatError."""
        return cls(data, {DISKS: csv_rows(data)} | {name: csv_rows(text) for name, text in beside.items()})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RvtoolsDocument) and (self.data, self.ordinal) == (other.data, other.ordinal)

    def __hash__(self) -> int:
        return hash((self.data, self.ordinal))

    @property
    def domain_names(self) -> tuple[str, ...]:
        """The names of all machines, in the order the export has them."""
        return tuple(one.name for one in self._machines)

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """What tells each machine from all others, in every export of it: its vCenter and its ID there."""
        return tuple(_key(one.rows[0]) for one in self._machines)

    def of_domain(self, ordinal: int) -> RvtoolsDocument:
        """The same bytes, with the machine at ``ordinal`` (from 0) in view."""
        return RvtoolsDocument(self.data, {}, ordinal, self._machines)

    @property
    def text_lines(self) -> tuple[str, ...]:
        """Nothing: a table of a whole vCenter is no machine's text."""
        return ()

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Every disk of the machine in view."""
        return self.configuration.disks

    @cached_property
    def configuration(self) -> Configuration:
        """What the export says of the machine in view."""
        name, rows, info, _ = self._machines[self.ordinal]
        tracked = info is not None and info.flag("cbt")
        controllers = {(one.bus, one.number): one for row in rows if (one := controller_of(row)) is not None}
        return Configuration(
            format=Format.RVTOOLS,
            name=name,
            disks=tuple(named_apart([_disk(row, index, tracked=tracked) for index, row in enumerate(rows)])),
            signs=_NOT_KNOWN,
            hardware_version=None if info is None else _hardware(info),
            controllers=tuple(controllers.values()),
            tracked=tracked,
            consolidation=_consolidation(info),
            disk_lines=tuple((row.line - 1,) for row in rows),
        )

    def configuration_with(self, sidecars: Sidecars, libvirt: LibvirtVersion = NEWEST) -> Configuration:
        """The same with what was read beside the file, judged for a libvirt."""
        return self.configuration.with_sidecars(sidecars, libvirt)

    @cached_property
    def sidecars(self) -> Sidecars:
        """What an export tells of images and snapshots; nothing lies beside it."""
        _, rows, _, snapshots = self._machines[self.ordinal]
        images = {index: _image(row) for index, row in enumerate(rows)}
        return Sidecars(images=images, snapshots=_aged(snapshots))


def _machines_in(sheets: Mapping[str, Rows]) -> tuple[_Exported, ...]:
    tables = _tables(sheets)
    groups: dict[tuple[str, str], list[TableRow]] = {}
    for row in filter(_is_of_a_disk, tables[DISKS]):
        groups.setdefault(_key(row), []).append(row)
    if not groups:
        raise FormatError("the export tells of no disk", "export it anew with RVTools")
    infos = {_key(row): row for row in tables.get(MACHINES, ())}
    taken: dict[tuple[str, str], list[TableRow]] = {}
    for row in tables.get(SNAPSHOTS, ()):
        taken.setdefault(_key(row), []).append(row)
    known = SNAPSHOTS in tables
    return tuple(
        _Exported(rows[0].text("vm"), rows, infos.get(key), _snapshots(taken.get(key, ())) if known else None)
        for key, rows in groups.items()
    )


def _is_of_a_disk(row: TableRow) -> bool:
    """Whether it tells of a machine's disk: what was made of an export may have rows of other things."""
    return bool(row.text("vm")) and any(map(row.text, ("disk", "diskpath", "diskmode")))


def _key(row: TableRow) -> tuple[str, str]:
    """What tells a machine from all others: vCenter's and its ID there, its uuid, or its name."""
    machine = row.text("vmid") or row.text("vmuuid") or row.text("vm")
    return row.text("visdkuuid") or row.text("visdkserver"), machine


def _tables(sheets: Mapping[str, Rows]) -> dict[str, list[TableRow]]:
    if DISKS not in sheets:
        raise FormatError("the workbook has no sheet vDisk", "give an export of RVTools (.xlsx)")
    return {
        name: table_of(rows, _WANTED if name == DISKS else _WANTED[:1], name) for name, rows in sheets.items()
    }


def _mode(row: TableRow) -> str | None:
    """VMX's word for the API's; an unknown word as it stands there."""
    word = row.text("diskmode")
    mode = mode_named(word) if word else None
    return mode.value if mode is not None else word or None


def _disk(row: TableRow, index: int, *, tracked: bool) -> Disk:
    word, place, source = _mode(row), place_of(row), row.text("diskpath") or row.text("path")
    known = MODES[Mode(word)].policy if word in set(Mode) else Policy(snapshot=True, persistent=True)
    sharing = row.text("sharingmode").lower()
    return Disk(
        index=index,
        place=place,
        target="" if place is None else target_name(place),
        device=Device.DISK,
        bus="" if place is None else place.bus,
        source=source or row.text("disk"),
        policy=known,
        file_format="vmdk" if source.lower().endswith(".vmdk") else None,
        mode_word=word,
        snapshot_said=word is not None,
        vmx_modes=True,
        sharing=_SHARING.get(sharing, sharing),
        tracked=tracked,
    )


def _image(row: TableRow) -> Image:
    size = row.number("capacitymib", "capacitymb")
    kind = _RAW.get(row.text("rawcompmode", "rawcompatibilitymode").lower()) if row.flag("raw") else None
    return Image(size=None if size is None or size < 0 else size * _MIB, create_type=kind)


def _hardware(info: TableRow) -> int | None:
    """``vmx-19`` or ``19``."""
    word = info.text("hwversion", "hardwareversion").lower().removeprefix("vmx-")
    return whole_number(word, 3)


def _consolidation(info: TableRow | None) -> bool | None:
    """Whether vCenter says that the disks need it; None where no column tells."""
    word = "" if info is None else info.text("consolidationneeded")
    return None if info is None or not word else info.flag("consolidationneeded")


def _snapshots(rows: Iterable[TableRow]) -> Snapshots:
    dated = [(row.moment("date/time", "datetime"), row.text("name")) for row in rows]
    if not dated:
        return Snapshots(0)
    times = [one for one in dated if one[0] is not None]
    taken, newest = max(times, key=_when) if times else (None, dated[-1][1])
    return Snapshots(len(dated), newest=newest or None, taken=taken)


def _when(dated: tuple[datetime | None, str]) -> datetime:
    return dated[0] or datetime.min.replace(tzinfo=UTC)


def _aged(snapshots: Snapshots | None) -> Snapshots | None:
    """With how long ago the newest was taken, as a record read beside a machine has it."""
    if snapshots is None or snapshots.taken is None:
        return snapshots
    return replace(snapshots, days=max((datetime.now(UTC) - snapshots.taken).days, 0))
