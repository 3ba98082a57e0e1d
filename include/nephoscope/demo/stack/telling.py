"""How the demo tells a person what it does: lines with the time, a bar while it waits."""

from __future__ import annotations

import time
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from nephoscope.demo.stack.runs import Standing

_QUIET_SECONDS = 15.0


class Telling:
    """Lines on a console; where that is no terminal, a line now and then in place of the bars."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = self._told = time.monotonic()
        self._bars: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("       {task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f} of {task.total:.0f} tasks, {task.fields[runs]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    def say(self, text: str) -> None:
        """Tell a step, with the seconds since the beginning."""
        self._told = time.monotonic()
        self._console.print(f"[dim]{self._told - self._began:4.0f} s[/] {text}", highlight=False)

    def watch(self, dag_id: str, found: Standing) -> None:
        """Show how the runs of a DAG stand."""
        runs = f"{found.succeeded} of {found.runs} runs"
        if dag_id not in self._bars:
            self._bars[dag_id] = self._progress.add_task(dag_id, total=1, runs=runs)
        total, done = max(found.tasks, 1), found.tasks_ended
        self._progress.update(self._bars[dag_id], total=total, completed=done, runs=runs)
        quiet = time.monotonic() - self._told > _QUIET_SECONDS
        if quiet and not self._console.is_terminal:
            self.say(f"{dag_id}: {done} of {found.tasks} tasks, {runs}")
