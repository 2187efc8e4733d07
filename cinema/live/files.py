"""Static files, sent from memory by the event loop."""

from functools import lru_cache
from pathlib import Path

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from cinema.live.answers import Header, Scope, Send, answer

CONDITIONS = {b"accept-encoding": "HTTP_ACCEPT_ENCODING", b"if-none-match": "HTTP_IF_NONE_MATCH"}
CONDITIONS |= {b"if-modified-since": "HTTP_IF_MODIFIED_SINCE"}


class Files(WhiteNoiseMiddleware):
    """WhiteNoise's index of the static files: names, headers and compressed copies.

    Range requests get the whole file, as HTTP allows.
    """

    def find(self, scope: Scope) -> StaticFile | None:
        if scope["method"] not in ("GET", "HEAD") or not scope["path"].startswith(self.static_prefix):
            return None
        return self.find_file(scope["path"]) if self.autorefresh else self.files.get(scope["path"])

    async def send(self, file: StaticFile, scope: Scope, send: Send) -> int:
        """Send the file, or 304 if the client's copy is current; return the status."""
        sent = dict(scope["headers"])
        conditions = {CONDITIONS[name]: sent[name].decode("latin-1") for name in CONDITIONS.keys() & sent}
        if file.is_not_modified(conditions):
            found = file.not_modified_response
            await answer(send, found.status, _headers(found.headers))
            return int(found.status)
        path, headers = file.get_path_and_headers(conditions)
        content = b"" if scope["method"] == "HEAD" else (_read if self.autorefresh else _cached)(path)
        await answer(send, 200, _headers(headers), content)
        return 200


def _headers(headers: list[tuple[str, str]]) -> list[Header]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


_cached = lru_cache(maxsize=None)(_read)  # some hundred files, 4 MB; they do not change while the server runs
