"""The rules as the body of a manual page."""

from __future__ import annotations

from collections.abc import Iterator

from tui.cli.manual.roff import bold, heading, lines_of, tagged
from tui.cli.rules_page import graveness_of
from tui.rules import Rule
from tui.rules.all_rules import RULES
from tui.rules.topics import topics_of


def rules_sections() -> Iterator[str]:
    """What a rule is, and each of them."""
    yield heading("description")
    yield from lines_of(
        "A rule finds something in a file as it stands, or objects to a change. An error blocks the edit "
        "that would create it; a warning or an info never does. The same table is printed by diskmode "
        "rules."
    )
    yield heading("rules")
    for rule in RULES:
        yield from tagged(bold(rule.id), _paragraphs(rule))


def _paragraphs(rule: Rule) -> Iterator[str]:
    in_file, as_change = graveness_of(rule), graveness_of(rule, change=True)
    yield f"In a file: {in_file}. As a change: {as_change}. About: {', '.join(sorted(topics_of(rule.id)))}."
    yield f"When: {rule.condition}."
    yield f"Says: {rule.message.replace('{detail}', '...')}."
    yield f"Do: {rule.advice}."
    yield f"Source: {rule.source}."
