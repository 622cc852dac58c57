"""``diskmode schema``: what each JSON this program writes looks like, as JSON Schema (2020-12).

The schemas are files of data beside this module; a test holds every JSON of the tests to them.
"""

from __future__ import annotations

from difflib import get_close_matches
from pkgutil import get_data

import click
from click.shell_completion import CompletionItem

from tui.cli.messages import Problem, print_lines

# Each schema, and what writes such JSON.
SCHEMAS = {
    "audit": "audit --format json, and each line of jsonl",
    "compare": "compare --json",
    "convert": "convert --report json, on standard error",
    "doctor": "doctor --json",
    "history": "history --json",
    "plan": "plan --json, also with --backup and --checkpoint",
    "rules": "rules --json",
    "show": "show --json",
}
_NEAR = 3


def schema_of(name: str) -> bytes:
    """The JSON Schema with this name in SCHEMAS."""
    data = get_data("tui.cli", f"schemas/{name}.json")
    assert data is not None
    return data


def _complete(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    return [CompletionItem(name, help=of) for name, of in SCHEMAS.items() if name.startswith(incomplete)]


@click.command("schema")
@click.argument("name", metavar="[NAME]", required=False, shell_complete=_complete)
def command(name: str | None) -> None:
    """Print the JSON Schema called NAME, or the list of them.

    JSON that diskmode writes says which schema it keeps, as "diskmode.audit/1"; NAME may be that too. Keys
    are only ever added to a schema. A key that changed its meaning would raise the number, and the changelog
    would say what to do.

    \b
    Examples:
      diskmode schema
      diskmode schema audit > audit.schema.json
    """
    if name is None:
        width = max(map(len, SCHEMAS))
        print_lines("\n".join(f"{one:{width}}  {of}" for one, of in SCHEMAS.items()))
    else:
        print_lines(schema_of(_named(name)).decode().rstrip("\n"))


def _named(given: str) -> str:
    name = given.lower().removeprefix("diskmode.").removesuffix("/1")
    if name not in SCHEMAS:
        near = get_close_matches(name, SCHEMAS, _NEAR)
        remedy = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(SCHEMAS)}"
        raise Problem(f"no schema is called {given}", remedy)
    return name
