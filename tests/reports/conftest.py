"""What the reports are made of: machines judged, one of them as hostile as a file can be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.cli.helpers import SAMPLES, vmx
from tui.fleet.accept import read_acceptances
from tui.fleet.audit import AuditRun, Judging
from tui.fleet.judged import Unread
from tui.fleet.walk import walk
from tui.reports.report import Report

TODAY = date(2026, 6, 1)
HOSTILE = "x\"'=cmd|A1\x1b[31m[/foo]`<script>|\u202e\U0001f600"
UNREAD = Unread(f"bad\n{HOSTILE}.vmx", "broken-xml", f"no good: {HOSTILE}", "mend it", 7)
ACCEPT = b'[[accept]]\nrule = "not-in-snapshots"\nvm = "web*"\nreason = "=ours, | known"\n'
STALE = ACCEPT + b'[[accept]]\nrule = "nothing"\nreason = "gone"\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two machines; the second's names are meant to act on whoever shows them."""
    vmx(tmp_path, 'scsi0:1.mode = "independent-persistent"', 'vc.uuid = "1"')
    escaped = HOSTILE.replace("|", "|7C").replace('"', "|22").replace("\x1b", "|1B")
    vmx(tmp_path, 'scsi0:1.mode = "=evil"', 'scsi0:1.mode = "-"', name="z.vmx", display=f"={escaped}")
    return tmp_path


def written(report: Report, *paths: Path, accept: bytes = b"") -> str:
    """The whole text of a report, with an unread file at its end."""
    acceptances = read_acceptances(accept)
    found = (*walk([str(path) for path in paths]), UNREAD)
    run = AuditRun(found, Judging(report.part, None, acceptances, TODAY), workers=1)
    texts = [text for part in run.parts() for text in part.views if text]
    return report.head() + report.separator.join(texts) + report.tail(run.totals())


@pytest.fixture
def samples() -> Path:
    """Every sample."""
    return SAMPLES
