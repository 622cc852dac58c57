"""Every page of the manual: the program, one for each command, the rules, the settings."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import click

from tui import __version__
from tui.cli.environment import FILES, VARIABLES
from tui.cli.manual.config_page import config_sections
from tui.cli.manual.keys_page import keys_section
from tui.cli.manual.roff import bold, escaped, heading, italic, lines_of, literal, tagged
from tui.cli.manual.rules_page import rules_sections
from tui.cli.messages import MEANINGS
from tui.cli.program import COMMANDS, NAME, editor, main

RELEASED = date(2026, 11, 28)
_USER, _FORMATS, _MISCELLANY = 1, 5, 7
_BOOKS = {_USER: "User commands", _FORMATS: "File formats", _MISCELLANY: "Miscellany"}
_FORMS = ("FILE", "FOLDER...", "COMMAND ...")
# A command that is two, by what is typed.
_FURTHER = {"set": "set --each"}


class Page(NamedTuple):
    """A page by its name and section, as roff."""

    name: str
    section: int
    text: str

    @property
    def file_name(self) -> str:
        """The file that man looks for: ``diskmode-set.1``."""
        return f"{self.name}.{self.section}"


def pages() -> Iterator[Page]:
    """Every page of the manual: the program, each command, the formats and rules."""
    context = click.Context(main, info_name=NAME, **main.context_settings)
    yield _page(NAME, _USER, _summary(main), _program(context))
    for name, summary in COMMANDS.items():
        yield _page(f"{NAME}-{name}", _USER, summary, _command(context, name))
    yield _page(
        f"{NAME}-rules", _MISCELLANY, "What diskmode finds, and where each fact is from", rules_sections()
    )
    yield _page(f"{NAME}-config", _FORMATS, "What a person sets for themselves", config_sections())


def _page(name: str, section: int, summary: str, body: Iterator[str]) -> Page:
    program = f"{NAME} {__version__}"
    head = f'.TH {escaped(name.upper())} {section} {RELEASED.isoformat()} "{program}" "{_BOOKS[section]}"'
    first, *further = lines_of(f"{name} - {summary[0].lower()}{summary[1:].rstrip('.')}")
    lines = [head, heading("name"), first, *further, *body]
    return Page(name, section, "\n".join((*lines, *_see_also(name, section))) + "\n")


def _summary(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").split("\n\n")[0].replace("\n", " ")


def _program(context: click.Context) -> Iterator[str]:
    yield from _synopsis(f"{bold(NAME)} [{italic('OPTIONS')}] {italic(words)}" for words in _FORMS)
    yield from _description(main)
    yield from _options((*editor.params, *main.get_params(context)), context)
    yield heading("commands")
    for name, summary in COMMANDS.items():
        yield from tagged(f"\\fB{NAME} {name}\\fR", [f"{summary} See {NAME}-{name}(1)."])
    yield from keys_section()
    yield heading("exit status")
    for status, meaning in MEANINGS.items():
        yield from tagged(bold(str(status.value)), [meaning])
    for title, table in (("environment", VARIABLES), ("files", FILES)):
        yield heading(title)
        for name, text in table.items():
            yield from tagged(bold(name), [text])


def _command(context: click.Context, name: str) -> Iterator[str]:
    forms = [_Form.of(context, name)]
    if name in _FURTHER:
        forms.append(_Form.of(context, _FURTHER[name]))
    yield from _synopsis(f"{bold(f'{NAME} {form.words}')} {form.usage}" for form in forms)
    for number, form in enumerate(forms):
        yield from _description(form.command, f" of {form.words}" if number else "")
        yield from _options(
            form.command.get_params(form.context), form.context, f" of {form.words}" if number else ""
        )


class _Form(NamedTuple):
    """A way to call a command."""

    words: str
    command: click.Command
    context: click.Context

    @classmethod
    def of(cls, above: click.Context, words: str) -> _Form:
        assert isinstance(main, click.Group)
        command = main.resolve_command(above, words.split())[1]
        assert command is not None
        return cls(words, command, click.Context(command, info_name=words, parent=above))

    @property
    def usage(self) -> str:
        return " ".join(escaped(piece) for piece in self.command.collect_usage_pieces(self.context))


def _synopsis(lines: Iterable[str]) -> Iterator[str]:
    yield heading("synopsis")
    for number, line in enumerate(lines):
        yield from (".br", line) if number else (line,)


def _description(command: click.Command, of: str = "") -> Iterator[str]:
    """A command's help: its paragraphs, then its examples.

    What stands in lines of its own (below a ``\\b``) stays so. A list of exit statuses is left out: the
    program's page has them in a section.
    """
    yield heading(f"description{of}")
    examples: list[str] = []
    first = True
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        head, *lines = paragraph.removeprefix("\b\n").split("\n")
        if head == "Examples:":
            examples = [line.removeprefix("  ") for line in lines]
        elif head != "Exit status:":
            yield from () if first else (".PP",)
            yield from literal([head, *lines]) if paragraph.startswith("\b\n") else lines_of(paragraph)
            first = False
    if examples:
        yield heading(f"examples{of}")
        yield from literal(examples)


def _options(params: Sequence[click.Parameter], context: click.Context, of: str = "") -> Iterator[str]:
    options = [one for one in params if isinstance(one, click.Option) and not one.hidden]
    if not options:
        return
    yield heading(f"options{of}")
    for option in options:
        record = option.get_help_record(context)
        if record is not None:
            yield from tagged(_names(option, context), [record[1]] if record[1] else [])


def _names(option: click.Option, context: click.Context) -> str:
    flags = (*option.opts, *option.secondary_opts)
    names = ", ".join(bold(name) for name in sorted(flags, key=lambda name: name.startswith("--")))
    return names if option.is_flag or option.count else f"{names} {italic(option.make_metavar(context))}"


def _see_also(name: str, section: int) -> Iterator[str]:
    others = [(NAME, _USER), *((f"{NAME}-{one}", _USER) for one in COMMANDS)]
    others += [(f"{NAME}-config", _FORMATS), (f"{NAME}-rules", _MISCELLANY)]
    shown = [f"{bold(one)}({number})" for one, number in others if (one, number) != (name, section)]
    yield heading("see also")
    yield from (f"{one}," for one in shown[:-1])
    yield shown[-1]
