"""What happens on the way to the first frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.helpers import KVM, WEB, copied, seated
from tui.formats.domain_source import DomainSource
from tui.formats.vmx_syntax import VmxText


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A name for each time that a document is made of bytes."""
    found: list[str] = []

    def counted(name: str, made: Callable[..., Any]) -> Callable[..., Any]:
        def make(*args: Any, **options: Any) -> Any:
            found.append(name)
            return made(*args, **options)

        return make

    monkeypatch.setattr(VmxText, "__init__", counted("VMX", VmxText.__init__))
    monkeypatch.setattr(DomainSource, "of", counted("domain XML", DomainSource.of))
    yield found


@pytest.mark.parametrize(("sample", "kind"), [(WEB, "VMX"), (KVM, "domain XML")])
async def test_the_file_is_parsed_once(sample: str, kind: str, parsed: list[str], tmp_path: Path) -> None:
    async with seated(copied(sample, tmp_path)) as seat:
        assert seat.rows
        assert parsed == [kind]
