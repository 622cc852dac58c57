"""What a conversion is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from tui.formats.spellings import Spelling

Severity = Literal["error", "warning", "info"]
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Options:
    """How to convert.

    ``location`` is ``[datastore] folder``, where bare names lie, in either format; ``vmx_path`` is where the
    VMX itself lies, which tells the same. ``hardware_version`` is what the VMX shall say (4 to 22; None: what
    the disks need, at least 8). ``datacenter_path`` is vCenter's path of the VM's datacenter. ``spelling`` is
    how a domain XML shall say a disk's policy.
    """

    location: str | None = None
    vmx_path: str | None = None
    hardware_version: int | None = None
    datacenter_path: str | None = None
    spelling: Spelling = Spelling.LIBVIRT


DEFAULTS = Options()


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the source that the target does not say, and why.

    ``key`` is a VMX key as the file spells it, or a path below ``<domain>``. ``line`` counts from 1 in the
    source; ``disk`` is the index of the disk it belongs to. An ``error`` is a value that means nothing, a
    ``warning`` something the user has to finish or decide, an ``info`` something no word exists for.
    """

    key: str
    value: str
    why: str
    line: int | None = None
    severity: Severity = "info"
    disk: int | None = None


@dataclass(frozen=True)
class Conversion:
    """A whole document in the other format.

    ``disk_lines`` tells, by the source's ``Disk.index``, which lines of ``text`` (from 0) describe a disk;
    a disk the target does not hold is not in it. ``report`` gives what the target does not say.
    """

    text: str
    disk_lines: Mapping[int, range]
    report: Callable[[], tuple[Loss, ...]] = field(repr=False, compare=False)

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        """What the target does not say; looked up when first asked for, which a preview never does."""
        return self.report()


def shortened(value: str) -> str:
    """A value as a report shows it: at most 200 characters."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
