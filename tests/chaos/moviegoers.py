"""The random actions of moviegoers: read maps, hold, change, pay, decline, click twice, cancel, join waiting lists."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import urlsplit

from tests.chaos.gateway import Gateway
from tests.chaos.providers import Providers
from tests.chaos.wire import Line, Reply
from tests.chaos.world import House, OnSale, Order, Place

LIVE = {"HX-Request": "true"}  # as a page with JavaScript asks: less to draw, the same rules
TAKEN = re.compile(r"([^<>.]*) (?:was|were) just taken")
ROW = re.compile(r"[Rr]ow ([A-Z]+), seats? (\d[\d–, and]*)")
RUN = re.compile(r"(\d+)(?:–(\d+))?")
COLUMNS = 6


def named(show: OnSale, text: str) -> list[int]:
    """The seats that an error names as unavailable."""
    found = TAKEN.search(text)
    seats = [
        (row, number)
        for row, numbers in ROW.findall(found[1] if found else "")
        for first, last in RUN.findall(numbers)
        for number in range(int(first), int(last or first) + 1)
    ]
    return [show.places[(ord(row) - ord("A")) * COLUMNS + number - 1].pk for row, number in seats]


class Moviegoer:
    """A client that is a new browser at every visit. In a ``rush`` all of them want the same seats."""

    def __init__(
        self, line: Line, house: House, gateway: Gateway | Providers, token: str, rng: Random, *, rush: bool
    ) -> None:
        self.line, self.house, self.gateway, self.token, self.rng = line, house, gateway, token, rng
        self.visits, booking = 0, {self.book_online: 40, self.book_at_kiosk: 30}
        self.spread = 1.5 if rush else 7  # seats beside the middle
        self.doings = booking if rush else booking | {self.look: 20, self.wait: 5, self.change_ticket: 20}

    def visit(self) -> None:
        """Make one random visit."""
        self.visits += 1
        self.email = f"{self.line.who.replace(' ', '')}.{self.visits}@example.org"
        self.line.start_anew()
        self.rng.choices(list(self.doings), list(self.doings.values()))[0]()

    def chance(self, percent: int) -> bool:
        return self.rng.random() * 100 < percent

    def some_seats(self, show: OnSale) -> list[Place]:
        """A party side by side, most often near the middle, where the demand is highest."""
        size = self.rng.choices([1, 2, 3, 4], [15, 50, 20, 15])[0]
        first = min(len(show.places) - size, max(0, round(self.rng.gauss(len(show.places) / 2, self.spread))))
        return list(show.places[first : first + size])

    def look(self) -> None:
        """Read a seat map as JSON, which has its revision, or as a page."""
        show = self.house.any_show(self.rng)
        if self.chance(15):
            self.line.ask("page of a show", f"/shows/{show.pk}/", show=show.pk)
        else:
            self.read_map(show)

    def read_map(self, show: OnSale) -> Reply:
        return self.line.ask("seat map", f"/api/shows/{show.pk}/", show=show.pk, read=_map)

    def book_online(self) -> None:
        """Hold seats in a browser, perhaps change them, and check out or leave."""
        show = self.house.any_show(self.rng)
        hold, places = self.hold(show, self.some_seats(show))
        if not hold and self.chance(75):
            hold, places = self.best(show)
        if hold and self.chance(15):
            hold, places = self.hold(show, self.some_seats(show), had=hold, before=places)
        if not hold or self.chance(10):
            return  # went away without a word
        asked = {"hold": hold}
        if self.chance(10):
            self.line.ask("extension", f"/holds/{hold}/extension/", {}, show=show.pk, asked=asked)
        if self.chance(20):
            self.line.ask("release", f"/holds/{hold}/release/", {}, show=show.pk, asked=asked)
            return
        self.check_out(show, hold, places)

    def hold(
        self, show: OnSale, places: Sequence[Place], had: str = "", before: Sequence[Place] = ()
    ) -> tuple[str, Sequence[Place]]:
        """Hold these seats; return the hold's code and seats, or those ``before`` if the request was rejected."""
        seats = [place.pk for place in places]
        reply = self.line.ask(
            "hold",
            f"/shows/{show.pk}/hold/",
            {"seats": seats},
            show=show.pk,
            headers=LIVE,
            asked={"seats": seats, "had": had},
            read=lambda reply: _hold(reply) | {"gone": named(show, reply.text)},
        )
        code = reply.to_a("holds")
        return (code, places) if code else (had, before)

    def best(self, show: OnSale) -> tuple[str, Sequence[Place]]:
        """Hold the best seats; the checkout page names them."""
        party = self.rng.choices([1, 2, 3, 10], [30, 25, 15, 30])[0]  # ten are soon too many
        reply = self.line.ask(
            "best seats",
            f"/shows/{show.pk}/best/",
            {"party": party},
            show=show.pk,
            headers=LIVE,
            asked={"party": party},
            read=lambda reply: _hold(reply) | {"full": reply.status == 409 and "We can’t find" in reply.text},
        )
        code = reply.to_a("holds")
        if not code:
            return "", ()
        page = self.line.ask("checkout page", f"/holds/{code}/", show=show.pk)
        chosen = set(re.findall(r'name="seats" value="(\d+)"', page.text))
        return code, [place for place in show.places if str(place.pk) in chosen]

    def check_out(self, show: OnSale, hold: str, places: Sequence[Place]) -> None:
        key = f"{self.rng.getrandbits(96):024x}"
        fields = {
            "name": "Asha Rao",
            "email": self.email,
            "phone": "+91 98200 12345",
            "mode": self.mode(),
            "seats": [place.pk for place in places],
            "total": sum((place.price for place in places), Decimal(0)),
            "key": key,
        }
        ask = self.line.ask_twice if self.chance(10) else self.line.ask
        order = ("checkout", f"/holds/{hold}/", fields)
        more = {"show": show.pk, "asked": {"hold": hold, "key": key}, "read": self.payment}
        reply = ask(*order, **more)
        if reply.status in (0, 503) or self.chance(10):
            reply = self.line.ask(*order, **more)  # not sure whether that went well: once more, with the same key
        if not self.gateway.reference(reply) or self.chance(7):
            return
        pages = [reply.url]
        if self.gateway.twice and self.chance(self.gateway.twice):
            pages = self.open_another(show, hold, fields) + pages
        codes = [self.pay(show, page) for page in pages]
        if code := max(codes):
            self.house.note(Order(show, code, "", self.email, tuple(places)))

    def open_another(self, show: OnSale, hold: str, fields: Mapping[str, object]) -> list[str]:
        """Check out once more to pay in another way; return the page for that."""
        key = f"{self.rng.getrandbits(96):024x}"
        others = [mode for mode in self.gateway.modes if mode != fields["mode"]]
        again = {**fields, "mode": self.rng.choice(others), "key": key}
        asked = {"hold": hold, "key": key}
        reply = self.line.ask("checkout", f"/holds/{hold}/", again, show=show.pk, asked=asked, read=self.payment)
        return [reply.url] if self.gateway.reference(reply) else []

    def mode(self) -> str:
        return self.rng.choice(self.gateway.modes) if len(self.gateway.modes) > 1 else self.gateway.modes[0]

    def book_at_kiosk(self) -> None:
        """Book in one step by the JSON interface, then pay."""
        show, key = self.house.any_show(self.rng), f"{self.rng.getrandbits(96):024x}"
        places = self.some_seats(show)
        seats = [place.pk for place in places]
        body = {"show_id": show.pk, "seat_ids": seats, "payment_mode": self.mode(), "email": self.email, "name": "Asha"}
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        more = {"show": show.pk, "headers": headers, "asked": {"seats": seats, "key": key}, "read": self.booking}
        ask = self.line.ask_twice if self.chance(10) else self.line.ask
        reply = ask("booking", "/api/book/", json.dumps(body).encode(), **more)
        if reply.status in (0, 503) or (reply.status == 201 and self.chance(10)):
            reply = self.line.ask("booking", "/api/book/", json.dumps(body).encode(), **more)
        ticket = reply.data.get("ticket") if reply.status == 201 else None
        if not ticket or not ticket["payment_url"] or self.chance(7):
            return
        code = ticket["ticket_url"].rstrip("/").rpartition("/")[2]
        start = urlsplit(ticket["payment_url"]).path
        opened = self.line.ask("starting to pay", start, show=show.pk, read=self.payment)
        if self.gateway.reference(opened) and self.pay(show, opened.url):
            self.house.note(Order(show, code, ticket["reference"], self.email, tuple(places)))
        elif self.chance(50):
            path = f"/api/tickets/{ticket['reference']}/"
            self.line.ask("ticket by program", path, show=show.pk, headers=headers, read=self.booking)

    def pay(self, show: OnSale, page: str) -> str:
        """Decide on the provider's page and return; returns the code of the ticket, if there is one."""
        reference, decision = self.gateway.reference(page), self.rng.choices(*self.gateway.decisions)[0]
        if not self.gateway.decide(self.line, page, decision) or self.chance(10):
            return ""  # closed the window
        asked = {"payment": reference}
        reply = self.line.ask("coming back", f"/payments/{reference}/", show=show.pk, asked=asked, read=_ticket)
        if decision == "decline" and reply.status == 200 and self.chance(50):
            found = re.search(r"/tickets/([\w-]+)/payment/", reply.text)
            key = f"{self.rng.getrandbits(96):024x}"
            if found and (again := self.pay_again(show, found[1], key)):
                return self.pay(show, again)
        return reply.to_a("tickets")

    def pay_again(self, show: OnSale, code: str, key: str) -> str:
        path, asked = f"/tickets/{code}/payment/", {"key": key}
        reply = self.line.ask("paying again", path, {"key": key}, show=show.pk, asked=asked, read=self.payment)
        return reply.url if self.gateway.reference(reply) else ""

    def change_ticket(self) -> None:
        """Cancel a ticket or move it to other seats, as its buyer may."""
        order = self.house.any_order(self.rng)
        if order is None:
            return self.look()
        show, asked = order.show, {"ticket": order.code}
        if self.chance(50):
            path = f"/tickets/{order.code}/cancellation/"
            self.line.ask("cancellation", path, {"email": order.email}, show=show.pk, asked=asked)
            return None
        states = _map(self.read_map(show)).get("states", {})
        prices = {place.price for place in order.places}
        free = [place.pk for place in show.places if place.price in prices and states.get(place.pk) == "free"]
        if len(free) >= len(order.places):
            seats = self.rng.sample(free, len(order.places))
            fields, asked = {"seats": seats, "email": order.email}, asked | {"seats": seats}
            self.line.ask("other seats", f"/tickets/{order.code}/seats/", fields, show=show.pk, asked=asked)
        return None

    def wait(self) -> None:
        """Join a show's waiting list, and later take its offer, or leave."""
        show, party = self.house.any_show(self.rng), self.rng.randint(1, 3)
        fields = {"email": self.email, "party": party}
        self.line.ask("waiting list", f"/shows/{show.pk}/waiting/", fields, show=show.pk)
        code = self.gateway.letter_to(self.email)
        if not code:
            return
        if self.chance(20):
            asked = {"waiting": code}
            self.line.ask("leaving the list", f"/waiting/{code}/leave/", {}, show=show.pk, asked=asked)
            return
        self.look()
        path, asked = f"/waiting/{code}/take/", {"party": party}
        reply = self.line.ask("taking an offer", path, {}, show=show.pk, asked=asked, read=_hold)
        if hold := reply.to_a("holds"):
            page = self.line.ask("checkout page", f"/holds/{hold}/", show=show.pk)
            chosen = set(re.findall(r'name="seats" value="(\d+)"', page.text))
            self.check_out(show, hold, [place for place in show.places if str(place.pk) in chosen])

    def payment(self, reply: Reply) -> Mapping[str, Any]:
        return {"payment": self.gateway.reference(reply) or reply.to_a("payments")}

    def booking(self, reply: Reply) -> Mapping[str, Any]:
        """The response to a booking by API: the booking, or the unavailable seats."""
        ticket = reply.data.get("ticket")
        if not ticket:
            gone = reply.data.get("code") == "seats_unavailable"
            return {"gone": [seat["id"] for seat in reply.data["seats"]] if gone else []}
        start = Reply(200, urlsplit(ticket["payment_url"] or "").path)
        return {"reference": ticket["reference"], "payment": start.to_a("payments"), "status": ticket["status"]}


def _map(reply: Reply) -> Mapping[str, Any]:
    if reply.status != 200:
        return {}
    return {"revision": reply.data["revision"], "states": {s["id"]: s["state"] for s in reply.data["seats"]}}


def _hold(reply: Reply) -> dict[str, Any]:
    return {"hold": reply.to_a("holds")}


def _ticket(reply: Reply) -> Mapping[str, Any]:
    return {"ticket": reply.to_a("tickets")}
