"""What a command prints, as a picture: the bytes that the real program writes to a terminal."""

from __future__ import annotations

import io
import shlex
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from tests.scenes import EVERY, SAMPLES, SMALL, Size, among_samples, published
from tests.terminal.terminal import DISKMODE, Terminal, surroundings

_PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Printout:
    """A command given in the folder of the samples; all that it prints fits the terminal."""

    name: str
    words: tuple[str, ...]
    size: Size = SMALL


PRINTOUTS = (Printout("audit", ("audit", "kvm-app01.xml", "encrypted.vmx")),)


def printed(one: Printout) -> str:
    """The terminal as an SVG, from the command typed to the next prompt."""
    shown = [Text(_PROMPT + shlex.join(("diskmode", *one.words)))]
    shown += Text.from_ansi(_output(one)).split()
    shown += [Text(_PROMPT), *[Text()] * (one.size.height - len(shown) - 1)]
    if len(shown) > one.size.height or any(line.cell_len > one.size.width for line in shown):
        raise ValueError(f"what {one.name} prints does not fit {one.size}")
    console = Console(
        file=io.StringIO(),
        width=one.size.width,
        record=True,
        color_system="truecolor",
        force_terminal=True,
        no_color=False,
    )
    console.print(*shown, sep="\n")
    return published(one.name, console.export_svg(title=f"diskmode {one.words[0]}"))


def _output(one: Printout) -> str:
    with among_samples(EVERY) as folder:
        env = surroundings(folder / "no-settings.toml", COLUMNS=None, LINES=None)
        with Terminal((*DISKMODE, *one.words), env=env, cwd=folder / SAMPLES.name, size=one.size) as terminal:
            terminal.leave()
            return terminal.raw.decode().replace("\r\n", "\n")
