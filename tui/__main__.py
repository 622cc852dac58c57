"""``python -m tui`` is ``diskmode``; so is the one file that ``.ci/onefile`` builds."""

import sys

from tui.cli import main

if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # the one file: a process that it starts comes in by this door as well
        from multiprocessing import freeze_support

        freeze_support()
    main()
