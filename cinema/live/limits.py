"""Limits on concurrent use of this process, per client and in all."""

import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

# File descriptors that are not client connections: database connections, files being read, the server's own.
SPARE_FILES = 64 + 4 * settings.THREADS


def most_connections() -> int:
    """The number of connections this process can keep open, by its limit on open files (``ulimit -n``)."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1_000_000 if files == resource.RLIM_INFINITY else max(files - SPARE_FILES, 1)


class Limit:
    """A limit on concurrent uses: at most ``each`` per client and ``all`` in total. 0 means no limit.

    A client is an IP address; an unknown one ("") counts towards the total only.
    """

    def __init__(self, *, each: int, all: int) -> None:
        self.each, self.all = each, all
        self.taken = 0
        self._by_client: Counter[str] = Counter()

    @contextmanager
    def take(self, client: str) -> Iterator[bool]:
        """Count one use while the block runs; yield whether it is within the limits."""
        room = not (self.all and self.taken >= self.all)
        room = room and not (self.each and client and self._by_client[client] >= self.each)
        if not room:
            yield False
            return
        self.taken += 1
        self._by_client[client] += 1
        try:
            yield True
        finally:
            self.taken -= 1
            self._by_client[client] -= 1
            if not self._by_client[client]:
                del self._by_client[client]
