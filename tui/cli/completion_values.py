"""What a shell may offer for the values of options: modes, rules, terms of queries, the domains of a FILE.

Each is a function as click's ``shell_complete`` takes it. What a name could do to a terminal is not offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_YES_NO = ("yes", "no")


def _fitting(words: Iterable[tuple[str, str]], begun: str, before: str = "") -> list[CompletionItem]:
    """The words that begin so, each with what it is; ``before`` is what stands in front of them."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - a shell alone asks

    return [
        CompletionItem(f"{before}{word}", help=about or None)
        for word, about in words
        if word.startswith(begun) and word.isprintable()
    ]


def complete_mode(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The modes that can be set."""
    from tui.disks import MODES  # noqa: PLC0415 - help loads nothing

    modes = ((mode.value, facts.label) for mode, facts in MODES.items() if not facts.legacy)
    return _fitting(modes, incomplete)


def _rules() -> Iterator[tuple[str, str]]:
    from tui.rules.all_rules import RULES  # noqa: PLC0415

    return ((rule.id, rule.condition) for rule in RULES)


def complete_rule(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Every rule, with when it speaks."""
    return _fitting(_rules(), incomplete)


def complete_query(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The last term of a query: its field, or a word of a field that has its own; saved filters."""
    from tui.fleet.query import ABOUT  # noqa: PLC0415
    from tui.settings import load_settings  # noqa: PLC0415

    others, blank, term = incomplete.rpartition(" ")
    before = others + blank
    if term.startswith("-"):
        before, term = f"{before}-", term[1:]
    if term.startswith("@"):
        return _fitting(load_settings().filters.items(), term[1:], f"{before}@")
    field, colon, begun = term.partition(":")
    if colon:
        words = _words_of_fields().get(field.lower(), {})
        return _fitting(words.items(), begun.lower(), f"{before}{field}:")
    return _fitting(((f"{name}:", about) for name, about in ABOUT.items()), term.lower(), before)


def _words_of_fields() -> Mapping[str, Mapping[str, str]]:
    """The fields of a query whose words do not depend on a machine, and those with what they are."""
    from tui.disks import MODES, Participation  # noqa: PLC0415
    from tui.fleet.query import STATES  # noqa: PLC0415
    from tui.rules import Hypervisor  # noqa: PLC0415
    from tui.rules.topics import Topic  # noqa: PLC0415

    rules = dict(_rules())
    return {
        "mode": {mode.value: facts.label for mode, facts in MODES.items()},
        "rule": rules,
        "accepted": rules,
        "topic": {one.value: "" for one in Topic},
        "hypervisor": {one.value: one.label for one in Hypervisor},
        "snapshot": {one.value: "" for one in Participation},
        "persistent": dict.fromkeys(_YES_NO, ""),
        "is": {word: about for word, (about, _) in STATES.items()},
    }


def complete_domain(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """The names of the machines in the FILE that was given."""
    from tui.beside import opened_to_look_at  # noqa: PLC0415
    from tui.disks import Format  # noqa: PLC0415
    from tui.formats.errors import FormatError  # noqa: PLC0415
    from tui.storage import StorageError, read  # noqa: PLC0415

    # Before an option without its value click gives no argument its name.
    file = context.params.get("file") or next(iter(context.args), "")
    if not file or context.params.get("connect"):
        return []
    try:
        reading = read(file)
        document = opened_to_look_at(reading.data, None if reading.path is None else reading.path.path)
    except (StorageError, FormatError):
        return []
    return (
        []
        if document.format is Format.VMX
        else _fitting(((name, "") for name in document.domain_names), incomplete)
    )
