"""The plan of a snapshot on the screen."""
