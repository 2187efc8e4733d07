"""A receipt printer that speaks Star CloudPRNT: the printer's side, over real HTTP, as the protocol guide describes it.

https://star-m.jp/products/s_print/sdk/StarCloudPRNT/manual/en/protocol-reference/
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from PIL import Image

OK, PAPER_OUT, DOWNLOAD_FAILED = "200%20OK", "410%20Paper%20out", "520%20Download%20failed"
SECONDS = 10


@dataclass
class FakePrinter:
    """A printer with an address in it. ``paper`` is what came out, ``kicks`` how often the drawer was opened.

    ``loses_confirmations``: its requests after printing never arrive.
    """

    url: str
    mac: str = "00:11:62:1b:2c:3d"
    status: str = OK
    media: tuple[str, ...] = ("image/png", "text/plain")
    loses_confirmations: bool = False
    paper: list[Image.Image] = field(default_factory=list)
    kicks: int = 0

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def work(self) -> bool:
        """Poll once, and print what is ready; return whether something was printed."""
        said = self.poll()
        if not said["jobReady"] or self.status != OK:
            return False
        kind = next((kind for kind in said["mediaTypes"] if kind in self.media), self.media[0])
        return self.print(said["jobToken"], kind)

    def poll(self, **more: Any) -> dict[str, Any]:
        body = {"status": "23 6 0 0 0 0 0 0 0 ", "printerMAC": self.mac, "statusCode": self.status} | more
        answer = requests.post(self.url, json=body | {"clientAction": None}, timeout=SECONDS)
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        return said

    def print(self, token: str, kind: str = "image/png") -> bool:
        """Fetch a job, print it and confirm it; report that this failed if there is nothing to print."""
        document = self.fetch(token, kind)
        if document.status_code != requests.codes.ok:
            self.confirm(token, DOWNLOAD_FAILED)
            return False
        self.put_out(document)
        if not self.loses_confirmations:
            self.confirm(token, OK)
        return True

    def fetch(self, token: str, kind: str = "image/png") -> requests.Response:
        return requests.get(self.url, self._query(token, type=kind), timeout=SECONDS)

    def put_out(self, document: requests.Response) -> None:
        self.paper.append(Image.open(io.BytesIO(document.content)))
        self.kicks += document.headers.get("X-Star-CashDrawer", "none") in ("start", "end")

    def confirm(self, token: str, code: str) -> requests.Response:
        return requests.delete(self.url, params=self._query(token, code=code), timeout=SECONDS)

    def _query(self, token: str, **more: str) -> Mapping[str, str]:
        return {"mac": self.mac, **({"token": token} if token else {}), **more}
