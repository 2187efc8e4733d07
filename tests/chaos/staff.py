"""The random actions of staff: block and unblock seats; move, exchange and refund orders; cancel shows."""

from random import Random

from tests.chaos.wire import Line
from tests.chaos.world import House, Order


class Staff:
    """An owner."""

    def __init__(self, line: Line, house: House, session: str, rng: Random) -> None:
        self.line, self.house, self.session, self.rng = line, house, session, rng
        self.here = f"/staff/theatres/{house.slug}/"
        self.blocks: list[str] = []

    def visit(self) -> None:
        """Do one random action."""
        self.line.start_anew()
        self.line.cookies["sessionid"] = self.session
        actions = {self.block: 20, self.unblock: 25, self.act_on_order: 50, self.cancel_show: 2}
        self.rng.choices(list(actions), list(actions.values()))[0]()

    def block(self) -> None:
        """Block a few seats on a show's day; sold ones stay sold."""
        show = self.house.any_show(self.rng)
        fields = {
            "seats": [place.seat for place in self.rng.sample(show.places, 2)],
            "kind": "BROKEN",
            "from_day": show.day,
            "until_day": show.day,
            "reason": "A broken arm",
            "save": "1",
        }
        path = f"{self.here}blocks/add/{show.screen}/"
        reply = self.line.ask("block", path, fields, show=show.pk, read=lambda reply: {"block": _key(reply.to)})
        if reply.status == 303:
            self.blocks.append(reply.to)

    def unblock(self) -> None:
        if not self.blocks:
            return
        path = self.blocks.pop(self.rng.randrange(len(self.blocks)))
        reply = self.line.ask("unblock", f"{path}lift/", {"reason": "Repaired"}, asked={"block": _key(path)})
        if reply.status not in (200, 302, 303):
            self.blocks.append(path)

    def act_on_order(self) -> None:
        order = self.house.any_order(self.rng, referenced=True)
        if order is None:
            return
        actions = {self.cancel: 25, self.return_seat: 20, self.give_goodwill: 20, self.move: 20, self.exchange: 20}
        self.rng.choices(list(actions), list(actions.values()))[0](order)

    def cancel(self, order: Order) -> None:
        self._do("staff cancel", order, "cancel/", {"back": "all"})

    def return_seat(self, order: Order) -> None:
        seats = [self.rng.choice(order.places).pk]
        self._do("staff refund of a seat", order, "refund/", {"seats": seats}, {"seats": seats})

    def give_goodwill(self, order: Order) -> None:
        amount = self.rng.choice(["10.00", "33.33", "0.01"])
        self._do("staff goodwill", order, "refund/", {"amount": amount}, {"amount": amount})

    def move(self, order: Order) -> None:
        seats = [place.pk for place in self.rng.sample(order.show.places, len(order.places))]
        self._do("staff move", order, "move/", {"seats": seats}, {"seats": seats})

    def exchange(self, order: Order) -> None:
        show = self.house.any_show(self.rng)
        fields = {"best": "on"} | ({"refund_difference": "on"} if self.rng.random() < 0.5 else {})
        self._do("staff exchange", order, f"exchange/?show={show.pk}", fields, {"to": show.pk})

    def cancel_show(self) -> None:
        """Cancel a show and process its first tickets; the jobs do the rest."""
        show = self.house.any_show(self.rng)
        path = f"{self.here}shows/{show.pk}/cancellation/"
        self.line.ask("cancelling", path, {"reason": "A flood", "remedy": "REFUND"}, show=show.pk)
        self.line.ask("cancelling, on", f"{path}progress/", {}, show=show.pk)

    def _do(
        self, what: str, order: Order, path: str, fields: dict[str, object], asked: dict[str, object] | None = None
    ) -> None:
        """Submit a staff action with no audit event seen, or submit it twice. ``asked`` is for the record."""
        form = {"reason": "The buyer asked for it", "seen": 0, "key": f"{self.rng.getrandbits(96):024x}"}
        ask = self.line.ask_twice if self.rng.random() < 0.1 else self.line.ask
        asked = {"ticket": order.code, "action": form["key"]} | (asked or {})
        ask(what, f"{self.here}orders/{order.reference}/{path}", form | fields, show=order.show.pk, asked=asked)


def _key(path: str) -> str:
    """The key in the path “…/blocks/key/”."""
    return path.rstrip("/").rpartition("/")[2]
