"""Files that many programs ask for, made at most once a minute."""

from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic

FRESH_FOR = 60.0  # seconds
MOST = 200  # files in a process


class Kept:
    """Files by key; a key must name everything that decides what is in its file.

    Of several threads that want the same, one makes it. A stranger who asks for all of them again and again costs no
    more than making each of them once a minute.
    """

    def __init__(self) -> None:
        self._files: dict[Hashable, tuple[float, bytes]] = {}
        self._locks = [Lock() for _ in range(16)]

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The file of this key, at most FRESH_FOR old."""
        with self._locks[hash(key) % len(self._locks)]:
            made_at, file = self._files.get(key, (-FRESH_FOR, b""))
            if monotonic() - made_at >= FRESH_FOR:
                file = make()
                if len(self._files) >= MOST:
                    self._files.clear()
                self._files[key] = (monotonic(), file)
            return file

    def clear(self) -> None:
        self._files.clear()
