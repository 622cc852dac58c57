"""Prometheus' text format, version 0.0.4, for node_exporter's textfile collector: the totals as gauges.

With ``-o`` the file is there whole or not at all, as the collector wants it. Source: Prometheus, "Exposition
formats"; node_exporter, "Textfile Collector".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.fleet.judged import Result
from tui.fleet.tally import Totals
from tui.reports.values import by_gravity
from tui.rules import Severity

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
Labels = dict[str, str]
Metric = tuple[str, str, Iterable[tuple[Labels, int]]]


class Prometheus:
    """One gauge for each count; what was found, by rule and severity.

    Beside a baseline only news is counted, under names of its own.
    """

    separator = ""

    def head(self) -> str:
        """Nothing: all samples of a metric stand together, at the end."""
        return ""

    def part(self, result: Result) -> str:  # noqa: ARG002 - the protocol's
        """Nothing: results are counted."""
        return ""

    def tail(self, totals: Totals) -> str:
        """Every metric with its help, type and samples."""
        tally = totals.tally
        severities = [({"severity": one.value}, tally.of(one)) for one in Severity]
        unread = [({"error": kind}, number) for kind, number in sorted(tally.unread.items())]
        new = "" if totals.since is None else "new_"
        metrics: tuple[Metric, ...] = (
            ("machines", "Machines judged.", [({}, tally.machines)]),
            ("disks", "Disks of these machines.", [({}, tally.disks)]),
            ("disks_not_in_snapshots", "Disks that take no part in snapshots.", [({}, tally.left_out)]),
            ("disks_left_to_you", "Of those, disks left to the administrator.", [({}, tally.manual)]),
            ("disks_unknown", "Disks in a mode nobody knows.", [({}, tally.unknown)]),
            ("disks_discarding", "Disks that lose their writes at power-off.", [({}, tally.discarding)]),
            (f"{new}findings", "Findings that stand, by severity.", severities),
            (f"{new}rule_findings", "Findings that stand, by rule.", _by_rule(tally.rules)),
            (f"{new}accepted_findings", "Findings that were accepted.", [({}, tally.accepted.total())]),
            (f"{new}unread", "Files and folders that could not be judged.", [({}, tally.files_unread)]),
            (f"{new}unread_by_error", "Of those, by what is the matter.", unread),
            ("audit_complete", "1 where all was looked at, 0 where not.", [({}, int(totals.complete))]),
            *_since(totals),
        )
        return "".join(_metric(*one) for one in metrics)


def _since(totals: Totals) -> Iterator[Metric]:
    since = totals.since
    if since is not None:
        yield "gone_findings", "Findings of the baseline that are gone.", [({}, len(since.gone))]
        yield "machines_not_met", "Machines of the baseline that were not met.", [({}, since.not_met)]


def _by_rule(counts: dict[tuple[str, str], int]) -> list[tuple[Labels, int]]:
    return [({"rule": rule, "severity": severity}, number) for (severity, rule), number in by_gravity(counts)]


def _metric(name: str, meaning: str, samples: Iterable[tuple[Labels, int]]) -> str:
    lines = [f"# HELP diskmode_{name} {meaning}", f"# TYPE diskmode_{name} gauge"]
    lines += [f"diskmode_{name}{_labels(labels)} {number}" for labels, number in samples]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Labels) -> str:
    inside = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""
