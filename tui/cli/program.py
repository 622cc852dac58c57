"""``diskmode``: which command is meant, and how every way of ending becomes an exit status.

A first word that names a command is that command; everything else is a FILE for the editor. A command's
module is imported only when it is run: the editor alone needs Textual, and help needs nothing.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import click

from tui import __version__
from tui.cli.libvirt_uri import connects_option, domains_or_files, greet
from tui.cli.messages import Problem, Status, let_go, say
from tui.cli.options import (
    domain_option,
    files_argument,
    follow_option,
    hypervisor_option,
    spelling_option,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tui.session import Choices

NAME = "diskmode"
COMMANDS = {
    "show": "Print the disks, their policy and what is wrong with it.",
    "set": "Change the policy of disks, without a screen.",
    "convert": "Print the machine in the other format.",
    "plan": "Print what a snapshot will cover, and the XML and command that take it.",
    "compare": "Tell which disks' policies drifted apart, in two files or two audits.",
    "audit": "Judge every disk of every machine in folders.",
    "history": "List the changes made to files, and whether they still stand.",
    "undo": "Take back a save or a whole bulk change.",
    "rules": "Print the rules, their severities, reasons and sources.",
    "schema": "Print the JSON Schema of what --json writes.",
    "doctor": "Print what this machine has of what diskmode uses, for a bug report.",
    "completion": "Print the script that completes commands in a shell.",
}
HELP = ["-h", "--help"]
SETTINGS = {"help_option_names": HELP, "max_content_width": 80}


@click.command("editor", context_settings=SETTINGS)
@files_argument
@connects_option
@domain_option
@hypervisor_option
@spelling_option
@follow_option
@click.option(
    "--accept",
    metavar="TOML",
    type=click.Path(readable=False),
    help="What is known and meant in a fleet, as audit takes it.",
)
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
def editor(  # noqa: PLR0913 - one for each option
    *,
    files: Sequence[str],
    connect: Sequence[str],
    domain: str | None,
    hypervisor: str | None,
    spelling: str | None,
    follow: bool,
    accept: str | None,
    no_mouse: bool,
) -> int:
    """Open FILE, a VMX or a domain XML, in the editor; - reads standard input.

    A FOLDER, or several of either, opens the fleet: the disks of every machine there, in one table. With -c
    URI, NAME of a libvirt domain stands where else FILE does; without one all of them are the fleet.

    What came from standard input goes to standard output when the editor is left. For everything else there
    is, see diskmode --help.
    """
    gc.disable()  # until the first frame stands: collecting while all is loaded is a tenth of the wait
    try:
        choices = import_module("tui.cli.screen").choices_of(
            domain, hypervisor, spelling, mouse=not no_mouse, follow=follow
        )
        return _open_screen(domains_or_files(connect, files), choices, accept, connected=connect)
    finally:
        gc.enable()


def _open_screen(
    files: Sequence[str], choices: Choices, accept: str | None, *, connected: Sequence[str]
) -> int:
    if not files:
        raise click.UsageError("no FILE was given, nor - for standard input, nor a connection with -c")
    screen = import_module("tui.cli.screen")
    screen.reach(files)
    if len(files) == 1 and not _is_folder(files[0]):
        if accept is not None:
            raise Problem("--accept is about a fleet", "leave it out, or give a folder")
        return cast(int, screen.open_editor(files[0], choices))
    if connected:
        greet(connected)
    elif not _is_there(files[0]):
        raise _missing(files[0])
    return cast(int, screen.open_fleet(files, choices, accept))


def _missing(word: str) -> Problem:
    """What is said of a first word that is no command and no file: it may be meant as either."""
    from difflib import get_close_matches  # noqa: PLC0415 - for a mistake alone

    near = get_close_matches(word, COMMANDS)
    if not near and not word.isalpha():
        return Problem("there is no such file", "check the name and the folder", file=word)
    remedy = f"did you mean {' or '.join(near)}?" if near else f"the commands are {', '.join(COMMANDS)}"
    return Problem(f"there is no command {word}, and no file", remedy)


def _is_folder(address: str) -> bool:
    from tui.cli.files import problems_of  # noqa: PLC0415 - help and completion need no files
    from tui.storage import place_of  # noqa: PLC0415

    with problems_of(address):
        place, path = place_of(address)
    return place.is_folder(path)


def _is_there(address: str) -> bool:
    from tui.storage import is_far, place_of  # noqa: PLC0415

    place, path = place_of(address)
    return is_far(address) or place.is_there(path)


def _loaded(cmd_name: str) -> click.Command:
    """A command, from its module. What is loaded stays: the collector need not look through it again."""
    gc.disable()
    command = import_module(f"tui.cli.{cmd_name}").command
    gc.freeze()
    gc.enable()
    return cast(click.Command, command)


class Diskmode(click.Group):
    """A group whose unknown first word is a FILE for the editor, and whose commands load when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A command, from its module."""
        return _loaded(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """``set --each`` is about folders, not a FILE: a command of its own."""
        name, found, rest = super().resolve_command(ctx, args)
        if name == "set" and "--each" in rest:
            found = _loaded("set_each")
        return name, found, rest

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The ways to call the program: with a file, with folders, with a command."""
        formatter.write_usage(NAME, "[OPTIONS] FILE")
        formatter.write_usage(NAME, "[OPTIONS] FOLDER...", prefix="       ")
        formatter.write_usage(NAME, "COMMAND ...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The editor's options among our own, and the commands without loading one."""
        options = [one for one in (*editor.params, *self.get_params(ctx)) if isinstance(one, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx))]
        with formatter.section("Options"):
            formatter.write_dl(records)
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Ours where the first word is ours, else the editor's."""
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            extra.setdefault("color", False)
        if self._is_ours(args):
            return super().make_context(info_name, args, parent, **extra)
        return editor.make_context(info_name, args, parent, **extra)

    def _is_ours(self, args: list[str]) -> bool:
        own_options = {name for param in self.params for name in param.opts}
        return not args or args[0] in {*COMMANDS, *own_options, *HELP}

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; where the reader of a pipe is gone, end without a message."""
        try:
            return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)
        except BrokenPipeError:
            return _reader_gone()

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, which need not be loaded for that, options, and files for the editor."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - a shell alone asks

        found = [
            CompletionItem(name, help=about)
            for name, about in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        found += click.Command.shell_complete(self, ctx, incomplete)
        if incomplete.startswith("-"):
            return found + [one for one in editor.shell_complete(ctx, incomplete) if one.value != "--help"]
        return [*found, CompletionItem(incomplete, type="file")]

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program and leave with its exit status."""
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # a locale that lacks a letter shows its escape instead
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        kwargs |= {"prog_name": NAME, "standalone_mode": False}
        run = super().main
        try:
            status = _status_of(lambda: run(*args, **kwargs))
        finally:
            if (storage := sys.modules.get("tui.storage")) is not None:
                storage.disconnect_hosts()
        gc.freeze()  # the system takes it all back: the interpreter need not look through it to end
        sys.exit(status)


def _helped_by(error: click.UsageError) -> str:
    """The command whose help has the options that were meant."""
    if error.ctx is None:
        return NAME
    is_each = any(one.name == "each" for one in error.ctx.command.params)
    return f"{error.ctx.command_path} --each" if is_each else error.ctx.command_path


def _status_of(run: Callable[[], Any]) -> int:
    try:
        return int(run() or Status.DONE)
    except Problem as problem:
        problem.show()
        return problem.exit_code
    except click.UsageError as error:
        say(f"{_in_a_sentence(error)}; see {_helped_by(error)} --help")
    except click.ClickException as error:
        say(_in_a_sentence(error))
    except (click.Abort, KeyboardInterrupt):
        return Status.INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except OSError as error:
        if os.environ.get("DISKMODE_DEBUG"):
            raise
        let_go(sys.stdout)
        say(f"the system refused ({os.strerror(error.errno or 0)}); nothing more was done")
    except Exception as error:
        if os.environ.get("DISKMODE_DEBUG"):
            raise
        say(
            f"something went wrong that never should ({type(error).__name__}: {error}); "
            "nothing more was done; please report it with what DISKMODE_DEBUG=1 shows"
        )
    return Status.BAD_INPUT


def _in_a_sentence(error: click.ClickException) -> str:
    """What click says, in one line: it lists what may be chosen on lines of their own."""
    sentence = " ".join(error.format_message().split()).rstrip(".")
    return sentence.replace(". Choose from: ", ": choose from ")


def _reader_gone() -> Status:
    let_go(sys.stdout)
    let_go(sys.stderr)
    return Status.READER_GONE


@click.group(NAME, cls=Diskmode, context_settings=SETTINGS, invoke_without_command=True)
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """See and change, disk by disk, whether a virtual disk takes part in snapshots and keeps its writes.

    FILE is a VMware .vmx or a libvirt domain XML; it opens in the editor. - reads standard input, and writes
    the result to standard output. A FOLDER, or several of either, opens the fleet: every machine there in one
    table. A file named like a command is opened as ./show. Either may lie on another host:
    ssh://[user@]host[:port]/path.

    \b
    Examples:
      diskmode web01.vmx
      diskmode /vmfs/volumes/datastore1
      diskmode ssh://root@esxi01/vmfs/volumes
      EDITOR=diskmode virsh edit web01
      virsh dumpxml web01 | diskmode - > web01.xml
      diskmode -c qemu:///system web01
      diskmode show web01.vmx
      diskmode set web01.vmx scsi0:1 --no-snapshot
      diskmode convert web01.vmx --to xml

    \b
    Exit status:
      0 done    1 findings at the level asked for    2 bad input or usage
      3 refused by a rule    130 interrupted    141 nobody read the output

    NO_COLOR switches colours off; DISKMODE_DEBUG=1 shows the traceback of an error in diskmode itself.
    """
    if context.invoked_subcommand is None:
        raise click.UsageError("no FILE was given, nor - for standard input", context)
