"""A local stand-in for Teams, for trying and testing. Imported by nothing that serves."""
