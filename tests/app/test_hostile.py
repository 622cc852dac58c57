"""Names from a file are data: shown as they are or by their escapes, never obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.helpers import machine_file, seated
from tests.scenes import BOTH, Size
from tui.app.widgets.spans import fitted

HOSTILE = (
    ("[/foo]", "[/foo]"),
    ("[x] [bold red]b", "[x] [bold red]b"),
    ("a[@click=app.quit]b[/]", "a[@click=app.quit]b[/]"),
    ("esc|1B[31mred|1B]0;title|07", r"esc\e[31mred\e]0;title\x07"),
    ("bidi\u202egpj.exe", r"bidi\u202egpj.exe"),
    ("zero\u200bwidth", r"zero\u200bwidth"),
    ("c1\u009b2Jx", r"c1\x9b2Jx"),
    ("line|0Abreak|0Dback", r"line\nbreak\rback"),
)
ACTING = "\x1b\x07\x9b\u202e\u200b\r\n"


def _shortened(name: str) -> list[str]:
    """A name as a column shows it that is narrower than it."""
    return [fitted(name, width) for width in range(12, 30) if width < len(name)]


@pytest.mark.parametrize("size", BOTH, ids=str)
async def test_a_hostile_name_is_shown_by_its_escapes_wherever_it_stands(size: Size, tmp_path: Path) -> None:
    lines = ['.encoding = "UTF-8"', 'scsi0.present = "TRUE"']
    for unit, (name, _) in enumerate(HOSTILE[:7]):
        lines += [f'scsi0:{unit}.present = "TRUE"', f'scsi0:{unit}.fileName = "{name}"']
    name = HOSTILE[7][0]
    lines += [f'displayName = "{name}"', 'sata0.present = "TRUE"', 'sata0:0.present = "TRUE"']
    lines += ['sata0:0.deviceType = "cdrom-image"', f'sata0:0.fileName = "{name}"']
    async with seated(machine_file(tmp_path, *lines), size) as seat:
        screens = [seat.seen()]
        for _, shown in HOSTILE:
            assert any(seat.sees(name) for name in (shown, *_shortened(shown)))
            await seat.press("s", "down")
            screens.append(seat.seen())
        for keys in (("p",), ("home", "p"), ("enter",), ("v",), ("v",), ("tab", "tab"), ("m",), ("escape",)):
            await seat.press(*keys)
            screens.append(seat.seen())
        for keys in (("ctrl+s",), ("end",), ("escape", "q"), ("escape", "e")):
            await seat.press(*keys)
            screens.append(seat.seen())
    for seen in screens:
        assert not any(letter in line for line in seen for letter in ACTING)
        assert len(seen) == size.height


async def test_a_file_whose_own_name_is_hostile_is_shown_by_its_escapes(tmp_path: Path) -> None:
    path = machine_file(tmp_path, name="a\x1b[31m[x]\u202e.vmx")
    async with seated(path) as seat:
        assert seat.sees(r"a\e[31m[x]\u202e.vmx")


async def test_a_message_with_a_hostile_path_is_shown_by_its_escapes(tmp_path: Path) -> None:
    folder = tmp_path / "f[x]\x1b[2J"
    folder.mkdir()
    path = machine_file(folder, 'scsi0:0.present = "TRUE"', 'scsi0:0.fileName = "a.vmdk"')
    async with seated(path) as seat:
        await seat.press("s", "ctrl+s", "enter")
        await seat.settle()
        assert r"f[x]\e[2J" in seat.below().replace(" ", "")
        assert any("f[x]" in line for line in seat.seen())
        await seat.press("e", "enter")
        assert not any("\x1b" in line for line in seat.seen())


async def test_markup_in_a_filter_and_in_a_domains_name_is_text(tmp_path: Path) -> None:
    path = tmp_path / "two.xml"
    path.write_bytes(
        b"<node><domain type='kvm'><name>[/foo]</name><devices/></domain>"
        b"<domain type='kvm'><name>[x]</name><devices/></domain></node>"
    )
    async with seated(path) as seat:
        assert seat.sees("[/foo]")
        assert seat.sees("[x]")
        await seat.press("enter", "slash", *"[/x]", "enter")
        assert seat.screen is seat.editor


async def test_a_line_longer_than_any_screen_does_not_stop_it(tmp_path: Path) -> None:
    path = machine_file(
        tmp_path,
        f'annotation = "{"x" * 1_000_000}"',
        'scsi0:0.present = "TRUE"',
        f'scsi0:0.fileName = "{"n" * 5000}.vmdk"',
    )
    async with seated(path) as seat:
        await seat.press("s", "v", "v", "ctrl+s", "escape")
        assert seat.policy(0) == (False, True)
        assert seat.sees("….vmdk") or seat.sees("nnn.vmdk")
