"""Texts made to fool a terminal or the person before it, and files that hold them wherever text may stand."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

# What may never reach a terminal from a file: C0 without line feeds, DEL, C1, bidi, zero-width, invisible.
ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufe00-\ufe0f\u034f\u115f\u1160\u3164\ud800-\udfff\U000e0000-\U000e0fff]"
)
TEXTS = {
    "colours": "\x1b[31mred\x1b[0m",
    "clear": "\x1b[2J\x1b[H\x1b[3J",
    "title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "link": "\x1b]8;;http://127.0.0.1/\x1b\\click\x1b]8;;\x1b\\",
    "answerback": "\x05\x1b[c\x1b[6n\x1bP$q q\x1b\\",
    "alternate screen": "\x1b[?1049l\x1b[?25l\x1bc",
    "backspaces": "bad\x08\x08\x08good\x7f",
    "C1": "\x9b31mred\x9d0;t\x9c\x90p\x9c",
    "bidi": "exe.\u202egpj\u202c\u2066a\u2069\u200f",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff\xadg",
    "invisible": "a\u3164b\u115f\U000e0041\ufe0f\u034f",
    "line ends": "one\ntwo\r\nthree\rfour\x0bfive\x0csix\x85seven\u2028eight\u2029nine",
    "tabs": "a\tb\t\tc",
    "wide": "\u4f60\u597d\uff21\U0001f600\U0001f468\u200d\U0001f469",
    "combining": "Z\u0351\u036b\u0343\u036a\u0302" * 20,
    "long": "n" * 10_000,
    "long and wide": "\u4f60" * 10_000,
    "markup": "[/foo][bold red]x[/][@click=app.quit]y[/] \\[z] [link=http://127.0.0.1]l",
    "formats": "%s%n{0}{x!r}${HOME}`id`$(id)",
    "formula": "=cmd|' /C calc'!A0",
    "quotes": "\"'`<>&;|\\",
}
VISIBLE = ("wide", "markup", "formats")


def vmx_of(text: str) -> bytes:
    """A VMX with ``text`` as its names, files, words and notes, escaped as VMware does."""
    safe = "".join(
        f"|{ord(one):02X}" if one in '"|' or ord(one) < 32 or one == "\x7f" else one for one in text
    )
    lines = (
        '.encoding = "UTF-8"',
        'config.version = "8"',
        f'displayName = "{safe}"',
        f'annotation = "{safe}"',
        f'guestOS = "{safe}"',
        'scsi0.present = "TRUE"',
        f'scsi0.virtualDev = "{safe}"',
        'scsi0:0.present = "TRUE"',
        f'scsi0:0.fileName = "{safe}.vmdk"',
        'scsi0:1.present = "TRUE"',
        'scsi0:1.fileName = "b.vmdk"',
        f'scsi0:1.mode = "{safe}"',
        'scsi0:2.present = "TRUE"',
        f'scsi0:2.deviceType = "{safe}"',
        f'scsi0:2.fileName = "{safe}"',
        f'ethernet0.networkName = "{safe}"',
        'ethernet0.present = "TRUE"',
        f'memsize = "{safe}"',
        f'uuid.bios = "{safe}"',
        f'unknown.key = "{safe}"',
        f'scsi0:1.mode = "{safe}"',
        f'{re.sub(r"[^!-~]|[=#]", "_", text)[:200]}x = "1"',
        re.sub("[\r\n\0]", " ", text) + " no key",
        "",
    )
    return "\n".join(lines).encode("utf-8", "replace")


def xml_of(text: str) -> bytes:
    """A domain with ``text`` as its names, files, words and comments, in so far as XML can hold it."""
    clean = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "?", text)
    inside, quoted = escape(clean), quoteattr(clean)
    comment = clean.replace("--", "- -").rstrip("-")
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<!-- {comment} -->\n<domain type={quoted}>\n"
        f"<name>{inside}</name><title>{inside}</title><description>{inside}</description>\n"
        f"<memory unit={quoted}>{inside}</memory><uuid>{inside}</uuid>\n"
        f"<os><type arch={quoted}>{inside}</type></os>\n"
        f"<devices><emulator>{inside}</emulator>\n"
        f"<disk type='file' device='disk' snapshot={quoted}><driver name='qemu' type={quoted}/>"
        f"<source file={quoted}/><target dev='sda' bus='scsi'/><serial>{inside}</serial></disk>\n"
        f"<disk type={quoted} snapshot_mode={quoted}><source file='/b' dev='/b' name={quoted}/>"
        f"<target dev={quoted} bus={quoted}/><transient/></disk>\n"
        f"<disk type='file' device={quoted}><source file='/c.vmdk'/><target dev='sdc' bus='scsi'/></disk>\n"
        f"<interface type='bridge'><source bridge={quoted}/><model type={quoted}/></interface>\n"
        f"<unknown name={quoted}>{inside}</unknown></devices></domain>\n"
    ).encode()


def name_of(text: str) -> str:
    """A file's name made of ``text``."""
    return (
        text.encode("utf-8", "replace")
        .replace(b"/", b"_")
        .replace(b"\0", b"")[:120]
        .decode("utf-8", "ignore")
    )
