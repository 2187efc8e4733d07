"""The site's own files, sent from memory by the event loop."""

from functools import lru_cache
from pathlib import Path

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from cinema.live.answers import Header, Scope, Send, answer

ASKED = {b"accept-encoding": "HTTP_ACCEPT_ENCODING", b"if-none-match": "HTTP_IF_NONE_MATCH"}
ASKED |= {b"if-modified-since": "HTTP_IF_MODIFIED_SINCE"}


class Files(WhiteNoiseMiddleware):
    """What WhiteNoise knows of the files: their names, headers and compressed copies. A part of a file is not sent
    alone: whoever asks for one gets the whole, as HTTP allows."""

    def find(self, scope: Scope) -> StaticFile | None:
        if scope["method"] not in ("GET", "HEAD") or not scope["path"].startswith(self.static_prefix):
            return None
        return self.find_file(scope["path"]) if self.autorefresh else self.files.get(scope["path"])

    async def send(self, file: StaticFile, scope: Scope, send: Send) -> int:
        """Send the file, if its client does not have it yet; return the status."""
        asked = {ASKED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in ASKED}
        if file.is_not_modified(asked):
            found = file.not_modified_response
            await answer(send, found.status, _headers(found.headers))
            return found.status
        path, headers = file.get_path_and_headers(asked)
        content = b"" if scope["method"] == "HEAD" else (_read if self.autorefresh else _kept)(path)
        await answer(send, 200, _headers(headers), content)
        return 200


def _headers(headers: list[tuple[str, str]]) -> list[Header]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


_kept = lru_cache(maxsize=None)(_read)  # some hundred files, 4 MB; they do not change while the server runs
