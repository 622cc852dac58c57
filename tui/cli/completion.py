"""``diskmode completion``: the script that makes a shell complete our commands, files, disks and words."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, get_completion_class

from tui.cli.messages import Problem, print_lines

_VARIABLE = "_DISKMODE_COMPLETE"


# Bash parts a line at colons and equals signs too, so of mode:ind it would hand over three words, and take
# the answer for the last: words that stand together are put together again, and answers lose what stands.
_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' response completion type value word whole="" rest=$COMP_LINE words=() n
    for ((n = 0; n <= COMP_CWORD; n++)); do
        word=${COMP_WORDS[n]}
        if ((n)) && [[ -n $word && $rest == "$word"* ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
        rest=${rest#*"$word"}
    done
    whole=${words[-1]}
    if [[ $word == [:=] ]]; then word=""; fi
    local standing=${whole%%"$word"}
    n=$((${#words[@]} - 1))
    response=$(env COMP_WORDS="${words[*]}" COMP_CWORD=$n %(complete_var)s=bash_complete $1)
    for completion in $response; do
        IFS=',' read -r type value <<< "$completion"
        case $type in
            dir) COMPREPLY=(); compopt -o dirnames ;;
            file) COMPREPLY=(); compopt -o default ;;
            plain)
                COMPREPLY+=("${value#"$standing"}")
                if [[ $value == *: ]]; then compopt -o nospace; fi ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    """The script for bash, which takes words whole."""

    source_template = _BASH


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
    kind = _Bash if shell == "bash" else get_completion_class(shell)
    if kind is None:
        raise Problem(f"nobody here knows the shell {shell}", "give bash, zsh or fish")
    root = context.find_root()
    print_lines(kind(root.command, {}, "diskmode", _VARIABLE).source())
