"""A host keeps in mind what a machine's file held: having it read the file again, after a save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.storage import StorageError, reload_still_needed, reload_vm, vm_to_reload

if TYPE_CHECKING:
    from tui.disks import HostFacts
    from tui.storage import Reading


def after_save(reading: Reading, facts: HostFacts | None, *, reload: bool) -> str:
    """What is to be said of the host once its file is saved: its answer, or that it has the old text still.

    Nothing where no host keeps one. Waits for the host; never raises.
    """
    vm = vm_to_reload(reading, facts)
    if vm is None or facts is None:
        return ""
    if not reload:
        return reload_still_needed(reading, facts)
    try:
        said = reload_vm(reading, vm)
    except StorageError as error:
        return f"the file is saved, but the host {facts.host} did not read it again: {error.what}"
    return f"the host {facts.host} read it again" + (f': vim-cmd says "{said}"' if said else "")
