"""``diskmode set``: change the policy of disks without a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from tui.cli.files import machine_of, problems_of, read_input, shown_name, write_output
from tui.cli.libvirt_option import libvirt_option
from tui.cli.libvirt_uri import connect_option, domain_or_file
from tui.cli.messages import Problem, Status, print_bytes, say, say_unremembered
from tui.cli.options import (
    STDIN,
    domain_option,
    file_argument,
    force_option,
    hypervisor_option,
    out_option,
    override_option,
    spelling_option,
)
from tui.cli.patch import patch_of
from tui.cli.policy_options import (
    ALL,
    disks_meant,
    options_given,
    policy_change_of,
    policy_change_option,
    refuse_clashes,
    refuse_foreign,
)
from tui.cli.refusals import refuse_locked, refused
from tui.disks import Disk, HostFacts, LibvirtVersion, Mode
from tui.editing import Refusal, cautions_of, edit, refused_beside
from tui.machine import Machine, read_sidecars, with_sidecars
from tui.storage import (
    HostAnswer,
    Reading,
    after_save,
    is_same,
    save,
    source_now,
    source_of,
    vm_to_reload,
)

if TYPE_CHECKING:
    from tui.cli.interrupts import Stop


def _complete_disk(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The disks of the FILE that was given: by target, and by address where one was begun."""
    file = context.params.get("file")
    if not file or file == STDIN:
        return []
    try:
        machine = machine_of(file, read_input(file), context.params.get("domain"))
    except click.ClickException:
        return []
    open_ones = [disk for disk in machine.disks if machine.locked(disk.index) is None]
    names = [(ALL, "every disk that can be edited")]
    names += [(disk.target or disk.address or "", disk.source) for disk in open_ones]
    # Colons separate words in bash, and keys from descriptions in zsh.
    names += [(disk.address, "") for disk in open_ones if disk.address and incomplete]
    return [
        CompletionItem(name, help=click.unstyle(about).replace(":", " ") or None)
        for name, about in names
        if name.startswith(incomplete) and name.isprintable() and about.isprintable()
    ]


class _Set(click.Command):
    """``set``, of which ``set --each`` is another command: a shell offers the word that leads there."""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The options, and --each."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-") and "--each".startswith(incomplete):
            found.append(CompletionItem("--each", help="Change the machines in PATH, folders and files."))
        return found


@click.command("set", cls=_Set)
@file_argument
@connect_option
@click.argument("disks", nargs=-1, required=True, metavar="DISK...", shell_complete=_complete_disk)
@policy_change_option
@hypervisor_option
@libvirt_option
@spelling_option
@domain_option
@override_option
@click.option("--dry-run", is_flag=True, help="Print a diff that patch takes, and write nothing.")
@click.option("--backup", is_flag=True, help="Keep the old bytes as FILE~, or FILE.~N~.")
@click.option(
    "--reload",
    is_flag=True,
    help="Have the ESXi host read the file again (vim-cmd vmsvc/reload), changed or not.",
)
@out_option
@force_option
@click.pass_context
def command(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    file: str,
    connect: str | None,
    disks: Sequence[str],
    snapshot: bool | None,
    persistent: bool | None,
    mode: Mode | None,
    preset: str | None,
    hypervisor: str | None,
    libvirt: LibvirtVersion,
    spelling: str | None,
    domain: str | None,
    overrides: Sequence[str],
    dry_run: bool,
    backup: bool,
    reload: bool,
    out: str | None,
    force: bool,
) -> Status:
    """Change the policy of disks in FILE, a VMX or a domain XML.

    DISK is an address (scsi0:1), a target (sdb) or all. All are changed, or, where a rule refuses one, none.
    FILE - reads standard input and writes standard output. Only the bytes of those policies change. With -c
    URI, FILE is the name of a domain, defined as virsh edit does it; the diff of what libvirt stored is
    printed.

    With --each, the machines in folders at once: diskmode set --each --help tells it.

    MODE is persistent, independent-persistent or independent-nonpersistent, also as vSphere and PowerCLI
    spell them: independent_persistent, IndependentPersistent, "Independent - Persistent".

    \b
    Examples:
      diskmode set web01.vmx scsi0:1 --no-snapshot
      diskmode set web01.vmx sdb sdc --mode independent-nonpersistent --backup
      diskmode set web01.xml all --preset external --dry-run | patch -p0
      diskmode set -c qemu:///system web01 vdb --no-snapshot
      diskmode set ssh://root@esxi01/vmfs/volumes/ds1/web01/web01.vmx scsi0:1 --no-snapshot --reload
    """
    given = options_given(context)
    refuse_clashes(given)
    if file == STDIN and backup:
        raise click.UsageError("--backup needs a file; standard input is none")
    if connect is not None and backup:
        raise click.UsageError("--backup needs a file; of a domain diskmode undo takes the change back")
    file = domain_or_file(connect, file)
    name = shown_name(file)
    reading = read_input(file)
    machine = machine_of(file, reading, domain, hypervisor, libvirt=libvirt)
    machine = with_sidecars(machine, source_of(reading))
    if reload:
        _refuse_reload(machine, reading, name, elsewhere=dry_run or out is not None)
    refuse_foreign(machine, given, name)
    refuse_locked(machine, name)
    meant = disks_meant(machine, disks, name)
    with problems_of(file):
        wanted = policy_change_of(snapshot, persistent, mode, preset, spelling)
        outcome = edit(machine, machine, wanted, meant, overrides)
    if isinstance(outcome, Refusal):
        raise refused(outcome, name, overrides)
    data, ended, answer = outcome.document.data, Status.DONE, HostAnswer()
    if dry_run:
        print_bytes(patch_of(name, reading.data, data), machine.document.codec)
    elif file == STDIN or (out is not None and not (force and is_same(reading, out))):
        write_output(out, data, machine.document.codec, force=force, caller="set")
        if connect is not None:
            say("it is without the passwords that libvirt keeps: without -o it is defined with them", out)
    else:
        _refuse_what_lies_there_now(reading, machine, outcome, overrides, name)
        saved, ended = _save(reading, data, file, backup=backup)
        if connect is not None and saved.data != reading.data:
            print_bytes(patch_of(name, reading.data, saved.data), machine.document.codec)
        reload = reload and ended is Status.DONE
        answer = _answer_of_host(reading, saved, machine.sidecars.host, reload=reload)
    target = name if out is None or dry_run else "standard output" if out == STDIN else out
    _tell(machine, outcome, meant, target, "would be" if dry_run else "is now")
    if dry_run and data != reading.data and reading.path is not None and not reading.writable:
        say(f"it would not be saved: {reading.why_not}", name)
        ended = Status.BAD_INPUT
    return max(ended, _tell_of_host(answer, name))


def _refuse_reload(machine: Machine, reading: Reading, name: str, *, elsewhere: bool) -> None:
    """A host is asked to read what was saved, where it is one that knows the machine."""
    if elsewhere:
        raise click.UsageError("--reload is about the file itself: leave out --dry-run and -o")
    facts = machine.sidecars.host
    if vm_to_reload(reading, facts) is None:
        if facts is not None:
            raise Problem(
                f"the host {facts.host} does not say whose file it is: vim-cmd is silent, or several have it",
                "look at vim-cmd vmsvc/getallvms there, or leave out --reload",
                file=name,
            )
        raise Problem(
            "no ESXi host says that it has this machine",
            "name its file as ssh://root@esxi01/vmfs/volumes/… and register it, or leave out --reload",
            file=name,
        )


def _refuse_what_lies_there_now(
    reading: Reading, found: Machine, edited: Machine, overrides: Sequence[str], name: str
) -> None:
    """A VM may have been powered on since what lies beside its file was read."""
    with problems_of(name):
        sidecars = read_sidecars(found, source_now(reading))
    refusal = (
        refused_beside(found, edited, sidecars, frozenset(overrides)) if sidecars != found.sidecars else None
    )
    if refusal is not None:
        raise refused(refusal, name, overrides)


def _save(reading: Reading, data: bytes, file: str, *, backup: bool) -> tuple[Reading, Status]:
    """What was saved. The first ctrl+c, which a host's ssh or virsh hears as well, ends behind the save.

    So does a signal; the status tells of it.
    """
    from tui.cli.interrupts import stoppable  # noqa: PLC0415 - for a save alone
    from tui.history.change import Caller  # noqa: PLC0415 - what writes nothing remembers nothing
    from tui.history.change_store import OpenChange  # noqa: PLC0415
    from tui.history.file_names import asked_as, real_file  # noqa: PLC0415

    if reading.not_kept and data != reading.data:
        say(reading.not_kept, file)
    with (
        stoppable() as stop,
        _ended_by(stop, file),
        problems_of(file),
        OpenChange(Caller.SET, "set") as change,
        change.saving(real_file(reading) or file, reading.data, data, named=asked_as(reading)),
    ):
        saved = save(reading, data, backup=backup)
    for notice in (saved.doubt, *saved.notices):
        if notice:
            say(notice, file)
    say_unremembered(change.trouble)
    return saved, stop.status if stop.asked else Status.DONE


@contextmanager
def _ended_by(stop: Stop, file: str) -> Iterator[None]:
    """What a save that was stopped says, and its status."""
    try:
        yield
    except Problem as problem:
        if not stop.asked:
            raise
        problem.show()
        raise click.exceptions.Exit(stop.status) from problem
    except KeyboardInterrupt:
        say("interrupted; whether it was saved is not known: read it again", file)
        raise


def _answer_of_host(before: Reading, saved: Reading, facts: HostFacts | None, *, reload: bool) -> HostAnswer:
    """Asked for, the host reads the file again even with nothing changed: its text may be old."""
    if saved.data == before.data and not reload:
        return HostAnswer()
    return after_save(saved, facts, reload=reload)


def _tell_of_host(answer: HostAnswer, name: str) -> Status:
    if answer.clause:
        say(answer.clause, name)
    return Status.BAD_INPUT if answer.failed else Status.DONE


def _tell(before: Machine, after: Machine, meant: Sequence[int], name: str, verb: str) -> None:
    """One line for each disk: what it does now."""
    if after.document.data == before.document.data:
        say("nothing to change", name)
        return
    for index in meant:
        was, now = before.disks[index], after.disks[index]
        say(
            f"{now.name} {verb} {_effect(after, now)}" if was != now else f"{now.name}: nothing to change",
            name,
        )
    warned = (f"{one.severity}: {one.message}; {one.advice}" for one in cautions_of(before, before, after))
    for sentence in dict.fromkeys(warned):
        say(sentence, name)


def _effect(machine: Machine, disk: Disk) -> str:
    effect = machine.effect_of(disk)
    return effect[:1].lower() + effect[1:]
