"""One virtual machine: a document and what lies beside it -> its disks, findings and other format."""

from tui.machine.from_file import (
    SeveralDomainsError,
    machine_in,
    machine_to_look_at,
    machines_in,
    read_sidecars,
    with_sidecars,
)
from tui.machine.machine import Machine, Text, full_name

__all__ = [
    "Machine",
    "SeveralDomainsError",
    "Text",
    "full_name",
    "machine_in",
    "machine_to_look_at",
    "machines_in",
    "read_sidecars",
    "with_sidecars",
]
