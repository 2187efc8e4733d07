"""Load by several clients at once: each is a process, so that no client waits for another's Python."""

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from multiprocessing.synchronize import Barrier
from time import perf_counter
from typing import Any

from django.db import connections

Act = Callable[[Any], str]  # does one job and says what came of it
WARM_UP = 3  # jobs a client does before the clock starts
READY = 60  # seconds all clients have to get there

fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Run:
    """The result of a load. ``times`` are the sorted seconds of each job; ``seconds`` is the total time."""

    clients: int
    seconds: float
    times: list[float]
    outcomes: Counter[str]

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, percent: int) -> float:
        return self.times[min(len(self.times) - 1, len(self.times) * percent // 100)]


def run(jobs: Sequence[Any], *, clients: int, client: Callable[[], Act]) -> Run:
    """Distribute ``jobs`` to the ``clients`` and start all together. Raises RuntimeError if one fails."""
    connections.close_all()  # a connection cannot be shared by processes
    jobs = random.Random(1).sample(jobs, len(jobs))
    gate, answers = fork.Barrier(clients), fork.SimpleQueue()
    processes = [
        fork.Process(target=_work, args=(client, jobs[number::clients], gate, answers), daemon=True)
        for number in range(clients)
    ]
    for process in processes:
        process.start()
    done = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    broken = [answer for answer in done if isinstance(answer, str)]
    if broken:
        raise RuntimeError(broken[0])
    begins, ends, times, outcomes = zip(*done, strict=True)
    return Run(clients, max(ends) - min(begins), sorted(chain.from_iterable(times)), sum(outcomes, Counter()))


def _work(client: Callable[[], Act], jobs: Sequence[Any], gate: Barrier, answers: Any) -> None:
    try:
        act = client()
        for job in jobs[:WARM_UP]:
            act(job)
        times, outcomes = [], Counter()
        gate.wait(READY)
        begin = before = perf_counter()
        for job in jobs[WARM_UP:]:
            outcomes[act(job)] += 1
            after = perf_counter()
            times.append(after - before)
            before = after
        answers.put((begin, before, times, outcomes))
    except BaseException as error:
        gate.abort()
        answers.put(repr(error))
        raise
