"""The start of an accept file: an entry for every finding, each switched off until a person decides."""

from __future__ import annotations

import glob
import json
import re

from tui.fleet.accept import VERSION
from tui.fleet.judged import JudgedMachine, Result
from tui.fleet.tally import Totals
from tui.reports.values import name_of
from tui.rules import Finding
from tui.visible import visible

_HEAD = f"""\
# Findings that are known and meant. Take the # off an entry to accept what it names, and say why.
# vm, file and disk are globs, and match anything where they are left out; expires is the last day it holds.
version = {VERSION}
"""
_UNWRITABLE = re.compile("[\ud800-\udfff]")


def _text(value: str) -> str:
    """A TOML basic string, on one line; every byte that is no character matches as any."""
    escaped = json.dumps(_UNWRITABLE.sub("?", value), ensure_ascii=False)
    return "".join(f"\\u{ord(letter):04x}" if 0x7F <= ord(letter) < 0xA0 else letter for letter in escaped)


class Starter:
    """A report like the others, in the syntax of the accept file."""

    separator = ""

    def head(self) -> str:
        """A comment that says what the file is and how it is used."""
        return _HEAD

    def part(self, result: Result) -> str:
        """An entry for each finding that stands."""
        if not isinstance(result, JudgedMachine):
            return ""
        return "".join(_entry(result, one) for one in result.findings)

    def tail(self, totals: Totals) -> str:  # noqa: ARG002 - the protocol's
        """Nothing: an accept file ends with its last entry."""
        return ""


def _entry(judged: JudgedMachine, one: Finding) -> str:
    lines = [
        "[[accept]]",
        f"vm = {_text(glob.escape(judged.vm))}",
        f"file = {_text(glob.escape(judged.path))}",
    ]
    if one.disk is not None:
        lines.append(f"disk = {_text(glob.escape(name_of(judged.configuration.disks[one.disk])))}")
    lines += [f"rule = {_text(one.rule)}", 'reason = ""', "# expires = 2027-01-31"]
    commented = "".join(f"# {visible(line)}\n" for line in lines)
    return f"\n# {one.severity.value}: {visible(one.message)}\n{commented}"
