"""``diskmode completion``: the script that makes a shell complete our commands, files, disks and words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from tui.cli.messages import Problem, print_lines

_VARIABLE = "_DISKMODE_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script that completes diskmode's commands, files, disks and words in SHELL.

    \b
    Have it read whenever the shell starts:
      bash:  diskmode completion bash > ~/.local/share/bash-completion/completions/diskmode
      zsh:   diskmode completion zsh > ~/.zfunc/_diskmode      (~/.zfunc in fpath)
      fish:  diskmode completion fish > ~/.config/fish/completions/diskmode.fish

    \b
    Only for this shell:
      source <(diskmode completion bash)
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise Problem(f"nobody here knows the shell {shell}", "give bash, zsh or fish")
    root = context.find_root()
    print_lines(kind(root.command, {}, "diskmode", _VARIABLE).source())
