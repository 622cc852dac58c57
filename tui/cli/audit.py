"""``diskmode audit``: every disk of every machine in folders, judged, in one report and one exit status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tui.cli.audit_clashes import refuse_clashes
from tui.cli.audit_inputs import acceptances_in, baseline_in, names_of
from tui.cli.audit_report import PLUGIN, accept_file_wanted, errors_as, report_wanted
from tui.cli.audit_run import Audited, Audits, destination
from tui.cli.completion_values import complete_rule
from tui.cli.hosts import prepare
from tui.cli.interrupts import Stop, stoppable
from tui.cli.libvirt_option import libvirt_option
from tui.cli.libvirt_uri import complete_file, connects_option, domains_or_files
from tui.cli.messages import Status, say
from tui.cli.options import SEVERITIES, STDIN, follow_option, force_option, hosts_option, hypervisor_option
from tui.disks import Format, LibvirtVersion
from tui.fleet.audit import Judging
from tui.fleet.walk import Follow
from tui.reports import FORMATS
from tui.reports.values import total_lines
from tui.rules import Hypervisor
from tui.rules.topics import Topic
from tui.storage import ending_waits, is_far

if TYPE_CHECKING:
    from tui.reports.nagios import ServiceState


@click.command("audit")
@click.argument(
    "paths", nargs=-1, metavar="PATH...", type=click.Path(readable=False), shell_complete=complete_file
)
@connects_option
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
    "--warning",
    "warnings",
    multiple=True,
    metavar="LIMIT",
    shell_complete=complete_rule,
    help="With nagios: WARNING beyond N findings, by RULE, or beyond RULE=N.",
)
@click.option(
    "--critical",
    multiple=True,
    metavar="LIMIT",
    shell_complete=complete_rule,
    help="With nagios: CRITICAL beyond that, in the same words.",
)
@click.option(
    "--topic",
    type=click.Choice([one.value for one in Topic], case_sensitive=False),
    help="Only what stands in the way of that.",
)
@click.option("--only-machines", is_flag=True, help="Pass over named XML that is about something else.")
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
    help="Start such a FILE from what is found: each entry holds once its # is taken off.",
)
@click.option(
    "--changed-since",
    metavar="BASELINE",
    type=click.Path(readable=False, allow_dash=True),
    help="Speak only of what an earlier audit, in json or jsonl, did not find.",
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
@hosts_option
@click.pass_context
def command(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    paths: Sequence[str],
    connect: Sequence[str],
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
    warnings: Sequence[str],
    critical: Sequence[str],
    topic: str | None,
    only_machines: bool,
    keep_going: bool,
    accept: str | None,
    write_accept: str | None,
    changed_since: str | None,
    watch: float | None,
    jobs: int | None,
    hosts: int | None,
) -> Status | ServiceState:
    """Judge every disk of every VMX and domain XML in PATH, folders and files.

    VMX files are known by their name, domain XMLs by what they hold; a file that is named is always looked
    into. Nothing is changed. What cannot be read is told and stops nothing. What a symbolic link out of PATH
    leads to is marked; links that lead to the whole host, as one to / does, are followed with --follow only.

    An export of RVTools tells of every machine in it: RVTools_tabvDisk.csv, with CBT and snapshots from
    RVTools_tabvInfo.csv and RVTools_tabvSnapshot.csv beside it, or RVTools*.xlsx, for which diskmode is
    installed as 'diskmode[rvtools]'.

    With -c URI, PATH is the name of a domain, and without one every domain there is judged. Give it several
    times for several hosts: one that does not answer is told, and the others go on.

    An ESXi host (ssh://) is asked once which VMs it has, which are judged for ESXi then, and once which of
    them run; others may run on another. Snapshots are those of the .vmsd files: vim-cmd would have to be
    asked VM by VM. No other host is asked.

    With --changed-since only what is new counts, in the report and in the exit status: findings that BASELINE
    has not, by machine, disk and rule, and files that could be read then. Lines, messages and the order may
    have changed. What is gone is told too, except in CSV and GitLab's report. BASELINE is a whole audit.

    \b
    Examples:
      diskmode audit /vmfs/volumes/datastore1
      diskmode audit -c qemu:///system -c qemu+ssh://kvm1/system --fail-on warning
      diskmode audit /etc/libvirt/qemu --fail-on warning
      diskmode audit ssh://root@esxi01/vmfs/volumes ssh://root@esxi02/vmfs/volumes
      diskmode audit /mnt/nfs --format jsonl | jq 'select(.participates == false)'
      find / -name '*.vmx' -print0 | diskmode audit -0 -o disks.csv
      diskmode audit /mnt/nfs --write-accept accept.toml
      diskmode audit /mnt/nfs --accept accept.toml --summary
      diskmode audit /mnt/nfs --topic migration
      diskmode audit /mnt/nfs --changed-since monday.json --fail-on warning

    \b
    Exit status:
      0 nothing as grave as --fail-on    1 something is
      2 a file could not be judged (not with --keep-going)    130 interrupted
      with --format nagios: 0 OK    1 WARNING    2 CRITICAL    3 UNKNOWN
    """
    with errors_as(kind):
        if null and files_from is None and not (paths or connect):
            files_from = STDIN
        refuse_clashes(context, bool(paths or files_from or connect))
        report = (
            report_wanted(kind, out, summary=summary, news=changed_since is not None)
            if write_accept is None
            else accept_file_wanted()
        )
        out = write_accept or out
        baseline = baseline_in(changed_since)
        plugin = None
        if kind == PLUGIN:
            from tui.cli.audit_plugin import plugin_of  # noqa: PLC0415 - few want it

            report = plugin = plugin_of(warnings, critical, lenient=keep_going)
        elif warnings or critical:
            raise click.UsageError(
                "--warning and --critical go with --format nagios; else there is --fail-on"
            )
        judging = Judging(
            report.part,
            None if hypervisor is None else Hypervisor(hypervisor),
            acceptances_in(accept),
            datetime.now().astimezone().date(),
            remember=watch is not None,
            libvirt=libvirt,
            topic=None if topic is None else Topic(topic),
            only_machines=only_machines,
            baseline=baseline,
        )
        prepare()
        names = names_of(domains_or_files(connect, paths), files_from, null=null)
        with ending_waits() as end_waits, stoppable(end_waits) as stop:
            audits = Audits(
                list(names) if watch is not None else names,
                exclude,
                Follow.ALL if follow else Follow.NEAR,
                report,
                judging,
                jobs,
                hosts,
                stop,
                _awaited(connect, paths),
            )
            with destination(out, force=force) as write:
                last = audits.run(write)
            if out is not None:
                say("; ".join(total_lines(last.totals)[:2]), out)
            if watch is not None:
                last = audits.watch(last, watch)
        if plugin is not None:
            return plugin.state(last.totals)
        return _status(last, stop, fail_on, keep_going=keep_going)


def _status(last: Audited, stop: Stop, fail_on: str, *, keep_going: bool) -> Status:
    tally = last.totals.tally
    if stop.asked:
        return stop.status
    if tally.files_unread and not keep_going:
        return Status.BAD_INPUT
    if not tally.machines and not tally.files_unread:
        say("no machine was found: VMX files are known by their name, domain XMLs by what they hold")
    return Status.FINDINGS if tally.reaches(fail_on) else Status.DONE


def _awaited(connect: Sequence[str], paths: Sequence[str]) -> tuple[Format, ...]:
    """The formats of what other hosts will tell, if any is named."""
    far = (Format.VMX,) if any(map(is_far, paths)) else ()
    return (*far, Format.DOMAIN_XML) if connect else far
