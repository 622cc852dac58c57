"""``diskmode audit``: every disk of every machine in folders, judged, in one report and one exit status."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

import click

from tui.cli.audit_inputs import acceptances_in, names_of
from tui.cli.audit_run import Audited, Audits, destination
from tui.cli.interrupts import Stop, stoppable
from tui.cli.libvirt_option import libvirt_option
from tui.cli.messages import Status, plain_wanted, say
from tui.cli.options import SEVERITIES, STDIN, follow_option, force_option, hypervisor_option
from tui.disks import LibvirtVersion
from tui.fleet.audit import Judging
from tui.fleet.walk import Follow
from tui.reports import FORMATS, SUFFIXES, Report, plain, report_named, total_lines
from tui.reports.starter import Starter
from tui.reports.table import NARROWEST
from tui.rules import Hypervisor, Severity, Topic

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
# Pairs of options that cannot be given together, by parameter name, and why.
_CLASHES = (
    ("write_accept", "out", "the file it starts is what is written"),
    ("write_accept", "kind", "an accept file is TOML"),
    ("write_accept", "summary", "it needs every finding"),
    ("watch", "out", "what changes is told, not kept"),
    ("watch", "write_accept", "what changes is told, not kept"),
)
_FLAGS = {
    "write_accept": "--write-accept",
    "out": "-o",
    "kind": "--format",
    "summary": "--summary",
    "watch": "--watch",
}


def coloured(text: str, severity: Severity) -> str:
    """A sign in its severity's colour."""
    return click.style(text, fg=_COLOURS[severity])


@click.command("audit")
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(readable=False))
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS, case_sensitive=False),
    help="How to report; otherwise as OUT is called, or a table.",
)
@click.option(
    "-o",
    "--out",
    metavar="OUT",
    type=click.Path(readable=False),
    help="Write the report to OUT, whole or not at all.",
)
@force_option
@click.option("--summary", is_flag=True, help="Only the totals.")
@click.option(
    "--exclude", multiple=True, metavar="GLOB", help="Leave out what is called so, or lies at such a path."
)
@follow_option
@click.option(
    "--files-from",
    metavar="FILE",
    type=click.Path(readable=False, allow_dash=True),
    help="Take PATHs from FILE, one a line; - is standard input.",
)
@click.option("-0", "--null", is_flag=True, help="They end in a NUL, as find -print0 writes them.")
@hypervisor_option
@libvirt_option
@click.option(
    "--fail-on",
    type=click.Choice((*SEVERITIES, "never"), case_sensitive=False),
    default="error",
    show_default=True,
    help="Exit with 1 where a finding is at least that grave.",
)
@click.option(
    "--topic",
    type=click.Choice([one.value for one in Topic], case_sensitive=False),
    help="Only what stands in the way of that.",
)
@click.option("--keep-going", is_flag=True, help="Files that cannot be judged do not change the exit status.")
@click.option(
    "--accept",
    metavar="FILE",
    type=click.Path(readable=False),
    help="TOML of findings that are known and meant.",
)
@click.option(
    "--write-accept",
    metavar="FILE",
    type=click.Path(readable=False),
    help="Start such a FILE from what is found.",
)
@click.option(
    "--watch",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Look again and again, and tell what changed.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes; otherwise one for each core."
)
@click.pass_context
def command(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    paths: Sequence[str],
    kind: str | None,
    out: str | None,
    force: bool,
    summary: bool,
    exclude: Sequence[str],
    follow: bool,
    files_from: str | None,
    null: bool,
    hypervisor: str | None,
    libvirt: LibvirtVersion,
    fail_on: str,
    topic: str | None,
    keep_going: bool,
    accept: str | None,
    write_accept: str | None,
    watch: float | None,
    jobs: int | None,
) -> Status:
    """Judge every disk of every VMX and domain XML in PATH, folders and files.

    VMX files are known by their name, domain XMLs by what they hold; a file that is named is always looked
    into. Nothing is changed. What cannot be read is told and stops nothing. What a symbolic link out of PATH
    leads to is marked; links that lead to the whole host, as one to / does, are followed with --follow only.

    \b
    Examples:
      diskmode audit /vmfs/volumes/datastore1
      diskmode audit /etc/libvirt/qemu --fail-on warning
      diskmode audit /mnt/nfs --format jsonl | jq 'select(.participates == false)'
      find / -name '*.vmx' -print0 | diskmode audit -0 -o disks.csv
      diskmode audit /mnt/nfs --write-accept accept.toml
      diskmode audit /mnt/nfs --accept accept.toml --summary
      diskmode audit /mnt/nfs --topic migration

    \b
    Exit status:
      0 nothing as grave as --fail-on    1 something is
      2 a file could not be judged (not with --keep-going)    130 interrupted
    """
    if null and files_from is None and not paths:
        files_from = STDIN
    _refuse_clashes(context, bool(paths or files_from))
    report, out = _report(kind, write_accept or out, summary=summary, starter=write_accept is not None)
    judging = Judging(
        report.part,
        None if hypervisor is None else Hypervisor(hypervisor),
        acceptances_in(accept),
        datetime.now().astimezone().date(),
        remember=watch is not None,
        libvirt=libvirt,
        topic=None if topic is None else Topic(topic),
    )
    names = names_of(paths, files_from, null=null)
    with stoppable() as stop:
        audits = Audits(
            list(names) if watch is not None else names,
            exclude,
            Follow.ALL if follow else Follow.NEAR,
            report,
            judging,
            jobs,
            stop,
        )
        with destination(out, force=force) as write:
            last = audits.run(write)
        if out is not None:
            say("; ".join(total_lines(last.totals)[:2]), out)
        if watch is not None:
            last = audits.watch(last, watch)
    return _status(last, stop, fail_on, keep_going=keep_going)


def _refuse_clashes(context: click.Context, something: bool) -> None:
    given = {name for name, value in context.params.items() if value not in (None, (), False)}
    for one, other, why in _CLASHES:
        if {one, other} <= given:
            raise click.UsageError(f"{_FLAGS[one]} does not go with {_FLAGS[other]}: {why}")
    if "force" in given and not given & {"out", "write_accept"}:
        raise click.UsageError("--force goes with -o OUT or --write-accept FILE")
    if "watch" in given and context.params["kind"] not in (None, "table"):
        raise click.UsageError("--watch tells a person what changed: it goes with the table only")
    if not something:
        raise click.UsageError("no PATH was given")


def _report(kind: str | None, out: str | None, *, summary: bool, starter: bool) -> tuple[Report, str | None]:
    if starter:
        return Starter(), out
    shown = out is None and sys.stdout is not None and sys.stdout.isatty()
    style = coloured if shown and not plain_wanted() else plain
    suffix = "" if out is None else PurePath(out).suffix.lower()
    width = max(NARROWEST, shutil.get_terminal_size().columns) if shown else NARROWEST
    name = (kind or SUFFIXES.get(suffix, "table")).lower()
    return report_named(name, width=width, style=style, summary=summary), out


def _status(last: Audited, stop: Stop, fail_on: str, *, keep_going: bool) -> Status:
    tally = last.totals.tally
    if stop.asked:
        return Status.INTERRUPTED
    if tally.files_unread and not keep_going:
        return Status.BAD_INPUT
    if not tally.machines and not tally.files_unread:
        say("no machine was found: VMX files are known by their name, domain XMLs by what they hold")
    return Status.FINDINGS if tally.reaches(fail_on) else Status.DONE
