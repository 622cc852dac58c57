"""An ESXi host keeps in mind what a machine's file held: having it read the file again, after a save."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.storage.errors import UnreadableError
from tui.storage.place import Reading, Reloading

if TYPE_CHECKING:
    from tui.disks import HostFacts


class HostAnswer(NamedTuple):
    """What is to be said of a machine's host once its file is saved, as a clause; "" for nothing.

    ``failed``: the host was to read the file again, and did not.
    """

    clause: str = ""
    failed: bool = False


def save_notice(saved: Reading, answer: HostAnswer) -> str | None:
    """What is to be known of a save and its host, in clauses parted by semicolons; None for nothing."""
    return "; ".join(one for one in (saved.doubt, answer.clause, *saved.notices) if one) or None


def host_facts_of(reading: Reading) -> HostFacts | None:
    """What the host said of the machine when its file was read; None where no host did."""
    source, path = reading.source, reading.path
    return None if source is None or path is None else source.host_facts(path.path)


def vm_to_reload(reading: Reading, facts: HostFacts | None) -> str | None:
    """The host's id of a machine that it has to read again once its file is saved; None without one."""
    far = reading.path is not None and isinstance(reading.path.place, Reloading)
    return facts.vm if far and facts is not None else None


def after_save(reading: Reading, facts: HostFacts | None, *, reload: bool) -> HostAnswer:
    """What is to be said of the host: its answer where it was to ``reload``, else what is to be done there.

    Waits for the host; never raises.
    """
    vm = vm_to_reload(reading, facts)
    if vm is None or facts is None:
        return _unknown_to_its_host(facts) if reload else HostAnswer()
    if not reload:
        return HostAnswer(
            f"the host {facts.host} goes by the old text until this runs there: vim-cmd vmsvc/reload {vm}"
        )
    try:
        reply = _reload(reading, vm)
    except UnreadableError as error:
        what = f"the file is saved, but the host {facts.host} did not read it again: {error.what}"
        return HostAnswer(what, failed=True)
    return HostAnswer(f"the host {facts.host} read it again" + (f': vim-cmd says "{reply}"' if reply else ""))


def _unknown_to_its_host(facts: HostFacts | None) -> HostAnswer:
    if facts is None:
        return HostAnswer("no ESXi host says that it has this machine: there is nothing to read again")
    what = f"the host {facts.host} did not say which VM's file it is: it may go by the old text"
    return HostAnswer(what, failed=True)


def _reload(reading: Reading, vm: str) -> str:
    assert reading.path is not None
    assert isinstance(reading.path.place, Reloading)
    return reading.path.place.reload(vm)
