"""The random actions at two doors: scan tickets, the same one twice or at both, let people out and in again, undo."""

import re
from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from tests.chaos.moviegoers import LIVE
from tests.chaos.wire import Line, Reply, at_once
from tests.chaos.world import House, People

TONE = re.compile(r'data-tone="(\w+)"')
SEATS = re.compile(r'data-seats="([\d ]*)"')
CHECK_IN = re.compile(r'name="check_in" value="(\d+)"')


class Ushers:
    """Those at both doors, each with a device of its own."""

    def __init__(self, lines: tuple[Line, Line], house: House, people: People, rng: Random) -> None:
        self.lines, self.house, self.rng = lines, house, rng
        self.here = f"/staff/theatres/{house.slug}/door/"
        for line, session in zip(lines, people.doors, strict=True):
            line.cookies["sessionid"] = session

    def chance(self, percent: int) -> bool:
        return self.rng.random() * 100 < percent

    def visit(self) -> None:
        """Somebody comes with a ticket, and perhaps changes their mind."""
        text, [line, other] = self.ticket(), self.rng.sample(self.lines, 2)
        if self.chance(20):
            reply = at_once(partial(self.scan, line, text, self.key()), partial(self.scan, other, text, self.key()))
        else:
            reply = self.scan(line, text, self.key(), twice=self.chance(20))
        if (check_in := CHECK_IN.search(reply.text)) and self.chance(30):
            self.undo(line, check_in[1], _seats(reply))
        elif self.chance(60):
            self.scan(other, text, self.key(), direction="OUT")
            if self.chance(60):
                self.scan(line, text, self.key(), twice=self.chance(20))

    def ticket(self) -> str:
        """What is on a ticket: one of the website, of the kiosk, of the till, or of nobody."""
        order, sale = self.house.any_order(self.rng), self.house.any_sale(self.rng)
        texts = [order.code or order.reference] if order else []
        texts += [sale] if sale else []
        return self.rng.choice(texts) if texts and not self.chance(3) else "no code of a ticket"

    def key(self) -> str:
        return f"{self.rng.getrandbits(96):024x}"

    def scan(self, line: Line, text: str, key: str, *, direction: str = "IN", twice: bool = False) -> Reply:
        fields = {"text": text, "key": key, "direction": direction}
        ask = line.ask_twice if twice else line.ask
        return ask("scan", f"{self.here}scan/", fields, headers=LIVE, asked={"scan": key}, read=read_answer)

    def undo(self, line: Line, check_in: str, seats: list[int]) -> None:
        """Undo a scan, perhaps for one of its seats only."""
        some = {"seats": seats[:1]} if len(seats) > 1 and self.chance(50) else {"all": "1"}
        key = self.key()
        fields = {"check_in": check_in, "key": key} | some
        ask = line.ask_twice if self.chance(20) else line.ask
        ask("undoing a scan", f"{self.here}undo/", fields, headers=LIVE, asked={"scan": key}, read=read_answer)


def read_answer(reply: Reply) -> Mapping[str, Any]:
    """The tone of an answer, and the keys of the seats that it moves; nothing if the scan was not judged."""
    tone = TONE.search(reply.text) if reply.status == 200 else None
    return {"tone": tone[1], "seats": _seats(reply)} if tone else {}


def _seats(reply: Reply) -> list[int]:
    found = SEATS.search(reply.text)
    return list(map(int, found[1].split())) if found else []
