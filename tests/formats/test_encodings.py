from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.formats.encodings import codec_named

ASCII = bytes(range(128))
names = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ("utf-7", "utf-16", "utf-32", "hz", "iso-2022-jp", "cp037", "cp500", "rot13", "idna", "punycode")
    ),
    st.builds(
        "{}{}".format,
        st.sampled_from(("windows-", "cp", "iso-8859-", "ibm-", "iso8859")),
        st.integers(0, 1300),
    ),
)


@given(names)
def test_only_encodings_in_which_ascii_means_ascii_are_known(name: str) -> None:
    codec = codec_named(name)
    if codec is not None:
        assert ASCII.decode(codec).encode() == ASCII
        assert codecs.lookup(codec)._is_text_encoding


@pytest.mark.parametrize(
    "name",
    [
        "utf-7",
        "UTF-7",
        "utf-16",
        "utf-32",
        "cp037",
        "ibm037",
        "hz",
        "iso-2022-jp",
        "rot13",
        "zlib",
        "klingon",
        "",
        "iso-8859-0",
        "iso-8859-12",
        "iso-8859-99",
        "cp1259",
        "iso-8859-\u0661",
        "unicode_escape",
        "../x",
    ],
)
def test_what_could_hide_markup_or_is_no_encoding_is_unknown(name: str) -> None:
    assert codec_named(name) is None


@pytest.mark.parametrize(
    ("name", "text", "data"),
    [
        ("UTF-8", "\u00fc", b"\xc3\xbc"),
        ("windows-1252", "\u2026", b"\x85"),
        ("windows-1251", "\u0416", b"\xc6"),
        ("windows-1258", "\u20ab", b"\xfe"),
        ("GBK", "\u4e2d", b"\xd6\xd0"),
        ("Shift_JIS", "\u2460", b"\x87\x40"),
        ("windows-949-2000", "\ud55c", b"\xc7\xd1"),
        ("windows-874-2000", "\u0e01", b"\xa1"),
        ("Big5-HKSCS", "\u5605", b"\x9d\xef"),
        ("ISO-8859-1", "\u00fc", b"\xfc"),
        ("ISO-8859-15", "\u20ac", b"\xa4"),
        (" Big5 ", "\u4e2d", b"\xa4\xa4"),
        ("koi8-r", "\u0436", b"\xd6"),
        ("IBM-850", "\u00fc", b"\x81"),
    ],
)
def test_the_names_seen_in_real_files_are_known(name: str, text: str, data: bytes) -> None:
    codec = codec_named(name)
    assert codec is not None
    assert data.decode(codec) == text
