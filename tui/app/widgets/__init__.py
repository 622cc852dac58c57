"""Small widgets that know rows and lines, never files."""
