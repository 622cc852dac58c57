"""A libvirt host that does not mean well, or not well enough: what it says is text, and is bounded."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.cli.helpers import run
from tests.libvirt.stand_in import stand_in
from tests.security.hostile import ACTING, TEXTS

URI = "qemu:///hostile"
UUID = "6695eb01-f6a4-8304-79aa-97f2502e193f"
VERSION = ("version", "Running against daemon: 11.3.0\n")


def domain(name: str, image: str = "/img/a.qcow2") -> str:
    return (
        f"<domain type='kvm'><name>{escape(name)}</name><uuid>{UUID}</uuid><devices>"
        f"<disk type='file' device='disk'><source file='{image}'/><target dev='vda' bus='virtio'/></disk>"
        "</devices></domain>\n"
    )


def host(folder: Path, monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, str]) -> None:
    usual = (VERSION, ("list --all --uuid --name", f"{UUID} web\n"), ("dumpxml", domain("web")))
    stand_in(folder, [*answers, *usual], monkeypatch)


@pytest.mark.parametrize("words", ["colours", "title", "C1", "bidi"])
def test_what_a_host_says_never_reaches_the_terminal_as_it_is(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXTS[words].replace("\n", " ")
    host(
        *(tmp_path, monkeypatch),
        ("list --all --uuid --name", f"{UUID} web{text}\n"),
        ("dumpxml", domain("web")),
        ("snapshot-list", f"snap{text}\n"),
        ("domstate", f"running ({text})\n"),
    )
    for command in (("audit", "-c", URI), ("show", "-c", URI, UUID), ("plan", "-c", URI, UUID)):
        done = run(*command)
        assert not ACTING.search(done.text + done.err)
    for fault in ("list --all --uuid --name", "dumpxml"):
        host(tmp_path, monkeypatch, (fault, f"error: {text}\n"))
        done = run("show", "-c", URI, "web")
        assert done.status == 2
        assert not ACTING.search(done.text + done.err)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (("dumpxml", "not XML at all\n"), "neither a VMX file nor a domain XML"),
        (("dumpxml", "<network><name>x</name></network>\n"), "<network>"),
        (("dumpxml", ""), "prints nothing"),
        (("dumpxml", "error: Domain not found: no domain\n"), "no such domain"),
        (("list --all --uuid --name", "no list\n"), "lists no domains"),
        (("list --all --uuid --name", ""), "no such domain"),
        (("list --all --uuid --name", f"{UUID} x\n" * 10_001), "more than 10,000"),
    ],
)
def test_garbage_is_a_problem_in_words(
    answer: tuple[str, str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(tmp_path, monkeypatch, answer)
    done = run("show", "-c", URI, "web")
    assert done.status == 2
    assert says in done.err


def test_a_dump_of_another_domain_is_not_taken_for_the_one_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where somebody renames domains meanwhile: the UUID decides."""
    other = domain("web", "/img/other.qcow2").replace(UUID, UUID[::-1])
    host(tmp_path, monkeypatch, ("dumpxml --inactive --domain web", other))
    shown = json.loads(run("show", "-c", URI, "web", "--json").text)
    assert shown["disks"][0]["source"] == "/img/a.qcow2"


def test_the_host_s_version_is_what_is_judged_for_and_its_facts_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(
        *(tmp_path, monkeypatch),
        ("domstate", "running\n"),
        ("snapshot-list --name --external", "two\n"),
        ("snapshot-list", "one\ntwo\n"),
        ("checkpoint-list", "error: this function is not supported\n"),
    )
    shown = json.loads(run("show", "-c", URI, "web", "--json").text)
    assert shown["host"] == {
        "name": URI,
        "vm": UUID,
        "power": "running",
        "snapshots": ["one", "two"],
        "checkpoints": None,
        "libvirt": "11.3",
    }
    assert shown["libvirt"] == "11.3"
    assert "Its host says: running, 2 snapshots." in run("show", "-c", URI, "web").text
    assert json.loads(run("show", "-c", URI, "web", "--json", "--libvirt", "9.0").text)["libvirt"] == "9.0"


def test_a_shell_completes_the_names_of_a_connection_s_domains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = UUID.replace("6695", "7795")
    host(
        *(tmp_path, monkeypatch),
        ("list --all --uuid --name", f"{UUID} web01\n{other} db01\n{other[::-1]} we\x1bird\n"),
    )
    for words, expected in (
        (f"diskmode show -c {URI} ", ["db01", "web01"]),
        (f"diskmode set -c {URI} w", ["web01"]),
        (f"diskmode -c {URI} d", ["db01"]),
        ("diskmode audit -c qemu:///sy", ["qemu:///system"]),
    ):
        env = {"_DISKMODE_COMPLETE": "bash_complete", "COMP_WORDS": words}
        env["COMP_CWORD"] = str(len(words.split(" ")) - 1)
        done = run(env=env)
        assert [line.partition(",")[2] for line in done.text.splitlines()] == expected
    stand_in(tmp_path, [("list", "error: nothing")], monkeypatch)
    env = {"_DISKMODE_COMPLETE": "bash_complete", "COMP_WORDS": f"diskmode show -c {URI} ", "COMP_CWORD": "4"}
    assert run(env=env).text.strip() == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("audit", "-c", URI, "--files-from", "x"), "-c does not go with --files-from"),
        (("set", "-c", URI, "web", "vda", "--no-snapshot", "--backup"), "--backup needs a file"),
        (("plan", "web.xml", "--take"), "--take needs the connection"),
        (("plan", "-c", URI, "web", "--yes"), "--yes goes with --take"),
        (("plan", "-c", URI, "web", "--take", "--json"), "--take does not go with --json"),
        (("plan", "-c", URI, "web", "--take", "--backup", "--checkpoint"), "takes two files"),
        (("show", "-c", "not a uri", "web"), "it is no connection such as qemu:///system"),
        (("show", "-c", "qemu+ssh://[kvm1/system", "web"), "it is no connection such as qemu:///system"),
        (("show", "-c", URI, ""), "no such domain"),
        (("compare", "-c", URI, "-c", URI, "-c", URI, "a", "b"), "two machines are compared"),
    ],
)
def test_what_makes_no_sense_with_a_connection_is_said(
    words: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(tmp_path, monkeypatch, ("domstate", "running"))
    done = run(*words)
    assert done.status == 2
    assert says in done.err


def test_two_domains_of_two_connections_and_a_file_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(tmp_path, monkeypatch)
    file = tmp_path / "web.xml"
    file.write_text(domain("web").replace("device='disk'", "device='disk' snapshot='no'"))
    assert run("compare", "-c", URI, "-c", "qemu:///other", "web", "web").status == 0
    assert run("compare", "-c", URI, "web", UUID).status == 0
    drifted = run("compare", "-c", URI, file, "web")
    assert drifted.status == 1
    assert "web, vda: snapshot no -> yes" in drifted.text


def test_a_change_is_not_made_where_virsh_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("set", "-c", URI, "web", "vda", "--no-snapshot")
    assert done.status == 2
    assert "virsh cannot be run" in done.err
    assert "install libvirt's client" in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--disk-only", "--name", "one"), '"domain moment one already exists"; give another --name'),
        (("--checkpoint", "--name", "c1"), '"domain moment c1 already exists"'),
        (
            ("--backup", "--incremental", "c9"),
            "Checkpoint 'c9' for incremental backup of disk 'vda' not found",
        ),
    ],
)
def test_what_stands_on_the_host_already_is_in_the_way_of_a_plan(
    words: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host(
        *(tmp_path, monkeypatch),
        ("dumpxml", domain("web").replace("<source", "<driver name='qemu' type='qcow2'/><source")),
        ("domstate", "running\n"),
        ("snapshot-list --name --external", ""),
        ("snapshot-list", "one\n"),
        ("checkpoint-list", "c1\n"),
    )
    refused = run("plan", "-c", URI, "web", *words)
    assert refused.status == 3
    assert says in refused.err
    taken = run("plan", "-c", URI, "web", *words, "--take", "--yes")
    assert taken.status == 3
    free = [{"one": "two", "c1": "c2", "c9": "c1"}.get(word, word) for word in words]
    assert run("plan", "-c", URI, "web", *free).status == 0
