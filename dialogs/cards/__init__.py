"""Cards as plain dicts, built from view values; and the text twin of any card."""
