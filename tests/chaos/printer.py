"""The receipt printer of the till: it polls, fetches a job, prints and confirms it, as careless as printers are."""

import json
import time
from collections.abc import Mapping
from random import Random
from typing import Any

from tests.chaos.history import BROKEN
from tests.chaos.wire import Line, Reply

PAUSE = 0.7  # seconds between two polls
OK, FAILED = "200%20OK", "520%20Download%20failed"


class ReceiptPrinter:
    """A printer, at an address that only it knows."""

    def __init__(self, line: Line, path: str, rng: Random) -> None:
        self.line, self.path, self.rng = line, path, rng

    def visit(self) -> None:
        """Poll once, and print what is ready."""
        said = json.dumps({"status": "23 6 0 0 0 0 0 0 0 ", "statusCode": OK, "printingInProgress": False}).encode()
        headers = {"Content-Type": "application/json"}
        reply = self.line.ask("printer polls", self.path, said, headers=headers, read=_offered)
        if token := reply.data.get("jobToken"):
            self.print(token)
        else:
            time.sleep(PAUSE)

    def print(self, token: str) -> None:
        """Fetch a job, sometimes by two requests at once; what comes is printed. Some confirmations are never sent."""
        ask = self.line.ask_twice if self.rng.random() < 0.2 else self.line.ask
        reply = ask("slip", f"{self.path}?token={token}&type=image/png", asked={"job": token}, read=_came)
        if self.rng.random() < 0.15:
            return
        code = OK if reply.status == 200 else FAILED
        self.line.ask(
            "slip printed" if code == OK else "slip failed",
            f"{self.path}?token={token}&code={code}",
            method="DELETE",
            asked={"job": token},
        )


def _offered(reply: Reply) -> Mapping[str, Any]:
    return {"job": reply.data["jobToken"]} if reply.data.get("jobReady") else {}


def _came(reply: Reply) -> Mapping[str, Any]:
    return {"printed": True} if reply.status not in (BROKEN, 404) and reply.text.startswith("\ufffdPNG") else {}
