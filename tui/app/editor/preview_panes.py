"""The editor's two previews: how much of the document they show, and which is in front."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widget import Widget

from tui.app.editor.presentation import preview_title
from tui.app.widgets.document_view import DocumentView
from tui.disks import FORMAT_NAMES, Format
from tui.editing import Editing, View
from tui.keys.bound import BoundKeys


class PreviewPanes:
    """A view of each format. Where the screen has room for one only, that of ``front`` is seen."""

    def __init__(self, front: Format) -> None:
        self._views = {
            Format.VMX: DocumentView(Format.VMX, id="vmx"),
            Format.DOMAIN_XML: DocumentView(Format.DOMAIN_XML, id="xml"),
        }
        self._extent = View.WHOLE
        self._front = front
        self._bring_to_front(front)

    @property
    def views(self) -> Sequence[DocumentView]:
        """The views, from left to right."""
        return list(self._views.values())

    def show(self, editing: Editing, selected: int | None, keys: BoundKeys) -> None:
        """Show the documents as they stand, the lines of the disk ``selected`` marked.

        The titles name ``keys``.
        """
        own = editing.machine.configuration.format
        hidden = next((kind for kind, view in self._views.items() if not view.display), None)
        for kind, view in self._views.items():
            if view.display:
                rows = editing.preview(kind, self._extent, -1 if selected is None else selected)
                name = f"{FORMAT_NAMES[kind]}{'' if kind is own else ' (converted)'}"
                title = preview_title(name, self._extent, keys, lines=len(rows), hidden=hidden)
                view.show(rows, selected, title=title)

    def next_extent(self) -> None:
        """Whole document, one disk, diff."""
        extents = list(View)
        self._extent = extents[(extents.index(self._extent) + 1) % len(extents)]

    def focus_next(self, first: Widget, focused: Widget | None, step: int) -> None:
        """Go round ``first`` and the views; a view that shares its place comes to the front."""
        panes = [first, *self._views.values()]
        place = panes.index(focused) if focused in panes else 0
        pane = panes[(place + step) % len(panes)]
        if isinstance(pane, DocumentView):
            self._bring_to_front(pane.kind)
        pane.focus()

    def kind_at(self, focused: Widget | None) -> Format:
        """The format of the view that has the focus, else of the one in front."""
        return focused.kind if isinstance(focused, DocumentView) else self._front

    def _bring_to_front(self, front: Format) -> None:
        self._front = front
        for kind, view in self._views.items():
            view.set_class(kind is not front, "-hidden")
