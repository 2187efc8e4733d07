"""Messages with one field changed to something that the provider never sends."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

ODD = [None, True, -1, 0, 1.5, 10**12, 10**30, "", "x", "\0", "\ud800", "9" * 300, [], ["x"], {}, {"key": 7}, {"a": []}]


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field of a message."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from paths(one, (*path, key))


def mutations(content: Any) -> Iterator[bytes]:
    """Every body that differs from that of ``content`` in one field: missing, or odd."""
    for *path, last in paths(content):
        for odd in [..., *ODD]:
            changed = deepcopy(content)
            parent = changed
            for key in path:
                parent = parent[key]
            if odd is ...:
                del parent[last]
            else:
                parent[last] = odd
            yield json.dumps(changed).encode()
