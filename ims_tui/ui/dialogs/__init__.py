"""Dialogs, each installed once by name and reused."""
