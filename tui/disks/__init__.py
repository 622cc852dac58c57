"""What a disk and its policy are. The ground floor: imports nothing else of this project."""

from tui.disks.configuration import Configuration, Format, Remark
from tui.disks.disk import Device, Disk, Place, Transient, letters, target_name
from tui.disks.policy import (
    DEPENDENT,
    DISCARDING,
    INDEPENDENT,
    MODES,
    UNSUPPORTED,
    Mode,
    ModeFacts,
    Policy,
    Preset,
    effect_of,
    mode_named,
    mode_of,
    parse_mode,
)

__all__ = [
    "DEPENDENT",
    "DISCARDING",
    "INDEPENDENT",
    "MODES",
    "UNSUPPORTED",
    "Configuration",
    "Device",
    "Disk",
    "Format",
    "Mode",
    "ModeFacts",
    "Place",
    "Policy",
    "Preset",
    "Remark",
    "Transient",
    "effect_of",
    "letters",
    "mode_named",
    "mode_of",
    "parse_mode",
    "target_name",
]
