"""Gzip streams that keep a connection alive: exports.gzip_stream."""

import gzip
import zlib

import pytest

from cinema.exports.gzip_stream import keep_alive

LARGE = bytes(range(256)) * 1000


@pytest.mark.parametrize("pieces", [[], [b""], [b"a", b"b"], [b"", b"", LARGE, b"", b"", b"end"], [LARGE, b""]])
def test_decoding_gives_the_original_bytes(pieces: list[bytes]):
    assert gzip.decompress(b"".join(keep_alive(pieces))) == b"".join(pieces)


def test_an_empty_piece_sends_bytes_that_decode_to_nothing():
    decoder = zlib.decompressobj(wbits=31)
    sent = list(keep_alive([b""] * 100))
    assert all(0 < len(piece) < 20 for piece in sent)
    assert not any(map(decoder.decompress, sent))
    assert decoder.eof
