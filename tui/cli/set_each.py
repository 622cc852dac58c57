"""``diskmode set --each``: one change made to the disks a query picks, in every machine of folders."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import click

from tui.cli.audit_run import tell_passed
from tui.cli.completion_values import complete_query
from tui.cli.hosts import NOT_RELOADED, prepare, refuse_reload
from tui.cli.interrupts import stoppable
from tui.cli.libvirt_uri import complete_file, connects_option, domains_or_files
from tui.cli.messages import Status, print_bytes, say, say_unremembered
from tui.cli.options import follow_option, hosts_option, hypervisor_option, spelling_option
from tui.cli.patch import patch_of
from tui.cli.policy_options import options_given, policy_change_of, policy_change_option, refuse_clashes
from tui.counting import counted
from tui.disks import Mode
from tui.editing import PolicyChange
from tui.fleet.bulk_plan import FileChange, FilePlan, plan_file
from tui.fleet.bulk_write import WriteState, apply
from tui.fleet.query import Query, QueryError, parse
from tui.fleet.walk import Follow, Passed, walk
from tui.history.change import Caller
from tui.history.change_store import OpenChange
from tui.history.file_names import asked_as, real_file
from tui.machine import full_name
from tui.rules import Hypervisor
from tui.storage import ask_what_runs, ending_waits, is_elsewhere, noun_of

# What is counted, by what became of it and its unit.
_Counts = Counter[tuple[str, str]]
_UNITS = ("machine", "disk", "file")
_DONE, _SAME, _REFUSED, _FAILED = "done", "as wanted already", "refused", "failed"


@click.command("set --each")
@click.argument(
    "paths", nargs=-1, metavar="PATH...", type=click.Path(readable=False), shell_complete=complete_file
)
@connects_option
@click.option("--each", is_flag=True, required=True, help="Change the machines in PATH, folders and files.")
@click.option(
    "--where",
    metavar="QUERY",
    required=True,
    shell_complete=complete_query,
    help="Which disks: 'mode:indep vm:web -rule:legacy*'.",
)
@policy_change_option
@hypervisor_option
@spelling_option
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out what is called so.")
@follow_option
@click.option("--dry-run", is_flag=True, help="Print diffs that patch takes, and write nothing.")
@click.option("--yes", is_flag=True, help="Save.")
@click.option("--backup", is_flag=True, help="Keep the old bytes of each file as FILE~, or FILE.~N~.")
@click.option(
    "--reload", is_flag=True, help="Have ESXi hosts read each saved file again (vim-cmd vmsvc/reload)."
)
@hosts_option
@click.pass_context
def command(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    paths: Sequence[str],
    connect: Sequence[str],
    each: bool,  # noqa: ARG001 - what brought us here
    where: str,
    snapshot: bool | None,
    persistent: bool | None,
    mode: Mode | None,
    preset: str | None,
    hypervisor: str | None,
    spelling: str | None,
    exclude: Sequence[str],
    follow: bool,
    dry_run: bool,
    yes: bool,
    backup: bool,
    reload: bool,
    hosts: int | None,
) -> Status:
    """Change every disk in PATH that QUERY picks; each file is saved whole or not at all.

    QUERY is made of terms that must all fit: vm:, disk:, mode:, rule:, topic:, path:, source:, hypervisor:,
    snapshot:, persistent: and is: (skipped, no-snapshot, locked, has-snapshots, in-use, pending, disk) look
    into one field, a bare word into any; * and ? fit from end to end, - turns a term over. diskmode undo
    takes all of it back; where it was killed, the same command again finishes it. What a rule or a lock
    refuses is listed, and stops nothing. Symbolic links out of PATH are followed with --follow only.

    \b
    Examples:
      diskmode set --each /mnt/nfs --where mode:independent-persistent --snapshot --dry-run
      diskmode set --each /etc/libvirt/qemu --where 'vm:web disk:vdb' --no-snapshot --yes --backup
      diskmode set --each ssh://root@esxi01/vmfs/volumes --where vm:web01 --snapshot --yes --reload

    \b
    Exit status:
      0 done    2 a file could not be read or saved, or its host did not read it again
      3 something was refused    130 interrupted
    """
    if dry_run == yes:
        raise click.UsageError("give either --dry-run, to see what would change, or --yes")
    refuse_clashes(options_given(context))
    if connect and backup:
        raise click.UsageError("--backup needs files; of domains diskmode undo takes the change back")
    paths = domains_or_files(connect, paths)
    if not paths:
        raise click.UsageError("no PATH was given, nor a connection with -c")
    wanted = policy_change_of(snapshot, persistent, mode, preset, spelling)
    if reload:
        refuse_reload(paths, dry_run=dry_run)
    query, judged_for = _query(where), None if hypervisor is None else Hypervisor(hypervisor)
    ask_what_runs(query.asks("pending"))
    counts: _Counts = Counter()
    passed = Passed()
    remembering = OpenChange(
        Caller.SET_EACH, _words_of(paths, where, wanted, (*exclude, hypervisor or "")), resumes=True
    )
    save = partial(_save, counts=counts, remembering=remembering, backup=backup, reload=reload)
    prepare()
    with ending_waits() as end_waits, stoppable(end_waits) as stop:
        for found in walk(paths, exclude, Follow.ALL if follow else Follow.NONE, passed, hosts):
            planned = plan_file(found, wanted, query, judged_for)
            if planned is not None:
                _do(planned, counts, None if dry_run else save)
            if stop.asked:
                break
    tell_passed(passed)
    say(_summary(counts, "would change" if dry_run else "changed", noun_of(paths)))
    say_unremembered(remembering.trouble)
    if stop.asked:
        remembering.stop()
        return stop.status
    remembering.end()
    met = {kind for (kind, _), number in counts.items() if number}
    if met & {_FAILED, NOT_RELOADED}:
        return Status.BAD_INPUT
    return Status.REFUSED if _REFUSED in met else Status.DONE


def _words_of(paths: Sequence[str], where: str, wanted: PolicyChange, others: Sequence[str]) -> str:
    """What is done, in words that are the same when it is asked for again."""
    asked = (f"{name}={value}" for name, value in wanted._asdict().items() if value is not None)
    places = (path if is_elsewhere(path) else full_name(path) for path in paths)
    return shlex.join([*places, where, *asked, *others])


def _query(where: str) -> Query:
    try:
        query = parse(where)
    except QueryError as error:
        raise click.UsageError(f"--where: {error}") from error
    if not query.terms:
        raise click.UsageError("--where asks for nothing, which would pick every disk: say '*' to mean that")
    return query


def _do(planned: FilePlan, counts: _Counts, save: Callable[[FileChange], None] | None) -> None:
    """Tell what is refused in a file; save its change, or print it where nothing is to be saved."""
    for refused in planned.refused:
        unit = "disk" if refused.disks else "file"
        counts[_FAILED if refused.failed else _REFUSED, unit] += len(refused.disks) or 1
        disks = f"{', '.join(refused.disks)}: " if refused.disks else ""
        say(f"{disks}{refused.reason}", planned.path)
    counts[_SAME, "machine"] += len(planned.as_wanted)
    change = planned.change
    if change is None:
        return
    for machine in change.machines:
        for sentence in machine.brings:
            say(f"error: {sentence}", planned.path)
    if save is None:
        counts[_DONE, "file"] += 1
        print_bytes(patch_of(change.path, change.reading.data, change.data), change.codec)
    else:
        save(change)


_COUNTED_AS = {WriteState.SAVED: _DONE, WriteState.REFUSED: _REFUSED}


def _save(
    change: FileChange, *, counts: _Counts, remembering: OpenChange, backup: bool, reload: bool
) -> None:
    if change.reading.not_kept:
        say(change.reading.not_kept, change.path)
    done = remembering.doing(
        real_file(change.reading) or change.path,
        change.reading.data,
        change.data,
        lambda: apply(change, backup=backup, reload=reload),
        lambda one: one.is_saved,
        named=asked_as(change.reading),
    )
    counts[_COUNTED_AS.get(done.state, _FAILED), "file"] += 1
    counts[NOT_RELOADED, "file"] += done.not_reloaded
    if done.reason:
        say(done.reason, done.path)
    if done.state is WriteState.SAVED:
        for machine in change.machines:
            vm = "" if machine.domain is None else f"{machine.vm}: "
            for was, now in machine.disks:
                say(f"{vm}{was.name} is now {now.effect[:1].lower()}{now.effect[1:]}", change.path)


def _summary(counts: _Counts, done: str, noun: str) -> str:
    """What came of all; ``noun`` is what the files are called."""
    parts = [f"{counted(counts[_DONE, 'file'], noun)} {done}"]
    for kind in (_SAME, _REFUSED, _FAILED, NOT_RELOADED):
        parts += [
            f"{counted(counts[kind, unit], noun if unit == 'file' else unit)} {kind}"
            for unit in _UNITS
            if counts[kind, unit]
        ]
    return ", ".join(parts)
