"""The house: who may import whom, who touches the disk, what lies where, and what is shipped."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
import textual as textual_package
from importlinter.cli import lint_imports

from tui import __version__
from tui.machine import SeveralDomainsError, machine_in

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TOP_LEVEL = {
    *("pyproject.toml", "tui", "tests", "screenshots", "sample_vms"),
    *("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"),
}
CORE = ("disks", "formats", "rules", "convert")
LARGEST = 24_000
# A module of the program is read in one sitting.
MOST_LINES = 450
# Modules by which a program reaches anything but its own memory.
OUTWARD = {
    *(
        "asyncio",
        "ctypes",
        "fcntl",
        "glob",
        "http",
        "io",
        "logging",
        "mmap",
        "multiprocessing",
        "os",
        "pathlib",
    ),
    *("shutil", "socket", "ssl", "subprocess", "sys", "tempfile", "threading", "urllib"),
}
OUTWARD_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint", "__import__"}
# What these themselves are made of comes with them.
COMES_WITH = {"rich": "textual", "grimp": "import-linter", "python_calamine": "python-calamine"}
PACKAGE_OF = {"importlinter": "import-linter"}


def ignored_names() -> list[str]:
    lines = (ROOT / ".gitignore").read_text().split()
    return [".git", *(line.rstrip("/") for line in lines)]


def project_files() -> Iterator[Path]:
    """Every file of the repository, without what git ignores; works where there is no git as well."""
    ignored = ignored_names()

    def kept(name: str) -> bool:
        return not any(fnmatch.fnmatch(name, pattern) for pattern in ignored)

    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if kept(name)]
        yield from (Path(folder, name) for name in files if kept(name))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports_of(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno


def python(*words: str) -> str:
    """What a fresh interpreter prints; the test fails where it does."""
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# Floors


def test_imports_point_down_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("tui", cache_dir=None)  # with those of types alone
    order = TopologicalSorter({one: graph.find_modules_directly_imported_by(one) for one in graph.modules})
    order.prepare()  # raises CycleError, which names them


@pytest.mark.parametrize("path", [path for room in CORE for path in modules(f"tui/{room}")], ids=named)
def test_the_core_reaches_nothing_but_its_own_memory(path: Path) -> None:
    tree = ast.parse(path.read_bytes())
    outward = [f"line {line}: {name}" for name, line in imports_of(tree) if name.split(".")[0] in OUTWARD]
    outward += [
        f"line {node.lineno}: {node.func.id}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OUTWARD_CALLS
    ]
    assert not outward


_VMX, _XML = "sample_vms/esxi8-web01.vmx", "sample_vms/kvm-app01.xml"
# What no start loads without need: it takes longer than to judge a machine.
_SLOW = {
    "platformdirs",
    "tomlkit",
    "shutil",
    "tempfile",
    "socket",
    "subprocess",
    "multiprocessing",
    "hashlib",
}
_LXML = {"lxml", "xml", "tui.formats.domain_xml"}
_WORK = {
    "tui.fleet",
    "tui.reports",
    "tui.convert",
    "tui.editing",
    "tui.history",
    "tui.session",
    "tui.planning",
}
_ONE = {*_SLOW, *_WORK, "tui.storage.ssh", "tui.storage.libvirt", "json", "difflib", "tomllib", "signal"}
# What a command must not load, beside Textual and Rich.
_UNLOADED: dict[tuple[str, ...], set[str]] = {
    ("--help",): {*(_ONE - {"shutil"}), *_LXML, "tui.storage", "tui.rules", "tui.disks"},
    ("show", _VMX): {*_ONE, *_LXML, "tui.rules.plan_backup"},
    ("show", _XML): {*_ONE, "tui.formats.vmx"},
    ("show", "--json", _XML): _WORK - {"tui.reports"},
    ("set", _VMX, "all", "--no-snapshot", "--dry-run"): {*(_ONE - {"tui.editing", "difflib"}), *_LXML},
    ("audit", _VMX): {
        *(_ONE - {"tui.fleet", "tui.reports", "signal"}),
        *_LXML,
        *("csv", "tui.fleet.accept", "tui.fleet.baseline", "tui.fleet.pool_processes", "tui.reports.sarif"),
    },
    ("convert", _VMX, "--to", "xml"): {"tui.fleet", "tui.history", "tui.session"},
    ("completion", "bash"): {"tui.disks", "tui.rules", "lxml"},
    ("doctor",): set(),
}


@pytest.mark.parametrize("words", _UNLOADED, ids=" ".join)
def test_the_command_line_loads_no_textual_and_nothing_slow_without_need(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISKMODE_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    script = (
        "import sys\nbefore = set(sys.modules)\nfrom tui.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print('\\n' + ' '.join(set(sys.modules) - before))"
    )
    loaded = set(python("-c", script, *words).splitlines()[-1].split())
    assert "tui.cli" in loaded
    unneeded = _UNLOADED[words] - ({"platformdirs"} if sys.platform != "linux" else set())
    assert sorted(loaded & {"textual", "rich", *unneeded}) == []


def test_each_import_is_of_a_declared_dependency() -> None:
    project = PYPROJECT["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["rvtools"]]
    declared = {re.split(r"[<>=\[ ]", line)[0] for line in lines}
    used = {
        name.split(".")[0]
        for path in modules("tui")
        for name, _ in imports_of(ast.parse(path.read_bytes()))
        if name
    }
    used = {COMES_WITH.get(name, name) for name in used - set(sys.stdlib_module_names) - {"tui"}}
    assert used == declared


# Nothing but storage touches a machine's file. What these still reach is no machine's: settings, memory, a
# terminal, the environment, the cores, a report's name, the parts of a path; and full_name, which makes one
# absolute.
_MAY_TOUCH = {
    "app/app.py": {"os"},
    "posix.py": {"os", "pathlib"},
    "app/launch.py": {"os"},
    "app/endings.py": {"os"},
    "app/textual_insides.py": {"os"},
    "cli/doctor_facts.py": {"os", "shutil"},
    "cli/history.py": {"os"},
    "cli/audit_inputs.py": {"os"},
    "cli/audit_report.py": {"pathlib"},
    "cli/audit_run.py": {"os", "pathlib", "tempfile"},
    "cli/plan_backup.py": {"pathlib"},
    "cli/manual/__main__.py": {"pathlib"},
    "cli/messages.py": {"os"},
    "cli/patch.py": {"os"},
    "cli/program.py": {"os"},
    "cli/screen.py": {"os"},
    "history/changes.py": {"os"},
    "history/journal.py": {"os", "pathlib"},
    "history/process.py": {"os", "pathlib"},
    "history/change_store.py": {"os", "pathlib"},
    "history/file_names.py": {"os"},
    "history/state_folder.py": {"os", "pathlib"},
    "machine/machine.py": {"os"},
    "settings.py": {"os", "pathlib"},
    "planning/backups.py": {"pathlib"},
    "planning/snapshots.py": {"pathlib"},
    "reports/spreadsheet.py": {"io"},
    "workbook.py": {"io"},
    "reports/starter.py": {"glob"},
}
_OF_FILES = {"os", "pathlib", "shutil", "tempfile", "glob", "io", "mmap"}


@pytest.mark.parametrize(
    "path", [path for path in modules("tui") if "tui/storage" not in named(path)], ids=named
)
def test_only_storage_touches_files(path: Path) -> None:
    tree = ast.parse(path.read_bytes())
    used = {name.split(".")[0] for name, _ in imports_of(tree)} & _OF_FILES
    assert used <= _MAY_TOUCH.get(path.relative_to(ROOT / "tui").as_posix(), set())
    inner = {name for name, _ in imports_of(tree) if name.startswith("tui.storage.")}
    assert not inner, "what stands above storage knows its places, not their files"
    calls = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
    ]
    assert not calls


_ONLY_SOME_SYSTEMS = {"fcntl", "termios", "tty", "pty", "pwd", "grp", "resource", "msvcrt", "winreg"}
_ONLY_SOME_HAVE = re.compile(
    r"\bos\.(?:O_(?:NONBLOCK|CLOEXEC|NOCTTY|NOFOLLOW|DIRECTORY)|[fl]?chown|fchmod|link|pathconf|statvfs"
    r"|(?:list|get|set|remove)xattr|get[e]?[ug]id|getpgrp|getsid|killpg|fork|sched_\w+|set_blocking|umask)\b"
    r"|\bsignal\.SIG(?!INT|TERM|_)|\bsys\.platform\b"
)


@pytest.mark.parametrize("path", modules("tui"), ids=named)
def test_one_module_holds_what_only_some_systems_have(path: Path) -> None:
    if named(path) == "tui/posix.py":
        return
    text = path.read_text()
    if named(path) == "tui/app/textual_insides.py":  # our driver, which stands on Textual's for Unix
        text = text.replace("signal.SIGWINCH", "RESIZED")
    assert not {name for name, _ in imports_of(ast.parse(text))} & _ONLY_SOME_SYSTEMS
    assert not _ONLY_SOME_HAVE.findall(text)


def test_one_module_reads_textuals_private_names() -> None:
    """Names that begin with an underscore, of an app or a widget, in a class of ours that is one."""
    textual = Path(textual_package.__file__).parent
    private = {
        name
        for source in ("app", "screen", "widget", "dom", "message_pump", "scroll_view")
        for name in re.findall(r"self\.(_[a-z_]+)\b", (textual / f"{source}.py").read_text())
    }
    found = [
        f"{named(path)}:{one.lineno}: {one.attr}"
        for path in modules("tui/app")
        if named(path) != "tui/app/textual_insides.py"
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef) and _is_textuals(node)
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id == "self"
        and one.attr in private
    ]
    assert not found


def _is_textuals(node: ast.ClassDef) -> bool:
    return any(
        re.search(r"App|Screen|Widget|View|Input|Vertical|List|Lines", ast.unparse(one)) for one in node.bases
    )


def test_contributing_shows_the_rooms_there_are() -> None:
    picture = (ROOT / "CONTRIBUTING.md").read_text().split("```\ntui/\n")[1].split("```")[0]
    shown = set(re.findall(r"^  (\w+(?:\.py|/)) ", picture, re.MULTILINE))
    rooms = {path.relative_to(ROOT / "tui").parts for path in modules("tui")} - {("__init__.py",)}
    assert shown == {parts[0] if len(parts) == 1 else f"{parts[0]}/" for parts in rooms}


# What lies where


def test_the_top_level_holds_nothing_new() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in project_files()}
    assert {name for name in top if not name.startswith(".")} == TOP_LEVEL


def test_files_stay_small_enough_to_read() -> None:
    text = [path for path in project_files() if path.suffix in {".py", ".tcss", ".md", ".toml"}]
    text.remove(ROOT / "tui" / "rules" / "README.md")  # printed from the table of rules, to look one up in
    assert len(text) > 100
    assert not [f"{named(path)}: {path.stat().st_size}" for path in text if path.stat().st_size >= LARGEST]


@pytest.mark.parametrize("path", modules("tui"), ids=named)
def test_no_module_is_longer_than_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


# Names that several packages use, each for its own part in the same thing: a command, its screen, its keys; a
# place and how it is walked and saved; what can go wrong on a floor.
SHARED_NAMES = {
    *("__init__", "__main__", "audit", "errors", "first_run", "history", "losses", "neighbours", "place"),
    *("plan", "plan_backup", "reasons", "rules_page", "saving", "walk"),
}


def test_one_module_name_stands_for_one_thing() -> None:
    found: dict[str, list[str]] = {}
    for path in modules("tui"):
        found.setdefault(path.stem, []).append(named(path))
    assert not {name: paths for name, paths in found.items() if len(paths) > 1 and name not in SHARED_NAMES}


def test_a_public_class_shares_its_name_with_no_other() -> None:
    found: dict[str, list[str]] = {}
    for path in modules("tui"):
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(named(path))
    assert not {name: paths for name, paths in found.items() if len(paths) > 1}


def test_no_file_holds_a_path_of_one_machine() -> None:
    mine = {str(ROOT), sys.prefix, f"{Path.home()}/"}
    workspaces = ("/builds", "/github/workspace", "/home/runner", "/work", "/workspace", "/tmp/venv")
    paths = re.compile(
        "|".join([*map(re.escape, mine), *(f"(?<![\\w./]){re.escape(one)}/" for one in workspaces)])
    )
    found = [
        f"{named(path)}: {match[0]}"
        for path in project_files()
        if path != Path(__file__)
        for match in paths.finditer(path.read_bytes().decode("utf-8", "replace"))
    ]
    assert not found


# Methods that Textual's documentation explains.
TEXTUALS_OWN = {"render_line"}
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def public_in(node: ast.Module | ast.ClassDef, owner: str = "") -> Iterator[tuple[str, Documented]]:
    """The functions, classes and methods that others may use, by their names in the module."""
    for one in node.body:
        if isinstance(one, Documented) and not one.name.startswith("_"):
            yield f"{owner}{one.name}", one
            if isinstance(one, ast.ClassDef):
                yield from public_in(one, f"{owner}{one.name}.")


@pytest.mark.parametrize("path", modules("tui"), ids=named)
def test_what_is_public_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_bytes())
    assert ast.get_docstring(tree)
    bare = [
        name
        for name, node in public_in(tree)
        if not ast.get_docstring(node) and name.rpartition(".")[2] not in TEXTUALS_OWN
    ]
    assert not bare


# Samples


SAMPLES = sorted(path for path in (ROOT / "sample_vms").rglob("*") if path.suffix in {".vmx", ".xml"})


def test_every_sample_is_listed_and_nothing_else_is() -> None:
    listed = set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "sample_vms/README.md").read_text(), re.MULTILINE))
    exports = (ROOT / "sample_vms").glob("rvtools/*")
    top = {path.relative_to(ROOT / "sample_vms").parts for path in (*SAMPLES, *exports)}
    assert listed == {parts[0] if len(parts) == 1 else f"{parts[0]}/" for parts in top}
    assert len(listed) >= 14


@pytest.mark.parametrize("path", SAMPLES, ids=named)
def test_every_sample_opens(path: Path) -> None:
    data = path.read_bytes()
    try:
        machine = machine_in(data, str(path))
    except SeveralDomainsError:
        machine = machine_in(data, str(path), "1")
    assert machine.document.data == data


# What is shipped


def test_the_wheel_holds_every_file_of_the_program(tmp_path: Path) -> None:
    python("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
        (entry,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "diskmode = tui.__main__:main" in archive.read(entry).decode()
    ours = {named(path) for path in project_files() if named(path).startswith("tui/")}
    pages = {name for name in ours if name.startswith("tui/man/")}
    data = f"diskmode-{__version__}.data/data/share/man/"
    assert shipped == ours - pages | {name.replace("tui/man/", data) for name in pages}
    assert any(name.endswith(".tcss") for name in shipped)
    assert "tui/py.typed" in shipped


def test_the_version_is_in_the_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"(?<![\w.]){re.escape(__version__)}(?![\w])", text)
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)


def test_every_dependency_is_justified() -> None:
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    names = {
        re.split(r"[<>=\[ ]", line)[0]
        for line in [*PYPROJECT["project"]["dependencies"], *(line for extra in extras for line in extra)]
    }
    table = re.findall(r"^\| ([^|]+) \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    justified = {name.strip() for cell in table for name in cell.split(",")}
    assert names <= justified
