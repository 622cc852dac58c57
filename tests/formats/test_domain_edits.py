from __future__ import annotations

import pytest

from tests.formats.samples import domain, sample
from tui.disks import DEPENDENT, DISCARDING, INDEPENDENT, UNSUPPORTED, Policy, Preset, Spelling, Transient
from tui.formats.domain_xml import DomainDocument
from tui.formats.errors import EditError

SOURCE = "<source file='a'/>"


def of_disk(disk: str, kind: str = "kvm") -> DomainDocument:
    return DomainDocument(f"<domain type='{kind}'><devices>\n{disk}\n</devices></domain>".encode())


def edited(disk: str, policy: Policy, spelling: Spelling | None = None, kind: str = "kvm") -> str:
    """The one disk with another policy; and back again, to be sure."""
    document = of_disk(disk, kind)
    after = document.with_policy(0, policy, spelling)
    assert after.with_policy(0, document.disks[0].policy).data == document.data
    return after.disk_bytes(0).decode()


@pytest.mark.parametrize(
    ("disk", "after"),
    [
        (f"<disk type='file'>{SOURCE}</disk>", f"<disk type='file' snapshot='no'>{SOURCE}</disk>"),
        (f'<disk type="file">{SOURCE}</disk>', f'<disk type="file" snapshot="no">{SOURCE}</disk>'),
        (f"<disk>{SOURCE}</disk>", f"<disk snapshot='no'>{SOURCE}</disk>"),
        (f"<disk >{SOURCE}</disk>", f"<disk snapshot='no' >{SOURCE}</disk>"),
        (
            f"<disk\n\ttype = 'file'\n>{SOURCE}</disk>",
            f"<disk\n\ttype = 'file'\n\tsnapshot = 'no'\n>{SOURCE}</disk>",
        ),
        (f"<disk a='1'\tb=\"2\">{SOURCE}</disk>", f'<disk a=\'1\'\tb="2"\tsnapshot="no">{SOURCE}</disk>'),
        (
            f"<disk snapshot = \"manual\" a='>'>{SOURCE}</disk>",
            f"<disk snapshot = \"no\" a='>'>{SOURCE}</disk>",
        ),
        (f"<disk snapshot='&#121;es'>{SOURCE}</disk>", f"<disk snapshot='no'>{SOURCE}</disk>"),
        (f"<disk snapshot='bogus'>{SOURCE}</disk>", f"<disk snapshot='no'>{SOURCE}</disk>"),
        (
            f"<disk x:snapshot='yes' xmlns:x='u'>{SOURCE}</disk>",
            f"<disk x:snapshot='yes' xmlns:x='u' snapshot='no'>{SOURCE}</disk>",
        ),
    ],
)
def test_the_attribute_is_written_in_the_manner_of_its_neighbours(disk: str, after: str) -> None:
    assert edited(disk, INDEPENDENT) == after


@pytest.mark.parametrize(
    ("inside", "after"),
    [
        ("<source file='a'/>", "<source file='a'/><transient/>"),
        ("\n  <source file='a'/>\n", "\n  <source file='a'/>\n  <transient/>\n"),
        ("\r\n\t<source file='a' />\r\n", "\r\n\t<source file='a' />\r\n\t<transient />\r\n"),
        ("\n <source file='a'></source>\n", "\n <source file='a'></source>\n <transient></transient>\n"),
        ("\n <source file='a'\n  />\n", "\n <source file='a'\n  />\n <transient/>\n"),
        (
            "\n <driver/>\n <source file='a'><host/></source>\n <target/>\n <serial/>\n",
            "\n <driver/>\n <source file='a'><host/></source>\n <target/>\n <transient/>\n <serial/>\n",
        ),
        (
            "\n <serial>x</serial>\n <source file='a'/><!-- <transient/> -->\n",
            "\n <serial>x</serial>\n <source file='a'/>\n <transient/><!-- <transient/> -->\n",
        ),
        (" text <source file='a'/>", " text <source file='a'/><transient/>"),
    ],
)
def test_the_element_is_written_where_libvirt_puts_it_in_its_neighbours_manner(
    inside: str, after: str
) -> None:
    # The blank before an anchor is copied only where nothing but blanks stands there.
    result = edited(f"<disk snapshot='no'>{inside}</disk>", DISCARDING)
    assert result == f"<disk snapshot='no'>{after}</disk>"


@pytest.mark.parametrize(
    "transient",
    [
        "<transient/>",
        "<transient shareBacking='yes' />",
        "<transient\n></transient>",
        "<transient><!-- x --></transient>",
    ],
)
def test_the_element_goes_with_the_blanks_before_it_and_nothing_else(transient: str) -> None:
    before = f"<disk snapshot='no'>\r\n\t{SOURCE}\r\n\t<!-- keep -->\r\n\t{transient}\r\n\t<?pi?>\r\n</disk>"
    assert edited(before, INDEPENDENT) == before.replace(f"\r\n\t{transient}", "")


def test_text_before_the_element_stays() -> None:
    before = f"<disk snapshot='no'>{SOURCE} text <transient/></disk>"
    assert edited(before, INDEPENDENT) == f"<disk snapshot='no'>{SOURCE} text </disk>"


def test_an_element_of_a_foreign_namespace_is_not_ours_to_take() -> None:
    before = f"<disk>{SOURCE}<x:transient xmlns:x='u'/><transient xmlns='v'/></disk>"
    assert edited(before, INDEPENDENT) == before.replace("<disk>", "<disk snapshot='no'>")


def test_a_transient_of_a_backing_store_is_not_this_disks() -> None:
    inner = "<backingStore><source file='b'/><transient/></backingStore>"
    before = f"<disk snapshot='no'>{SOURCE}{inner}</disk>"
    assert edited(before, DISCARDING) == f"<disk snapshot='no'>{SOURCE}{inner}<transient/></disk>"


def test_persistence_back_on_in_a_vmware_domain_says_snapshot_no() -> None:
    assert (
        edited(f"<disk>{SOURCE}<transient/></disk>", INDEPENDENT, kind="vmware")
        == f"<disk snapshot='no'>{SOURCE}</disk>"
    )


def test_a_read_only_disk_that_shall_take_part_says_how() -> None:
    qcow2 = f"<disk><driver type='qcow2'/>{SOURCE}<readonly/></disk>"
    assert "<disk snapshot='internal'>" in edited(qcow2, DEPENDENT)
    assert "<disk snapshot='external'>" in edited(qcow2.replace("qcow2", "raw"), DEPENDENT)


@pytest.mark.parametrize("preset", ["internal", "external", "manual", "yes"])
def test_off_and_on_again_brings_the_files_preset_back(preset: str) -> None:
    document = domain(attributes=f" snapshot='{preset}'")
    away = document.with_policy(0, DISCARDING).with_policy(0, INDEPENDENT)
    assert away.disks[0].preset == Preset.NO
    assert away.with_policy(0, DEPENDENT).data == document.data


def test_share_backing_comes_back_with_persistence_off_again() -> None:
    document = domain("<transient shareBacking='yes'/>", " snapshot='no'")
    assert document.with_policy(0, INDEPENDENT).with_policy(0, DISCARDING).data == document.data


@pytest.mark.parametrize("preset", [None, *Preset])
def test_a_chosen_preset_is_read_back_and_comes_back_after_a_toggle(preset: Preset | None) -> None:
    document = domain(attributes=" snapshot='external'")
    chosen = document.with_presets([0], preset)
    assert chosen.disks[0].preset == preset
    assert DomainDocument(chosen.data).disks == chosen.disks
    there = chosen.disks[0].policy
    away = INDEPENDENT if there.snapshot else DEPENDENT
    assert chosen.with_policy(0, away).with_policy(0, there).data == chosen.data


def test_choosing_the_preset_that_stands_there_changes_nothing() -> None:
    document = domain(attributes=" snapshot='external'")
    assert document.with_presets([0], Preset.EXTERNAL) is document


def test_share_backing_comes_back_after_a_preset_was_chosen_too() -> None:
    document = domain("<transient shareBacking='yes'/>", " snapshot='no'")
    kept = document.with_policy(0, INDEPENDENT).with_presets([0], Preset.EXTERNAL)
    assert kept.disks[0].policy == DEPENDENT
    again = kept.with_policy(0, DISCARDING)
    assert again.disks[0].transient == Transient(True)
    assert again.with_policy(0, DEPENDENT).disks[0].preset == Preset.EXTERNAL


@pytest.mark.parametrize(
    ("inside", "attributes"),
    [
        ("", " snapshot_mode='independent-nonpersistent'"),
        ("", " snapshot_mode='independent-nonpersistent' persistent='perhaps'"),
        ("<nosnapshot/><nonpersistent/>", ""),
        ("<transient/>", " snapshot='no' persistent='no'"),
        ("<transient shareBacking='no'/>", " snapshot='bogus'"),
    ],
)
def test_a_chosen_preset_leaves_persistence_as_shown_and_contradicts_nothing(
    inside: str, attributes: str
) -> None:
    chosen = domain(inside, attributes).with_presets([0], Preset.MANUAL)
    assert chosen.disks[0].policy == UNSUPPORTED
    assert chosen.disks[0].preset == Preset.MANUAL
    assert chosen.disks[0].contradictions == ()


def test_choosing_a_preset_keeps_what_other_disks_remember() -> None:
    data = sample("kvm-presets.xml")
    document = DomainDocument(data)
    first, second = [disk.index for disk in document.disks if not disk.locked and disk.policy == DEPENDENT][
        :2
    ]
    changed = document.with_policy(second, INDEPENDENT).with_presets([first], Preset.MANUAL)
    home = changed.with_policy(second, DEPENDENT)
    assert home.disk_bytes(second) == document.disk_bytes(second)
    assert home.data == document.with_presets([first], Preset.MANUAL).data


def test_leaving_a_domain_and_coming_back_forgets_nothing() -> None:
    document = DomainDocument(sample("several-domains.xml"))
    document = document.of_domain(1)
    index = next(disk.index for disk in document.disks if disk.preset == Preset.EXTERNAL)
    away = document.with_policy(index, INDEPENDENT).of_domain(0).of_domain(1)
    assert away.with_policy(index, DEPENDENT).data == document.data


def test_an_unknown_mode_in_a_domain_gives_way_to_the_mode_meant() -> None:
    before = f"<disk snapshot_mode='bogus'>{SOURCE}</disk>"
    assert edited(before, DISCARDING) == f"<disk snapshot_mode='independent-nonpersistent'>{SOURCE}</disk>"


def test_a_locked_disk_takes_no_edit() -> None:
    document = domain(attributes=" device='cdrom'")
    with pytest.raises(EditError, match="CD-ROM"):
        document.with_policy(0, DISCARDING)
    with pytest.raises(EditError, match="CD-ROM"):
        document.with_presets([0], Preset.NO)


TEXT = (
    "<?xml version='1.0' encoding='{}'?>\r\n<domain>\r\n<name>\u00fc</name><devices>\r\n<disk type='file'>"
    "<source file='\u00fc'/></disk>\r\n</devices><title>\u00e9</title></domain>"
)


@pytest.mark.parametrize(
    ("name", "codec", "mark"),
    [
        ("UTF-8", "utf-8", b""),
        ("UTF-8", "utf-8", b"\xef\xbb\xbf"),
        ("ISO-8859-1", "latin-1", b""),
        ("windows-1252", "cp1252", b""),
        ("GB18030", "gb18030", b""),
        ("UTF-16", "utf-16-le", b"\xff\xfe"),
        ("UTF-16", "utf-16-be", b"\xfe\xff"),
    ],
)
def test_an_edit_is_written_in_the_documents_own_encoding(name: str, codec: str, mark: bytes) -> None:
    data = mark + TEXT.format(name).encode(codec)
    document = DomainDocument(data)
    after = document.with_policy(0, DISCARDING)
    disk = "<disk type='file' snapshot='no'><source file='\u00fc'/><transient/></disk>"
    old = "<disk type='file'><source file='\u00fc'/></disk>"
    assert after.data == mark + TEXT.format(name).replace(old, disk).encode(codec)
    assert after.with_policy(0, DEPENDENT).data == data


@pytest.mark.parametrize("spelling", [Spelling.LIBVIRT, Spelling.ELEMENTS])
def test_a_fresh_reading_takes_out_exactly_what_an_edit_put_in(spelling: Spelling) -> None:
    document = DomainDocument(sample("kvm-app01.xml"))
    away = DomainDocument(document.with_policy(0, DISCARDING, spelling).data)
    assert away.with_policy(0, DEPENDENT).data == document.data


def test_one_toggle_of_mixed_quotes_changes_one_line() -> None:
    document = DomainDocument(sample("mixed-quotes.xml"))
    after = document.with_policy(0, INDEPENDENT)
    before_lines, after_lines = document.data.splitlines(), after.data.splitlines()
    differing = [(old, new) for old, new in zip(before_lines, after_lines, strict=True) if old != new]
    assert differing == [
        (b"\t\t<disk type=\"file\" device='disk'>", b"\t\t<disk type=\"file\" device='disk' snapshot='no'>")
    ]
