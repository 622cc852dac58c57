"""``python -m tui`` is ``diskmode``."""

from tui.cli import main

if __name__ == "__main__":
    main()
