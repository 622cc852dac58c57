"""``diskmode rules``: every rule, or one: when it speaks, how gravely, what it says and where it is from."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import click

from tui.cli.completion_values import complete_rule
from tui.cli.messages import Problem, print_lines
from tui.rules import Hypervisor, Rule, Severity
from tui.rules.all_rules import BY_ID, RULES
from tui.rules.topics import topics_of

SCHEMA = "diskmode.rules/1"
_WIDTH = 80
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_NEAR = 3


@click.command("rules")
@click.argument("rule_id", metavar="[ID]", required=False, shell_complete=complete_rule)
@click.option("--json", "as_json", is_flag=True, help="Print JSON (diskmode.rules/1) for programs.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(("text", "json", "markdown"), case_sensitive=False),
    default="text",
    show_default=True,
    help="How to print them; markdown is a page.",
)
def command(rule_id: str | None, as_json: bool, kind: str) -> None:
    """Print the rules, or the one called ID.

    A rule finds something in a file as it stands, or objects to a change; an error blocks the edit that
    would create it, a warning or an info never does.

    \b
    Examples:
      diskmode rules
      diskmode rules has-snapshots
      diskmode rules --format markdown > rules.md
      diskmode rules --json | jq '.rules[] | select(.severity.esxi == "error") | .id'
    """
    chosen = RULES if rule_id is None else (_rule_called(rule_id),)
    if kind == "markdown" and not as_json:
        from tui.cli.rules_page import page_of  # noqa: PLC0415 - for a page only

        print_lines(page_of(chosen))
    elif as_json or kind == "json":
        report = {"schema": SCHEMA, "rules": [_report(rule) for rule in chosen]}
        print_lines(json.dumps(report, indent=2))
    else:
        print_lines("\n\n".join("\n".join(_rule_lines(rule)) for rule in chosen))


def _rule_called(name: str) -> Rule:
    rule = BY_ID.get(name.lower())
    if rule is None:
        near = get_close_matches(name.lower(), BY_ID, _NEAR) or [one for one in BY_ID if name.lower() in one]
        remedy = f"there is {', '.join(near[:_NEAR])}" if near else "diskmode rules lists them"
        raise Problem(f"no rule is called {name}", remedy)
    return rule


def _report(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "severity": {} if rule.is_transition else _by_hypervisor(rule, change=False),
        "severity_of_change": _by_hypervisor(rule, change=True),
        "condition": rule.condition,
        "message": rule.message,
        "advice": rule.advice,
        "source": rule.source,
        "topics": sorted(topics_of(rule.id)),
        "locks": rule.locks,
        "overridable": rule.overridable,
    }


def _by_hypervisor(rule: Rule, *, change: bool) -> dict[str, str]:
    """How grave the rule is for each hypervisor, in a file as it stands or as a change."""
    found = {one: rule.severity_of_change(one) if change else rule.severity.get(one) for one in Hypervisor}
    return {one.value: severity.value for one, severity in found.items() if severity is not None}


def _rule_lines(rule: Rule) -> Iterator[str]:
    yield click.style(rule.id, bold=True)
    if not rule.is_transition:
        yield from _graveness(_by_hypervisor(rule, change=False), "in a file")
    if rule.forbids is not None:
        yield from _graveness(_by_hypervisor(rule, change=True), "as a change")
    message = rule.message.replace("{detail}", "…")
    parts = [("when", rule.condition), ("says", message), ("do", rule.advice), ("source", rule.source)]
    parts.append(("about", ", ".join(sorted(topics_of(rule.id)))))
    if rule.locks:
        parts.append(("locks", "the disk cannot be edited while this is so"))
    if rule.overridable:
        parts.append(("insist", f"o in the editor, --override {rule.id} on the command line"))
    for name, text in parts:
        yield from textwrap.wrap(
            text, _WIDTH, initial_indent=f"  {name:<8}", subsequent_indent=" " * 10, break_on_hyphens=False
        )


def _graveness(severities: dict[str, str], where: str) -> Iterator[str]:
    """``error    esxi, workstation (in a file)``: one line for each severity."""
    for severity in Severity:
        names = [name for name, word in severities.items() if word == severity.value]
        if names:
            word = click.style(f"{severity.sign} {severity.value}", fg=_COLOURS[severity])
            pad = " " * (8 - len(severity.value) - 2)
            yield f"  {word}{pad or ' '}{', '.join(names)} ({where})"
