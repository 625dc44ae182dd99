"""The program: HTTP, settings, wiring, commands."""
