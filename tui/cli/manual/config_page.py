"""The settings as the body of a manual page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui.cli.manual.roff import bold, heading, lines_of, literal, tagged

# By the name in the file, dotted as TOML has it.
TOLD: Mapping[str, str] = {
    "theme": "The screens' theme, by the name that the command palette shows. The theme chosen there is kept "
    "here, beside your comments. Default: diskmode, our own.",
    "libvirt": "The libvirt version that machines are judged for, as --libvirt says it. "
    "Default: the newest known.",
    "keymap": "An action's id, and the keys that stand for it, with a comma between them. The ids stand "
    "beside the keys in diskmode(1), and the help on screen shows them with the keys as they are now.",
    "history.days": "How many days a change is remembered, 1 to 36,500. Default: 90.",
    "history.records": "How many changes are remembered at most, 1 to 100,000. Default: 1,000.",
    "filters": "A name, and a query that the fleet's filter then knows as @name. It may name others.",
    "ssh.connect": "Seconds until another host (ssh://) must have let us in, 1 to 3,600. Default: 15.",
    "ssh.silence": "Seconds that a host may say nothing. Default: 60.",
    "ssh.hosts": "How many hosts are asked at once. Default: 16.",
    "ssh.facts": "Seconds that an ESXi host may be silent over what vim-cmd knows. Default: 20.",
}
EXAMPLE = """theme = "nord"
libvirt = "11.3"

[keymap]
"disk.snapshot" = "f5"
"file.save" = "ctrl+s,f2"

[history]
days = 90
records = 1000

[filters]
web = "vm:web* is:skipped"

[ssh]
connect = 30
"""


def config_sections() -> Iterator[str]:
    """What the file is, and each of its names."""
    yield heading("description")
    yield from lines_of(
        "config.toml lies in the platform's folder for configuration (~/.config/diskmode/ on Linux), or is "
        "the file that DISKMODE_CONFIG names. It is TOML. What is wrong in it is said with its line, and "
        "the default is used in its place."
    )
    yield heading("settings")
    for name, text in TOLD.items():
        yield from tagged(bold(name), [text])
    yield heading("examples")
    yield from literal(EXAMPLE.splitlines())
