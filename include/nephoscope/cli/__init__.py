"""The command line: `nephoscope …`."""

from nephoscope.cli.commands import main

__all__ = ["main"]
