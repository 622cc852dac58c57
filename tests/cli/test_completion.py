"""Shell completion: the scripts, and what they are given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.helpers import ROOT, SAMPLES, domain, program, run, vmx


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_printed(shell: str) -> None:
    outcome = run("completion", shell)
    assert outcome.status == 0
    assert outcome.err == ""
    assert f"_DISKMODE_COMPLETE={shell}_complete" in outcome.text
    if shell == "bash":
        assert subprocess.run(["bash", "-n"], input=outcome.out, check=False).returncode == 0


def completed(*words: str | Path) -> list[str]:
    """What bash would offer for the last word."""
    line = " ".join(("diskmode", *map(str, words)))
    env = {"_DISKMODE_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words))}
    outcome = run(env=env)
    assert outcome.err == ""
    return [line.partition(",")[2] for line in outcome.text.splitlines() if line]


def test_the_real_program_completes() -> None:
    env = {"_DISKMODE_COMPLETE": "fish_complete", "COMP_WORDS": "diskmode sh", "COMP_CWORD": "sh"}
    assert b"plain,show" in program(env=env).out


def test_commands_and_files() -> None:
    assert completed("s") == ["show", "set", "schema", "s"]
    assert "--no-mouse" in completed("-")
    assert "--version" in completed("-")
    assert "--no-mouse" in completed("web.vmx", "--no")


def test_words_of_options_are_completed() -> None:
    assert completed("set", "web.vmx", "sda", "--mode", "ind") == [
        "independent-persistent",
        "independent-nonpersistent",
    ]
    assert completed("set", "web.vmx", "sda", "--preset", "") == [
        "no",
        "internal",
        "external",
        "manual",
        "default",
    ]
    assert completed("convert", "web.vmx", "--spelling", "") == [
        "libvirt",
        "attributes",
        "elements",
        "vmx-mode",
    ]
    assert "qemu" in completed("show", "web.vmx", "--hypervisor", "")


def test_disks_of_the_file(tmp_path: Path) -> None:
    assert completed("set", vmx(tmp_path), "") == ["all", "sda", "sdb"]
    assert completed("set", vmx(tmp_path), "scsi") == ["scsi0:0", "scsi0:1"]
    assert completed("set", domain(tmp_path), "vda", "v") == ["vda", "vdb"]
    assert "sda" not in completed("set", SAMPLES / "kvm-app01.xml", "")


def test_what_cannot_be_read_completes_to_nothing(tmp_path: Path) -> None:
    assert completed("set", tmp_path / "missing", "") == []
    assert completed("set", tmp_path, "") == []
    assert completed("set", "-", "") == []
    assert completed("set", SAMPLES / "encrypted.vmx", "") == ["all"]


def test_names_that_would_act_are_not_offered(tmp_path: Path) -> None:
    disk = "<disk><source file='/a'/><target dev='v&#x202e;da'/></disk>"
    assert completed("set", domain(tmp_path, disk), "") == ["all"]


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (("audit", ".", "--topic", ""), {"migration", "backup"}),
        (("audit", ".", "--format", "j"), {"json", "jsonl", "junit"}),
        (("audit", ".", "--fail-on", "w"), {"warning"}),
        (("audit", ".", "--format", "nagios", "--critical", "not-in"), {"not-in-snapshots"}),
        (("rules", "in-"), {"in-use", "in-two-machines"}),
        (("schema", "a"), {"audit"}),
        (("set", "--each", ".", "--mode", "independent-p"), {"independent-persistent"}),
        (("set", "--e"), {"--each"}),
        (("set", "--each", ".", "--where", "m"), {"mode:"}),
        (("set", "--each", ".", "--where", "mode:ind"), {"mode:independent-persistent"}),
        (("set", "--each", ".", "--where", "'vm:x -rule:legacy'"), {"vm:x -rule:legacy-mode"}),
        (("set", "--each", ".", "--where", "is:sk"), {"is:skipped"}),
        (("set", "--each", ".", "--where", "snapshot:"), {"snapshot:yes", "snapshot:manual"}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_values_of_options(words: tuple[str, ...], some: set[str]) -> None:
    offered = completed(*words)
    assert some <= set(offered)
    last = words[-1]
    assert all(one.startswith(last.strip("'")) for one in offered)


def test_a_query_s_last_term_is_completed_behind_the_others() -> None:
    assert "vm:web mode:append" in completed("set", "--each", ".", "--where", "'vm:web mode:a'")


def test_saved_filters_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[filters]\nmine = "vm:web*"\nother = "vm:x"\n')
    monkeypatch.setenv("DISKMODE_CONFIG", str(path))
    assert completed("set", "--each", ".", "--where", "@m") == ["@mine"]


def test_domains_of_the_file(tmp_path: Path) -> None:
    names = completed("show", SAMPLES / "several-domains.xml", "--domain", "")
    assert len(names) > 1
    assert completed("show", SAMPLES / "rvtools/RVTools_tabvDisk.csv", "--domain", "web") == ["web01"]
    assert completed("show", vmx(tmp_path), "--domain", "") == []
    assert completed("show", tmp_path / "missing", "--domain", "") == []


# What bash itself asks for and makes of the answer, with the words as it parts them.
IN_BASH = """
source /dev/stdin
COMP_LINE=$1; COMP_POINT=${#1}; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
compopt() { :; }
_diskmode_completion diskmode
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("line", "words", "answer"),
    [
        ("diskmode set --each . --where mode:ind", ("mode", ":", "ind"), "independent-persistent"),
        ("diskmode set --each . --where is:", ("is", ":"), "skipped"),
        ("diskmode set --each . --where mo", ("mo",), "mode:"),
        ("diskmode set --each . --where 'rule:in-u", ("'rule:in-u",), "rule:in-use"),
    ],
)
def test_bash_takes_words_with_colons_whole(
    line: str, words: tuple[str, ...], answer: str, tmp_path: Path
) -> None:
    called = tmp_path / "diskmode"
    called.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tui "$@"\n')
    called.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", IN_BASH, "bash", line, "diskmode", "set", "--each", ".", "--where", *words],
        input=run("completion", "bash").out,
        capture_output=True,
        check=False,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
    )
    assert done.stderr == b""
    assert answer in done.stdout.decode().splitlines()
