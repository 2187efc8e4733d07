"""The random actions of a seller at a till: sell for cash or on invoice, drop a sale, cancel one and pay its price out,
take cash for an invoice, decide what the printer does with what was perhaps printed."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from tests.chaos.history import BROKEN
from tests.chaos.moviegoers import named
from tests.chaos.wire import Line, Reply
from tests.chaos.world import PIN, House, People, Place

UNSURE = (BROKEN, 503)
TRIES = 6  # of a request, until it is answered
SOLD = re.compile(r"/sell/([A-Z0-9]+)/print/")
REFUND = re.compile(r"/sell/refunds/([\w-]+)/")
UNDECIDED = re.compile(r"/sell/printer/([\w-]+)/")
INVOICE = re.compile(r"/payments/invoices/([\w-]+)/")
PAYER = {"payer": "City School", "address": "1 School Road", "days": 14, "reason": "SCHOOL"}


class Seller:
    """A seller, in the only session of a till. What is in hand is known to the server by the browser's session."""

    def __init__(self, line: Line, house: House, people: People, rng: Random) -> None:
        self.line, self.house, self.people, self.rng = line, house, people, rng
        self.here = f"/staff/theatres/{house.slug}/"
        self.is_clear = True  # nothing is in hand
        self.sales = 0  # begun to be paid
        self.unpaid: list[str] = []  # refunds that were not paid out yet
        self.invoices: list[str] = []  # of which nothing was paid yet

    def visit(self) -> None:
        """Serve one customer."""
        self.line.cookies["sessionid"] = self.people.seller
        if not self.is_clear:
            self.drop()
        elif self.unpaid:
            self.pay_out(self.unpaid[-1])
        elif self.rng.random() < 0.05:
            self.look_after_printer()
        elif self.rng.random() < 0.2 and (reference := self.house.any_sale(self.rng)):
            self.cancel(reference)
        elif self.invoices and self.rng.random() < 0.4:
            self.take_for_invoice(self.invoices.pop())
        else:
            self.sell()

    def sell(self) -> None:
        """Hold seats that the customer chose, and take the money."""
        show, size = self.house.any_show(self.rng), self.rng.choices([1, 2, 3], [60, 30, 10])[0]
        first = self.rng.randrange(len(show.places) - size)
        places = show.places[first : first + size]
        seats = [place.pk for place in places]
        self.is_clear = False
        reply = self.line.ask(
            "seats at the till",
            f"{self.here}sell/add/",
            {"show": show.pk, "kind-0": size, "seats": seats},
            show=show.pk,
            asked={"seats": seats},
            read=lambda reply: {"gone": named(show, reply.text) if reply.status == 409 else []},
        )
        self.is_clear = reply.status == 409
        if reply.status == 303 and self.rng.random() < 0.9:
            self.take(show.pk, places)

    def take(self, show: int, places: Sequence[Place]) -> None:
        """Take cash for the sale, or sell it on invoice, and see its reference."""
        total, key = sum((place.price for place in places), Decimal(0)), f"{self.rng.getrandbits(96):024x}"
        fields: dict[str, Any] = {"total": total, "rest": total, "key": key}
        more: dict[str, Any] = {"show": show, "read": _paid}
        self.sales += 1
        if self.sales > 1 and self.rng.random() < 0.3:  # so that there is cash in a short run, too
            fields |= PAYER | {"supervisor": self.people.supervisor, "pin": PIN}
            more["asked"] = {"key": key, "owed": str(total)}
            reply = self.insist("invoice", f"{self.here}sell/invoice/", fields, **more)
        else:
            fields |= {"mode": "CASH", "amount": total + self.rng.choice([0, 50])}
            more["asked"] = {"key": key, "cash": str(total)}
            reply = self.insist("cash", f"{self.here}sell/pay/", fields, **more)
        if reply.status != 303 or "done=" not in reply.url:
            return
        self.is_clear = True
        page = self.line.ask("sold at the till", f"{reply.to}?{reply.url.partition('?')[2]}", show=show, read=_sold)
        if found := SOLD.search(page.text):
            self.house.note_sale(found[1])
        if found := INVOICE.search(page.text):
            self.invoices.append(found[1])

    def take_for_invoice(self, code: str) -> None:
        """Enter cash that came for an invoice, a part of it; its tickets may be cancelled meanwhile."""
        key = f"{self.rng.getrandbits(96):024x}"
        fields = {"way": "CASH", "amount": 100, "key": key}
        self.insist("invoice paid", f"{self.here}payments/invoices/{code}/", fields, asked={"key": key, "cash": "100"})

    def insist(self, what: str, path: str, fields: Mapping[str, Any], **more: Any) -> Reply:
        """Ask, perhaps by two clicks. While there is no answer, repeat it with the same key."""
        ask = self.line.ask_twice if self.rng.random() < 0.1 else self.line.ask
        reply = ask(what, path, fields, **more)
        for _ in range(TRIES):
            if reply.status not in UNSURE:
                break
            reply = self.line.ask(what, path, fields, **more)
        return reply

    def drop(self) -> None:
        reply = self.line.ask("dropping a sale", f"{self.here}sell/drop/", {})
        self.is_clear = reply.status == 303

    def cancel(self, reference: str) -> None:
        """Cancel a sale, and pay its price out with a supervisor's PIN."""
        key, path = f"{self.rng.getrandbits(96):024x}", f"{self.here}orders/{reference}/"
        fields = {"reason": "COMPLAINT", "note": "The film was too long", "seen": 0, "key": key, "back": "all"}
        fields |= {"supervisor": self.people.supervisor, "pin": PIN}
        self.line.ask("cancellation at the till", f"{path}cancel/", fields, asked={"reference": reference})
        page = self.line.ask("order at the till", path)
        self.unpaid = list(dict.fromkeys(REFUND.findall(page.text)))

    def look_after_printer(self) -> None:
        """Print what was perhaps printed once more, or leave it."""
        page = self.line.ask("printer at the till", f"{self.here}sell/printer/")
        for job in dict.fromkeys(UNDECIDED.findall(page.text)):
            fields = {} if self.rng.random() < 0.5 else {"drop": "1"}
            ask = self.line.ask_twice if self.rng.random() < 0.2 else self.line.ask
            ask("decided at the printer", f"{self.here}sell/printer/{job}/", fields)

    def pay_out(self, refund: str) -> None:
        fields = {"supervisor": self.people.supervisor, "pin": PIN}
        ask = self.line.ask_twice if self.rng.random() < 0.2 else self.line.ask
        reply = ask("paying out", f"{self.here}sell/refunds/{refund}/", fields, asked={"refund": refund})
        if reply.status not in UNSURE:
            self.unpaid.remove(refund)


def _paid(reply: Reply) -> Mapping[str, Any]:
    """The payment that a redirect after a sale names."""
    return {"payment": reply.url.partition("done=")[2]}


def _sold(reply: Reply) -> Mapping[str, Any]:
    found = SOLD.search(reply.text)
    return {"reference": found[1], "status": "CONFIRMED"} if found else {}
