"""Gzip stream that sends bytes while a slow response is prepared, so that proxies do not time out."""

import zlib
from collections.abc import Iterable, Iterator

GZIP = 16 + zlib.MAX_WBITS
EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"  # empty deflate block, aligned to a byte (RFC 1951, 3.2.4)


def keep_alive(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield ``pieces`` as gzip without compression. For an empty piece, yield bytes that decode to nothing."""
    packer = zlib.compressobj(level=0, wbits=GZIP)
    for piece in pieces:
        yield packer.compress(piece) if piece else packer.flush(zlib.Z_SYNC_FLUSH) or EMPTY_BLOCK
    yield packer.flush()
