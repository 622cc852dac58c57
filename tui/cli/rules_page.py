"""The table of rules as a page of Markdown, kept in ``tui/rules/README.md``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.rules import Hypervisor, Rule, Severity
from tui.rules.examples import EXAMPLES
from tui.rules.topics import topics_of

HEAD = """# The rules

Every rule of `diskmode`: when it speaks, how gravely, what it says, what to do, and where the fact is from.
An error blocks the edit that would create it; a warning or an info never does. This page is printed by
`diskmode rules --format markdown > tui/rules/README.md`; a test tells where it is not current.
"""


def page_of(rules: Sequence[Rule]) -> str:
    """The page: a table to find a rule in, and a section for each."""
    lines = [HEAD, "| rule | in a file | as a change | about |", "|---|---|---|---|"]
    lines += [
        f"| [{rule.id}](#{rule.id}) | {graveness_of(rule)} | {graveness_of(rule, change=True)} "
        f"| {_topics(rule)} |"
        for rule in rules
    ]
    for rule in rules:
        lines += ["", f"## {rule.id}", "", *_section(rule)]
    return "\n".join(lines).rstrip("\n")


def _section(rule: Rule) -> Iterator[str]:
    message = rule.message.replace("{detail}", "…")
    for name, text in (
        ("When", rule.condition),
        ("Says", message),
        ("Do", rule.advice),
        ("Source", rule.source),
    ):
        yield f"- **{name}:** {_escaped(text)}"
    yield from _example(rule)
    if rule.locks:
        yield "- The disk cannot be edited while this is so."
    if rule.overridable:
        yield f"- It may be insisted against: `o` in the editor, `--override {rule.id}` on the command line."


def _example(rule: Rule) -> Iterator[str]:
    """The smallest machine that raises it, as files; FOLDER stands for theirs."""
    example = EXAMPLES[rule.id]
    usual = (Hypervisor.QEMU, *Hypervisor) if example.name.endswith(".xml") else tuple(Hypervisor)
    judged = next(one for one in usual if one in rule.severity)
    change = f", and `diskmode set {example.name} {example.change}`" if example.change else ""
    yield f"- **Example** (judged for {judged}){change}:"
    for name, text in ((example.name, example.text), *example.beside):
        yield ""
        yield f"  `{name}`{'' if text else ', whatever is in it'}"
        if text:
            kind = "xml" if name.endswith(".xml") else "ini"
            yield ""
            yield f"  ```{kind}"
            yield from (f"  {line}" for line in text.removeprefix("\ufeff").splitlines())
            yield "  ```"
    if example.text.startswith("\ufeff"):
        yield "  behind a byte-order mark"
    yield ""


def _escaped(text: str) -> str:
    """Text in which nothing is markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_<>{}[]|" else letter for letter in text)


def _topics(rule: Rule) -> str:
    return ", ".join(sorted(topics_of(rule.id)))


def graveness_of(rule: Rule, *, change: bool = False) -> str:
    """``error: esxi; warning: workstation``, or a dash where it does not judge that."""
    if rule.is_transition and not change:
        return "-"
    by = {one: rule.severity_of_change(one) if change else rule.severity.get(one) for one in Hypervisor}
    parts = [
        f"{severity}: {', '.join(one for one in Hypervisor if by[one] is severity)}"
        for severity in Severity
        if severity in by.values()
    ]
    return "; ".join(parts) or "-"
