"""The manual pages, made from what ``--help``, the keys and the rules are made of.

``python -m tui.cli.manual`` writes them anew into ``tui/man``, from where the wheel takes them.
"""
