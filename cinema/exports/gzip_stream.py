"""A response that proxies do not give up on while it is prepared."""

import zlib
from collections.abc import Iterable, Iterator

GZIP = 16 + zlib.MAX_WBITS
EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"  # of deflate, at the edge of a byte (RFC 1951, 3.2.4)


def keep_alive(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield ``pieces`` as gzip, uncompressed. For an empty piece a few bytes are sent, which decode to nothing."""
    packer = zlib.compressobj(level=0, wbits=GZIP)
    for piece in pieces:
        yield packer.compress(piece) if piece else packer.flush(zlib.Z_SYNC_FLUSH) or EMPTY_BLOCK
    yield packer.flush()
