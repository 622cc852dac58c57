"""What the program remembers of its own work, in the person's state folder.

Two stores: the edits of a file that is open and not saved (:mod:`tui.history.journal`), and every change made
to a file (:mod:`tui.history.change_store`). Their formats are values without I/O: :mod:`tui.history.unsaved`,
:mod:`tui.history.change_lines`. Nothing here ever fails the work it remembers: what cannot be kept is told
once.
"""
