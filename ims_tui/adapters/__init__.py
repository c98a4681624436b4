"""The outside world, one port each: HTTP, files, databases, clocks."""
