"""What a disk and its policy are. The ground floor: imports nothing else of this project."""

from tui.disks.configuration import DOCUMENT_FORMATS, FORMAT_NAMES, Configuration, Controller, Format, Signs
from tui.disks.disk import (
    DRIVE_LABELS,
    MULTI_WRITER,
    Device,
    Disk,
    Dropped,
    Transient,
    UnitAddress,
    letters,
    target_name,
)
from tui.disks.hardware import Attached, DomainController, Firmware, Loader
from tui.disks.host_facts import HostFacts, Power
from tui.disks.libvirt import NEWEST, LibvirtVersion
from tui.disks.part import Part
from tui.disks.policy import (
    DEPENDENT,
    DISCARDING,
    INDEPENDENT,
    MODES,
    UNSUPPORTED,
    Mode,
    ModeFacts,
    Participation,
    Policy,
    Preset,
    effect_of,
    mode_named,
    mode_of,
    near_mode,
    parse_mode,
    yes_no,
)
from tui.disks.policy_change import PolicyChange
from tui.disks.remark import Remark
from tui.disks.sidecars import NO_PARENT, Chain, Image, Sidecars, Snapshots
from tui.disks.spelling import Spelling

__all__ = [
    "DEPENDENT",
    "DISCARDING",
    "DOCUMENT_FORMATS",
    "DRIVE_LABELS",
    "FORMAT_NAMES",
    "INDEPENDENT",
    "MODES",
    "MULTI_WRITER",
    "NEWEST",
    "NO_PARENT",
    "UNSUPPORTED",
    "Attached",
    "Chain",
    "Configuration",
    "Controller",
    "Device",
    "Disk",
    "DomainController",
    "Dropped",
    "Firmware",
    "Format",
    "HostFacts",
    "Image",
    "LibvirtVersion",
    "Loader",
    "Mode",
    "ModeFacts",
    "Part",
    "Participation",
    "Policy",
    "PolicyChange",
    "Power",
    "Preset",
    "Remark",
    "Sidecars",
    "Signs",
    "Snapshots",
    "Spelling",
    "Transient",
    "UnitAddress",
    "effect_of",
    "letters",
    "mode_named",
    "mode_of",
    "near_mode",
    "parse_mode",
    "target_name",
    "yes_no",
]
