"""The fakes of Stripe and Razorpay as they misbehave in a run: by its seed, over real HTTP.

Their interfaces refuse, fail, or answer too late. Messages are lost, late, doubled, overtaken, signed with the older of
two secrets, with a retired one, or forged. Refunds wait for a bank and may fail, even after they were done. Somebody
refunds in the dashboard, and banks take payments back.
"""

import heapq
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from http.client import HTTPConnection
from itertools import count
from random import Random
from threading import Event as Signal
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.chaos.books import Charged, Disputed
from tests.chaos.gateway import Mailbox
from tests.chaos.gunicorn_config import RAZORPAY, STRIPE
from tests.chaos.history import Answer, History, Over, now
from tests.chaos.wire import Line, Reply
from tests.fakes import razorpay, stripe
from tests.fakes.server import FakeServer, Refusal, Request

PAUSE = 0.05
SOON, LATE = 0.3, 6.0  # seconds, on average
COPIES, HOW_OFTEN = [0, 1, 2, 3], [20, 50, 20, 10]
SLOW = 1.6  # seconds; the cinema waits one: see tests.chaos.gunicorn_config
TROUBLE, WEIGHTS = [None, 429, 500, 503, SLOW], [82, 4, 5, 3, 6]
RETIRED = "a secret that is good no more"
GONE = 410  # instead of the answer of a payment page that takes no money any more
TOLD = 5  # times that a message is sent which the cinema does not accept

Message = tuple[bytes, dict[str, str]]


class Provider:
    """A fake, and what happens there: what its messages are about, and how its objects are named."""

    name: str
    modes: tuple[str, ...]
    fake: Any

    def sent(self, event: Any, secret: str) -> Message:
        """A message, signed."""
        raise NotImplementedError

    def news(self, event: Any) -> tuple[str, str]:
        """What a message is about: “paid”, “refund” or “dispute”, new ones only, and its id."""
        raise NotImplementedError

    def forged(self, page: str) -> Any:
        """A message that a payment page is paid, which it is not."""
        raise NotImplementedError

    def reference(self, page: str) -> str:
        """The cinema's name of a payment page; "" if it is not one of this provider."""
        raise NotImplementedError

    def is_over(self, page: str) -> bool:
        """Whether a payment page of this provider was closed before anybody paid."""
        raise NotImplementedError

    def open_pages(self) -> list[str]:
        raise NotImplementedError

    def charges(self) -> dict[str, Charged]:
        """The provider's books, by the cinema's name of each payment."""
        raise NotImplementedError

    def balance(self) -> Decimal:
        """What it owes the cinema."""
        raise NotImplementedError


class Stripe(Provider):
    name, modes = "stripe", ("CARD", "WALLET")
    secrets = stripe.SECRETS

    def __init__(self) -> None:
        self.fake = stripe.FakeStripe()

    def sent(self, event: Any, secret: str) -> Message:
        body = json.dumps(event).encode()
        return body, stripe.signed(body, secret=secret)

    def news(self, event: Any) -> tuple[str, str]:
        about = event["data"]["object"]
        match event["type"]:
            case "checkout.session.completed":
                return "paid", about["payment_intent"]
            case "refund.created":
                return "refund", about["id"]
            case "charge.dispute.created":
                return "dispute", about["payment_intent"]
        return "", ""

    def forged(self, page: str) -> Any:
        session = self.fake.sessions[page] | {"payment_status": "paid", "status": "complete", "payment_intent": "pi_no"}
        return {"id": f"evt_no_{page}", "type": "checkout.session.completed", "data": {"object": session}}

    def reference(self, page: str) -> str:
        return self.fake.sessions.get(page, {}).get("client_reference_id", "")

    def is_over(self, page: str) -> bool:
        return self.fake.sessions.get(page, {}).get("status") == "expired"

    def open_pages(self) -> list[str]:
        return [pk for pk, session in self.fake.sessions.items() if session["status"] == "open"]

    def decide_refund(self, refund: str, *, fails: bool) -> None:
        if self.fake.refunds[refund]["status"] != "failed":
            self.fake.decide_refund(refund, "failed" if fails else "succeeded")

    def dispute(self, capture: str, decision: str = "needs_response") -> None:
        self.fake.dispute(capture, decision)

    def charges(self) -> dict[str, Charged]:
        intents = {pk: intent["metadata"]["reference"] for pk, intent in self.fake.intents.items()}
        books = _books(self, {pk: one["amount_received"] for pk, one in self.fake.intents.items()}, intents)
        for pk, refund in self.fake.refunds.items():
            if refund["status"] != "failed":
                key = refund["metadata"].get("key", "").partition(".")[0]
                books[intents[refund["payment_intent"]]].refunds[key or pk] += _money(refund["amount"])
            elif not refund["metadata"].get("key"):
                books[intents[refund["payment_intent"]]].failed.append(_money(refund["amount"]))
        for dispute in self.fake.disputes.values():
            if dispute["status"] != "won":
                books[intents[dispute["payment_intent"]]].disputes.append(_disputed(dispute, "needs_response"))
        return books

    def balance(self) -> Decimal:
        return _money(sum(one["net"] for one in self.fake.balance.values()))

    def pay_out(self) -> None:
        self.fake.pay_out()


class Razorpay(Provider):
    name, modes = "razorpay", ("UPI", "NETBANKING")
    secrets = razorpay.SECRETS

    def __init__(self) -> None:
        self.fake = razorpay.FakeRazorpay()

    def sent(self, event: Any, secret: str) -> Message:
        return razorpay.message(event, secret=secret)

    def news(self, event: Any) -> tuple[str, str]:
        about = event.content["payload"]
        match event.content["event"]:
            case "payment_link.paid":
                return "paid", about["payment"]["entity"]["id"]
            case "refund.created":
                return "refund", about["refund"]["entity"]["id"]
            case "payment.dispute.created":
                return "dispute", about["payment"]["entity"]["id"]
        return "", ""

    def forged(self, page: str) -> Any:
        link = self.fake.links[page] | {"status": "paid", "amount_paid": self.fake.links[page]["amount"]}
        payload = {"payment_link": {"entity": link}, "payment": {"entity": {"id": "pay_no"}}}
        return razorpay.Event(f"event_no_{page}", {"event": "payment_link.paid", "payload": payload})

    def reference(self, page: str) -> str:
        return self.fake.links.get(page, {}).get("reference_id", "")

    def is_over(self, page: str) -> bool:
        return self.fake.links.get(page, {}).get("status") in ("expired", "cancelled")

    def open_pages(self) -> list[str]:
        return [pk for pk, link in self.fake.links.items() if link["status"] == "created"]

    def decide_refund(self, refund: str, *, fails: bool) -> None:
        if self.fake.refunds[refund]["status"] == "pending":
            self.fake.decide_refund(refund, "failed" if fails else "processed")

    def dispute(self, capture: str, decision: str = "created") -> None:
        known = self.fake.disputes.get(f"disp_{capture}")
        if known is None or known["status"] == "open":
            self.fake.dispute(capture, decision)

    def charges(self) -> dict[str, Charged]:
        payments = {
            capture["payment_id"]: link["reference_id"]
            for link in self.fake.links.values()
            for capture in link["payments"] or []
        }
        books = _books(self, {pk: one["amount"] for pk, one in self.fake.payments.items()}, payments)
        for pk, refund in self.fake.refunds.items():
            notes = refund["notes"] if isinstance(refund["notes"], dict) else {}
            if refund["status"] == "failed" and not notes.get("key"):
                books[payments[refund["payment_id"]]].failed.append(_money(refund["amount"]))
            elif refund["status"] != "failed":
                books[payments[refund["payment_id"]]].refunds[notes.get("key", "").partition(".")[0] or pk] += _money(
                    refund["amount"]
                )
        for dispute in self.fake.disputes.values():
            if dispute["status"] != "won":
                books[payments[dispute["payment_id"]]].disputes.append(_disputed(dispute, "open"))
        return books

    def balance(self) -> Decimal:
        return _money(sum(one["credit"] - one["debit"] for one in self.fake.items if not one["settled"]))

    def pay_out(self) -> None:
        self.fake.settle()


class Providers(Mailbox):
    """Both providers: the gateways of a run. They act in their own thread."""

    decisions: tuple[list[str], list[int]] = (["pay", "sca", "decline", "leave"], [65, 12, 15, 8])
    twice = 15  # percent of the buyers open a second page, and pay both

    def __init__(self, rng: Random) -> None:
        self.rng, self.lock, self.numbers = rng, Lock(), count()
        self.providers: list[Any] = [Stripe(), Razorpay()]
        self.modes = [mode for provider in self.providers for mode in provider.modes]
        self.due: list[tuple[float, int, Callable[[], object]]] = []
        self.read = dict.fromkeys((provider.name for provider in self.providers), 0)
        self.hits: list[float] = []  # when the interfaces were in trouble
        self.done: Counter[str] = Counter()  # what went wrong, by its name
        self.over = False
        self.line: Line | None = None
        self.told: defaultdict[str, int] = defaultdict(int)

    @contextmanager
    def running(self) -> Iterator[dict[str, str]]:
        """Serve; yield the environment in which the cinema finds them."""
        one, other = self.providers
        with one.fake.running(), other.fake.running():
            for provider in self.providers:
                provider.fake.trouble_for = self._trouble(provider.fake)
            yield {
                "PAYMENT_GATEWAYS": " ".join(f"{one.name}:{','.join(one.modes)}" for one in self.providers),
                STRIPE: one.fake.url,
                RAZORPAY: other.fake.url,
            }

    def _trouble(self, fake: FakeServer) -> Callable[[Request], int | float | None]:
        def trouble_for(request: Request) -> int | float | None:
            with self.lock:
                if self.calm or not request.path.startswith("/v1/"):
                    return None
                fake.refunds_wait = self.rng.random() < 0.5
                trouble = self.rng.choices(TROUBLE, WEIGHTS)[0]
                if trouble is not None:
                    self.hits.append(now())
                    self.done["time-out" if isinstance(trouble, float) else str(trouble)] += 1
                return trouble

        return trouble_for

    # What buyers see

    def reference(self, reply: Reply | str) -> str:
        """The payment whose page a URL is; "" for none."""
        page = _page(reply if isinstance(reply, str) else reply.url)
        return next(filter(None, (one.reference(page) for one in self.providers)), "")

    def decide(self, line: Line, url: str, decision: str) -> bool:
        """Do on the provider's page what the buyer has decided; return whether it is paid."""
        if decision == "leave":
            return False
        self.done[decision] += 1
        if decision == "sca":
            _press(url, "bank")
        status = _press(url, "decline" if decision == "decline" else "pay")
        paid = status in (302, 303) and self.reference(url) in self.charges()
        if not paid and any(one.is_over(_page(url)) for one in self.providers):
            status = GONE  # it sends the buyer back whatever is pressed
        asked = {"payment": self.reference(url), "decision": decision}
        at = now()
        line.history.write(Answer(line.who, "at the gateway", 0, at, at, 303 if paid else status, asked, {}))
        return paid

    # What happens at the providers

    def work(self, stop: Signal) -> None:
        with suppress(Over):
            while not stop.is_set():
                self.act()
                time.sleep(PAUSE)

    def act(self, *, until: float | None = None) -> None:
        """Do what is due, and plan what follows from what has happened."""
        self._read_news()
        while self.due and self.due[0][0] <= (now() if until is None else until):
            heapq.heappop(self.due)[2]()
            self._read_news()

    def _read_news(self) -> None:
        for provider in self.providers:
            with provider.fake.lock:
                news = provider.fake.events[self.read[provider.name] :]
                self.read[provider.name] += len(news)
            for event in news:
                self._plan(provider, event)

    def _later(self, action: Callable[[], object], mean: float = LATE) -> None:
        heapq.heappush(self.due, (now() + self.rng.expovariate(1 / mean), next(self.numbers), action))

    def _plan(self, provider: Any, event: Any) -> None:
        if self.over:
            return
        kind, pk = provider.news(event)
        self._plan_messages(provider, event, at_once=self.calm and kind == "refund")
        match kind:
            case "paid":
                if self.rng.random() < 0.08:
                    self._later(lambda: self._refund(provider, pk))
                if self.rng.random() < 0.10:
                    self._later(lambda: self._dispute(provider, pk))
            case "refund":
                fails = self.rng.random() < 0.25
                self._later(lambda: self._decide(provider, pk, fails=fails), 2)
                if provider.name == "stripe" and self.rng.random() < 0.1:  # the bank sends it back
                    self._later(lambda: self._decide(provider, pk, fails=True))
            case "dispute":
                decisions = [self.rng.choice(["won", "lost"])]
                if provider.name == "stripe" and self.rng.random() < 0.5:
                    decisions = ["lost", "won"]  # after all
                self._later(lambda: self._decide_dispute(provider, pk, decisions), 3)
        if self.rng.random() < 0.05:
            with provider.fake.lock:  # buyers may open others at this moment
                pages = provider.open_pages()
            if pages:
                page = self.rng.choice(pages)
                self._later(lambda: self._forge(provider, page), SOON)

    def _plan_messages(self, provider: Any, event: Any, *, at_once: bool) -> None:
        """Send none, one or more. ``at_once`` means one, before all that wait."""
        copies = 1 if at_once else self.rng.choices(COPIES, HOW_OFTEN)[0]
        self.done[f"message sent {copies}×"] += 1
        for _ in range(copies):
            if at_once:
                self._tell(provider, event)
            else:
                self._later(lambda: self._tell(provider, event), LATE if self.rng.random() < 0.3 else SOON)

    def _decide(self, provider: Any, refund: str, *, fails: bool) -> None:
        self.done["refund failed" if fails else "refund done"] += 1
        with provider.fake.lock:
            provider.decide_refund(refund, fails=fails)

    def _decide_dispute(self, provider: Any, capture: str, decisions: list[str]) -> None:
        self._dispute(provider, capture, decisions[0])
        if rest := decisions[1:]:
            self._later(lambda: self._decide_dispute(provider, capture, rest), 3)

    def _dispute(self, provider: Any, capture: str, *decision: str) -> None:
        self.done[" ".join(["dispute", *decision])] += 1
        with provider.fake.lock:
            provider.dispute(capture, *decision)

    def _refund(self, provider: Any, capture: str) -> None:
        """Somebody refunds in the dashboard."""
        amount = self.rng.choice([1_000, 3_333, 20_000])
        self.done["refund in the dashboard"] += 1
        with provider.fake.lock, suppress(Refusal):
            provider.fake.refund_in_dashboard(capture, amount)

    def _tell(self, provider: Any, event: Any) -> None:
        secret = self.rng.choices([*provider.secrets, RETIRED], [70, 20, 0 if self.calm else 10])[0]
        self.done["signed with an old secret"] += secret == provider.secrets[1]
        self.done["signed with a retired secret"] += secret == RETIRED
        status = self._send(provider, provider.sent(event, secret))
        name = event["id"] if isinstance(event, dict) else event.id
        if not 200 <= status < 300 and self.told[name] < TOLD:
            self.told[name] += 1
            self._later(lambda: self._tell(provider, event), 1)

    def _forge(self, provider: Any, page: str) -> None:
        self.done["forged"] += 1
        self._send(provider, provider.sent(provider.forged(page), RETIRED))

    def _send(self, provider: Any, message: Message) -> int:
        body, headers = message
        path = f"/payments/webhook/{provider.name}/"
        return self.line.ask("webhook", path, body, headers=headers, asked={"gateway": provider.name}).status

    # The end

    def close(self) -> None:
        """From now on the providers behave: what is open is decided, and the messages that wait are delivered.

        Of what happens afterwards no message tells."""
        if self.over:
            return
        with self.lock:  # a request under way must not let refunds wait after this
            self.calm = True
        for provider in self.providers:
            with provider.fake.lock:
                provider.fake.refunds_wait = False
                for page in provider.open_pages():
                    provider.fake.expire(page)
        self.line = Line(self.line.port, "webhooks", History(10**9), self.rng)
        for _ in range(3 * TOLD):  # what is decided leads to further messages
            self.act(until=now() + 10**6)
        self.over = True

    def pay_out(self) -> None:
        for provider in self.providers:
            with provider.fake.lock:
                provider.pay_out()

    def charges(self) -> dict[str, Charged]:
        books: dict[str, Charged] = {}
        for provider in self.providers:
            with provider.fake.lock:
                books |= provider.charges()
        return books

    def balances(self) -> dict[str, Decimal]:
        return {provider.name: provider.balance() for provider in self.providers}


def _page(url: str) -> str:
    """A provider's name of the payment page at a URL."""
    return urlsplit(url).path.split("/")[-1]


def _press(url: str, button: str) -> int:
    """Press a button of a payment page."""
    where = urlsplit(url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=30)
    try:
        connection.request("POST", where.path, urlencode({"do": button}))
        return connection.getresponse().status
    finally:
        connection.close()


def _books(provider: Provider, captured: dict[str, int], references: dict[str, str]) -> dict[str, Charged]:
    return {
        references[pk]: Charged("PAID", _money(amount), defaultdict(Decimal), provider.name, [], [])
        for pk, amount in captured.items()
    }


def _disputed(dispute: dict[str, Any], is_open: str) -> Disputed:
    return Disputed("OPEN" if dispute["status"] == is_open else "LOST", _money(dispute["amount"]))


def _money(amount: int) -> Decimal:
    return Decimal(amount) / 100
