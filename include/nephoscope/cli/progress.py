"""How far a command is that takes long, for who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def counted(what: str) -> Generator[Callable[[int], None]]:
    """Show on stderr how many there are by now, such as ``points stored``, while it is looked at.

    What it yields takes how many more there are.
    """
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.completed:,.0f} {task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what)
        yield lambda more: shown.advance(task, more)


@contextmanager
def doing() -> Generator[Callable[[str], None]]:
    """Show on stderr what is being done, while it is looked at; what it yields takes that."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    said = TextColumn("{task.description}", markup=False)
    columns, console = (SpinnerColumn(), said, TimeElapsedColumn()), Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as shown:
        task = shown.add_task("")
        yield lambda what: shown.update(task, description=what)
