"""``diskmode undo``: take back a save, or a whole bulk change, also days later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import click
from click.shell_completion import CompletionItem

from tui.cli.files import problems_of
from tui.cli.hosts import NOT_RELOADED, prepare, reach, refuse_reload
from tui.cli.interrupts import stoppable
from tui.cli.libvirt_uri import complete_file, connect_option, domain_or_file
from tui.cli.messages import Problem, Status, print_bytes, say, say_lines, say_unremembered
from tui.cli.options import override_option
from tui.cli.patch import patch_of
from tui.counting import counted
from tui.formats.errors import FormatError
from tui.formats.opening import open_document
from tui.formats.text_diff import DiffLine, Sign
from tui.history.change import Caller, Change
from tui.history.change_store import OpenChange, remembered
from tui.history.changes import Changes, State
from tui.history.file_names import is_within, real_file
from tui.history.judging import objection_to_bytes
from tui.history.undoing import (
    AlreadyUndone,
    Planned,
    RefusedUndo,
    Restoration,
    plan_finish,
    plan_undo,
    restore,
)
from tui.storage import MissingError, StorageError, from_here, noun_of, read
from tui.visible import visible

_DONE, _SAME, _REFUSED, _FAILED = "done", "as before already", "refused", "failed"
_MOST_LINES = 12
_LISTED = "diskmode history lists them"


def _complete_id(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The changes that can be taken back, the newest first; behind -c URI its domains."""
    if context.params.get("connect"):
        return complete_file(context, param, incomplete)
    changes = remembered()
    return [
        CompletionItem(one.id, help=f"{one.caller.value}, {counted(len(one.files), 'file')}")
        for one in reversed(changes.changes)
        if one.id.startswith(incomplete) and changes.standing(one)
    ]


@click.command("undo")
@click.argument("name", required=False, metavar="[ID|PATH|NAME]", shell_complete=_complete_id)
@connect_option
@click.option("--last", is_flag=True, help="The newest change that was not taken back yet.")
@click.option("--finish", is_flag=True, help="Finish what was killed or stopped, in place of taking it back.")
@override_option
@click.option("--dry-run", is_flag=True, help="Print diffs that patch takes, and write nothing.")
@click.option("--yes", is_flag=True, help="Save.")
@click.option(
    "--reload", is_flag=True, help="Have ESXi hosts read each saved file again (vim-cmd vmsvc/reload)."
)
def command(  # noqa: PLR0913 - the command's options
    *,
    name: str | None,
    connect: str | None,
    last: bool,
    finish: bool,
    overrides: Sequence[str],
    dry_run: bool,
    yes: bool,
    reload: bool,
) -> Status:
    """Take back the change ID, as diskmode history lists it: one save, or a whole bulk change.

    With PATH, a file or a folder, the last change there that was not taken back yet; of a bulk change only
    the files there. With -c URI the last one of the domain NAME, or of any of that connection's domains.

    The first letters of an ID will do. Each file gets back the bytes it had. One that no longer has the bytes
    the change left is refused, and what would have to change is told; the others are done. To undo an undo is
    to do the change again.

    With --finish a change that the fleet's screen began, and that was killed or stopped, is finished: each
    file that still has the bytes it was planned on. A set --each is finished by the same command again.

    \b
    Examples:
      diskmode undo --last --dry-run
      diskmode undo 3fa9 --yes
      diskmode undo web01.vmx --dry-run
      diskmode undo -c qemu:///system web01 --dry-run

    \b
    Exit status:
      0 done    2 a file could not be read or saved, or its host did not read it again
      3 something was refused    130 interrupted
    """
    if dry_run == yes:
        raise click.UsageError("give either --dry-run, to see what would change, or --yes")
    changes = remembered()
    shown = name
    if connect is not None:
        shown = f"{connect} {name}" if name else connect
        name, last = _domain_or_connection(changes, connect, name, last=last), False
    meant = _to_finish if finish else _meant
    change = meant(changes, name, last=last, shown=shown)
    if changes.state(change) is State.RUNNING:
        raise Problem(f"{change.id} is still being made", "wait until that is done")
    within = None if name is None or changes.named(name) else name
    counts: Counter[str] = Counter()
    planning: Iterator[Planned]
    undoing = OpenChange(Caller.UNDO, change.what, of=change.id)
    if finish:
        undoing = undoing if dry_run else OpenChange.resuming(change)
        planning = plan_finish(change, partial(objection_to_bytes, states=True), frozenset(overrides))
    else:
        planning = plan_undo(changes, change, objection_to_bytes, frozenset(overrides), within)
    files = [one.file for one in change.unfinished] if finish else _within(change, within)
    if reload:
        refuse_reload(files, dry_run=dry_run)
    reach(files)
    prepare()
    save = partial(_restore, undoing=undoing, counts=counts, reload=reload)
    with stoppable() as stop:
        for planned in planning:
            _do(planned, counts, None if dry_run else save)
            if stop.asked:
                break
    if stop.asked:
        undoing.stop()
    else:
        undoing.end()
    done = "changed" if finish else "put back"
    _tell(undoing, counts, f"would be {done}" if dry_run else done, files)
    return stop.status if stop.asked else _status(counts)


def _status(counts: Counter[str]) -> Status:
    if counts[_FAILED] or counts[NOT_RELOADED]:
        return Status.BAD_INPUT
    return Status.REFUSED if counts[_REFUSED] else Status.DONE


def _domain_or_connection(changes: Changes, uri: str, name: str | None, *, last: bool) -> str:
    """What a domain is remembered by, whatever it was called then; without a name its connection."""
    if name is None:
        return domain_or_file(uri, "")
    if last:
        raise click.UsageError(f"give either the NAME of a domain or --last; {_LISTED}")
    address = domain_or_file(uri, name)
    with problems_of(address):
        try:
            return real_file(read(address)) or address
        except MissingError as error:
            if not changes.named(name):
                raise
            raise Problem(error.what, f"for the change: diskmode undo {name}", file=address) from error


def _meant(changes: Changes, name: str | None, *, last: bool, shown: str | None = None) -> Change:
    if (name is None) != last:
        raise click.UsageError(f"give either the ID of a change, a PATH, or --last; {_LISTED}")
    if name is None:
        change = changes.last()
        if change is None:
            raise Problem("no change is remembered that could be taken back")
        return change
    found, there = changes.named(name), _last_at(changes, name)
    if found and there is not None and found[0].id != name:
        raise Problem(
            f"{name} begins the ID of a change, and a file or folder is called so",
            f"give ./{name}, or more of the ID; {_LISTED}",
        )
    if len(found) == 1:
        return found[0]
    if not found and there is not None:
        return there
    if found:
        raise Problem(f"{len(found)} changes begin with {name}", f"give more of the ID; {_LISTED}")
    if "/" in name or "." in name:  # no ID has these
        raise Problem("no change of it is remembered that could be taken back", _LISTED, file=shown or name)
    raise Problem(f"there is no change {name}", _LISTED)


def _within(change: Change, within: str | None) -> Sequence[str]:
    return [file for file in change.files if within is None or is_within(change, file, within)]


def _last_at(changes: Changes, name: str) -> Change | None:
    """The newest change of a file, or of files in a folder, that is no undo and of which something stands."""
    made = (one for one in reversed(changes.changes) if one.of is None)
    return next(
        (one for one in made if any(is_within(one, file, name) for file in changes.standing(one))), None
    )


def _to_finish(changes: Changes, name: str | None, *, last: bool, shown: str | None = None) -> Change:
    if last and name is None:
        every = (one for one in reversed(changes.changes) if changes.state(one) is State.INTERRUPTED)
        change = next((one for one in every if one.unfinished), None)
        if change is None:
            raise Problem("no change is remembered that could be finished", _LISTED)
        return change
    change = _meant(changes, name, last=last, shown=shown)
    if changes.state(change) not in (State.INTERRUPTED, State.RUNNING):
        raise Problem(f"{change.id} is {changes.state(change)}: there is nothing to finish")
    if not change.unfinished:
        raise Problem(f"what {change.id} did not reach is not known", "give the same command again")
    return change


def _do(planned: Planned, counts: Counter[str], save: Callable[[Restoration], None] | None) -> None:
    if isinstance(planned, AlreadyUndone):
        counts[_SAME] += 1
    elif isinstance(planned, RefusedUndo):
        counts[_FAILED if planned.failed else _REFUSED] += 1
        say(planned.reason, planned.address)
        _tell_lines(planned.lines)
    elif save is None:
        counts[_DONE] += 1
        print_bytes(patch_of(planned.address, planned.reading.data, planned.data), _codec(planned.data))
    else:
        save(planned)


def _codec(data: bytes) -> str:
    try:
        return open_document(data).codec
    except FormatError:
        return "utf-8"


def _restore(planned: Restoration, *, undoing: OpenChange, counts: Counter[str], reload: bool) -> None:
    if planned.reading.not_kept:
        say(planned.reading.not_kept, planned.address)
    try:
        restored = restore(planned, undoing, reload=reload)
    except StorageError as error:
        counts[_FAILED] += 1
        say(f"{error.what}; {error.remedy}", planned.address)
        return
    counts[_DONE] += 1
    counts[NOT_RELOADED] += restored.not_reloaded
    if restored.notice:
        say(restored.notice, planned.address)


def _tell_lines(lines: Sequence[DiffLine]) -> None:
    if lines:
        say_lines("  To take it back by hand, this has to change:")
    for line in lines[:_MOST_LINES]:
        if line.sign is not Sign.GAP:
            say_lines(f"  {line.sign} {visible(line.text)}")
    if len(lines) > _MOST_LINES:
        say_lines(f"  and {counted(len(lines) - _MOST_LINES, 'line')} more")


def _tell(undoing: OpenChange, counts: Counter[str], done: str, files: Sequence[str]) -> None:
    """How many files are ``done``; one alone is named."""
    parts = [f"{counted(counts[_DONE], noun_of(files))} {done}"]
    parts += [f"{counts[kind]:,} {kind}" for kind in (_SAME, _REFUSED, _FAILED, NOT_RELOADED) if counts[kind]]
    say(", ".join(parts), from_here(files[0]) if len(files) == 1 else None)
    say_unremembered(undoing.trouble)
