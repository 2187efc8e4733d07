"""How much of this process the clients can have at a time."""

import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

# File descriptors that are not connections of clients: the database's, of files being read, the server's own.
SPARE_FILES = 64 + 4 * settings.THREADS


def most_connections() -> int:
    """The connections this process can keep open, by its limit on open files (``ulimit -n``)."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1_000_000 if files == resource.RLIM_INFINITY else max(files - SPARE_FILES, 1)


class Limit:
    """A count of something that clients have at a time: ``each`` of them so many, and ``all`` together. 0 is no limit.

    A client is a network address; one whose address is not known ("") counts among all only.
    """

    def __init__(self, *, each: int, all: int) -> None:
        self.each, self.all = each, all
        self.taken = 0
        self._by_client: Counter[str] = Counter()

    @contextmanager
    def take(self, client: str) -> Iterator[bool]:
        """Count one more while the block runs; yield whether there was room for it."""
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
