"""The tars a host streams: whatever tar packed them, read as tarfile reads them, or refused."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.ssh.far_side import FarSide
from tui.storage.ssh.garbled import GarbledError
from tui.storage.ssh.scripts import Script
from tui.storage.ssh.tars import Packed, Unzipped, files_in

NAMES = st.lists(
    st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1, max_size=180),
    min_size=1,
    max_size=4,
).map("/".join)


def archived(files: list[tuple[str, bytes]], kind: int) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=kind) as archive:
        for name, data in files:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
            archive.addfile(tarfile.TarInfo(f"{name}.lck"))
    return whole.getvalue()


def read(data: bytes, part: int = 1000) -> list[Packed]:
    packed = gzip.compress(data, mtime=0)
    return list(files_in(Unzipped(packed[at : at + part] for at in range(0, len(packed), part))))


@given(
    st.lists(st.tuples(NAMES, st.binary(max_size=2000)), max_size=4),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
    st.integers(1, 3000),
)
def test_every_file_comes_with_its_name_and_bytes(
    files: list[tuple[str, bytes]], kind: int, part: int
) -> None:
    found = [one for one in read(archived(files, kind), part) if not one.name.endswith(".lck")]
    assert found == [Packed(name, data) for name, data in files if not name.endswith(".lck")]


def test_the_name_of_an_old_tar_is_in_two_halves() -> None:
    name = f"{'a' * 90}/{'b' * 90}.vmx"
    assert read(archived([(name, b"x")], tarfile.USTAR_FORMAT))[0] == Packed(name, b"x")


def test_tars_one_behind_the_other_are_one_stream() -> None:
    one, other = (archived([(name, b"x" * 700)], tarfile.GNU_FORMAT) for name in ("a", "b"))
    assert [packed.name for packed in read(one + other)] == ["a", "a.lck", "b", "b.lck"]


def test_busybox_packs_long_and_odd_names(far: FarSide, tmp_path: Path) -> None:
    name = f"{'x' * 120}\n'$(y)\udce9.vmx"
    (tmp_path / name).write_bytes(b"text\n")
    (tmp_path / "link.vmx").symlink_to(name)
    packed = far.run(Script("pack", 'cd "$1"; tar -cf - . | gzip -1'), str(tmp_path)).stdout
    assert list(files_in(Unzipped(iter([packed])))) == [Packed(f"./{name}", b"text\n")]


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (lambda tar: tar[:300], "ends in a header"),
        (lambda tar: tar[:900], "cut short"),
        (lambda tar: tar[:3] + b"!" + tar[4:], "sum is wrong"),
        (lambda _: bytes(3 * 1024 * 1024), "a stream of nothing"),
        (lambda tar: tar[:124] + b"777777777777" + tar[136:148] + b"0" * 8 + tar[156:], "no tar"),
    ],
    ids=["header", "bytes", "sum", "zeros", "size"],
)
def test_what_is_no_tar_is_refused(spoilt: object, why: str) -> None:
    tar = archived([("a.vmx", b"x" * 700)], tarfile.GNU_FORMAT)
    with pytest.raises(GarbledError, match=why):
        read(spoilt(tar))  # type: ignore[operator] # one of the functions above


def test_a_file_larger_than_was_asked_for_is_refused_before_it_is_read() -> None:
    member = tarfile.TarInfo("a.vmx")
    member.size = 65 * 1024 * 1024
    with pytest.raises(GarbledError, match="larger than was asked for"):
        read(member.tobuf())
    member.size = 8**12  # in binary, as GNU tar writes what octal digits cannot say
    with pytest.raises(GarbledError, match="a header that is none"):
        read(member.tobuf(tarfile.GNU_FORMAT))
