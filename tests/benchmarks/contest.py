"""Buyers requesting seats at the same moment: all the same two, or each two others of one show."""

import socket
from collections import Counter
from collections.abc import Sequence
from http.client import HTTPResponse
from time import perf_counter

from tests.benchmarks.clients import TIMEOUT, booking
from tests.benchmarks.load import Run
from tests.benchmarks.stage import Pair


def contest(pairs: Sequence[Pair], port: int, tokens: Sequence[str]) -> Run:
    """Let the owner of each token request their pair. The connections are open before all requests start."""
    connections = [socket.create_connection(("127.0.0.1", port), TIMEOUT) for _ in tokens]
    requests = [_request(pair, port, token) for pair, token in zip(pairs, tokens, strict=True)]
    outcomes, times = Counter(), []
    begin = perf_counter()
    for connection, request in zip(connections, requests, strict=True):
        connection.sendall(request)
    for connection in connections:
        with connection, HTTPResponse(connection) as response:
            response.begin()
            response.read()
            outcomes[str(response.status)] += 1
            times.append(perf_counter() - begin)
    return Run(len(tokens), perf_counter() - begin, sorted(times), outcomes)


def _request(pair: Pair, port: int, token: str) -> bytes:
    body, headers = booking(pair, token)
    headers |= {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(body))}
    return "\r\n".join(
        ["POST /api/book/ HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", body]
    ).encode()
