"""Memory use on Linux."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

R = TypeVar("R")


def peak_megabytes(act: Callable[[], R]) -> tuple[R, float]:
    """Call it in a forked process; return its result, and the peak growth of memory in megabytes."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_child, args=(act, there))
    process.start()
    result: tuple[Any, float] = here.recv()
    process.join()
    return result


def _child(act: Callable[[], Any], pipe: Connection) -> None:
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    before = _status("VmRSS")
    pipe.send((act(), (_status("VmHWM") - before) / 1024))


def _status(name: str) -> int:
    """A value of /proc in kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
