"""The editor: one machine on the screen."""
