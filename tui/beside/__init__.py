"""What lies beside a machine's file, and what of it decides how the file is to be read."""

from tui.beside.documents import exported, opened, opened_to_look_at
from tui.beside.machine_files import VMSD_BYTES, read_sidecars

__all__ = ["VMSD_BYTES", "exported", "opened", "opened_to_look_at", "read_sidecars"]
