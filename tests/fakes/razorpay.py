"""Razorpay for tests: the part of its interface that the cinema uses, with its payment page.

It answers as razorpay.com/docs describes. The SDK has no types: FIELDS are those of the documented entities, and
tests/gateways/test_razorpay.py compares with them what it answers.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tests.fakes.razorpay_qr import Codes
from tests.fakes.server import FakeServer, Refusal, Reply, Request

Entity = dict[str, Any]
SECRETS = ("webhook secret of this year", "webhook secret of last year")
KEY_ID, KEY_SECRET = "rzp_test_of_the_fake", "secret_of_the_fake"
QUARTER_OF_AN_HOUR = 15 * 60
FIELDS = {
    # razorpay.com/docs/api/payments/payment-links/create-standard, the parameters, and customise-payment-methods
    "payment_link.create": "amount currency accept_partial first_min_partial_amount description reference_id customer "
    "expire_by notify notes callback_url callback_method reminder_enable options upi_link",
    # …/payment-links/fetch-id-standard
    "payment_link": "accept_partial amount amount_paid callback_method callback_url cancelled_at created_at currency "
    "customer description expire_by expired_at first_min_partial_amount id notes notify order_id payments reference_id "
    "reminder_enable reminders short_url status updated_at upi_link user_id whatsapp_link",
    "payment_link.payments": "amount created_at method payment_id plink_id status updated_at",
    # razorpay.com/docs/api/payments/entity
    "payment": "id entity amount currency status method order_id description international refund_status "
    "amount_refunded captured email contact fee tax error_code error_description error_source error_step error_reason "
    "notes created_at card_id card bank wallet vpa upi acquirer_data invoice_id base_amount",
    # razorpay.com/docs/api/refunds/create-normal, the parameters
    "refund.create": "amount speed notes receipt",
    # razorpay.com/docs/api/refunds/entity
    "refund": "id entity amount currency payment_id notes receipt acquirer_data created_at batch_id status "
    "speed_processed speed_requested",
    # razorpay.com/docs/api/disputes/entity
    "dispute": "id entity payment_id amount currency amount_deducted reason_code reason_description respond_by status "
    "phase created_at evidence",
    # razorpay.com/docs/api/settlements, and …/fetch-recon
    "settlement": "id entity amount status fees tax utr created_at",
    "settlement.item": "entity_id type debit credit amount currency fee tax on_hold settled created_at settled_at "
    "settlement_id posted_at credit_type description notes payment_id settlement_utr order_id order_receipt method "
    "card_network card_issuer card_type dispute_id",
    # razorpay.com/docs/webhooks/payment-links
    "event": "account_id contains created_at entity event payload",
}
PAGE = """<!doctype html><meta name=viewport content="width=device-width"><title>{title}</title>
<h1>{title}</h1><p>{amount} {currency}</p><p>{methods}</p>
<form method=post><button name=do value=pay>Pay</button><button name=do value=decline>Pay at a bank that refuses
</button><button name=do value=close>Close</button></form>"""
OVER = "<!doctype html><title>{title}</title><h1>{title}</h1>"


@dataclass(frozen=True)
class Event:
    """A message as it waits to be sent. Its id stands in a header only."""

    id: str
    content: Entity


class FakeRazorpay(FakeServer):
    """``links``, ``payments``, ``refunds``, ``disputes`` and ``settlements`` by id, their ``items``, and
    ``qr`` with its QR codes; ``events`` in turn. A refund is done at once, unless ``refunds_wait``."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, Entity] = {}
        self.payments: dict[str, Entity] = {}
        self.refunds: dict[str, Entity] = {}
        self.disputes: dict[str, Entity] = {}
        self.settlements: dict[str, Entity] = {}
        self.items: list[Entity] = []
        self.events: list[Event] = []
        self.refunds_wait = False
        self._methods: dict[str, dict[str, bool]] = {}  # by link
        self._refunded: dict[str, tuple[bytes, Entity]] = {}  # by idempotency key
        self._numbers = count(1)
        self.qr = Codes(self)

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/i/"):
            return self._page(request)
        expected = base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            raise _refusal("The api key provided is invalid", status=401)
        return Reply(200, self._call(request))

    def failure(self, status: int, request: Request) -> Reply:
        # Too many requests and an unknown key have the code of a request that is wrong.
        code = "SERVER_ERROR" if status >= 500 else "BAD_REQUEST_ERROR"
        return Reply(status, {"error": {"code": code, "description": "Please try again later"}})

    def refusal(self, description: str, *, field: str | None = None) -> Refusal:
        return _refusal(description, field=field)

    def _call(self, request: Request) -> Entity:
        if (answered := self.qr.answer(request)) is not None:
            return answered
        match request.method, request.path.removeprefix("/v1/").split("/"):
            case "POST", ["payment_links"]:
                return self._open_link(json.loads(request.body))
            case "GET", ["payment_links"]:
                return {"payment_links": [link for link in self.links.values() if _matches(link, request.query)]}
            case "POST", ["payment_links", link, "cancel"]:
                return self._cancel(self.found(self.links, link))
            case "GET", ["payment_links", link]:
                return self.found(self.links, link)
            case "GET", ["payments"]:
                return _collection(list(self.payments.values()), request.query)
            case "GET", ["refunds"]:
                return _collection(list(self.refunds.values()), request.query)
            case "POST", ["payments", payment, "refund"]:
                return self._refund_once(payment, request)
            case "GET", ["payments", payment, "refunds"]:
                pk = self.found(self.payments, payment)["id"]
                return _collection([one for one in self.refunds.values() if one["payment_id"] == pk], request.query)
            case "GET", ["settlements"]:
                return _collection(list(self.settlements.values()), request.query)
            case "GET", ["settlements", "recon", "combined"]:
                return _collection([one for one in self.items if _is_of_day(one, request.query)], request.query)
            case "GET", ["refunds", refund]:
                return self.found(self.refunds, refund)
            case "GET", ["disputes"]:
                return _collection(list(self.disputes.values()), request.query)
            case "GET", ["disputes", dispute]:
                return self.found(self.disputes, dispute)
        raise _refusal("The requested URL was not found on the server", status=404)

    def found(self, entities: Mapping[str, Entity], pk: str) -> Entity:
        if pk not in entities:
            raise _refusal("The id provided does not exist")
        return entities[pk]

    def _cancel(self, link: Entity) -> Entity:
        if link["status"] not in ("created", "partially_paid"):
            raise _refusal(f"Payment Link cannot be cancelled as it is already {link['status']}")
        self.cancel_in_dashboard(link["id"])
        return link

    def _open_link(self, asked: Entity) -> Entity:
        _check_names(asked, "payment_link.create")
        reference, now = asked["reference_id"], int(time.time())
        if len(reference) > 40:
            raise _refusal("The reference id may not be greater than 40 characters.", field="reference_id")
        if any(link["reference_id"] == reference for link in self.links.values()):
            raise _refusal(f"payment link with given reference_id: {reference} already exists. Please create a payment "
                           "link with a different reference_id")  # fmt: skip
        if asked["expire_by"] < now + QUARTER_OF_AN_HOUR:
            raise _refusal("timestamp must be atleast 15 minutes in future", field="expire_by")
        if asked["callback_method"] != "get":
            raise _refusal("callback_method must be get", field="callback_method")
        pk = f"plink_{next(self._numbers)}"
        self.links[pk] = {
            "id": pk,
            "accept_partial": asked["accept_partial"],
            "amount": asked["amount"],
            "amount_paid": 0,
            "callback_method": asked["callback_method"],
            "callback_url": asked["callback_url"],
            "cancelled_at": 0,
            "created_at": now,
            "currency": asked["currency"],
            "customer": asked.get("customer", []),
            "description": asked["description"],
            "expire_by": asked["expire_by"],
            "expired_at": 0,
            "first_min_partial_amount": 0,
            "notes": None,
            "notify": asked["notify"],
            "payments": None,
            "reference_id": reference,
            "reminder_enable": asked["reminder_enable"],
            "reminders": [],
            "short_url": f"{self.url}/i/{pk}",
            "status": "created",
            "updated_at": now,
            "upi_link": False,
            "user_id": "",
        }
        self._methods[pk] = asked["options"]["checkout"]["method"]
        return self.links[pk]

    # What the buyer, the bank and the dashboard do

    def pay(self, link: str) -> None:
        """The buyer pays; a link is paid once."""
        entry = self.links[link]
        if entry["status"] != "created":
            return
        method = next(name for name, is_offered in self._methods[link].items() if is_offered)
        payment = self.capture(
            entry["amount"], entry["currency"], method, f"order_{link}", f"#{link.removeprefix('plink_')}"
        )
        pk, now = payment["id"], payment["created_at"]
        capture = {
            "amount": entry["amount"],
            "created_at": now,
            "method": method,
            "payment_id": pk,
            "status": "captured",
        }
        entry |= {
            "amount_paid": entry["amount"],
            "order_id": f"order_{link}",
            "payments": [capture],
            "status": "paid",
            "updated_at": now,
        }
        self.happened("payment_link.paid", payment_link=entry, payment=self.payments[pk])

    def capture(self, amount: int, currency: str, method: str, order: str, description: str) -> Entity:
        """A payment that has arrived."""
        pk, now = f"pay_{next(self._numbers)}", int(time.time())
        self.payments[pk] = {
            "id": pk,
            "entity": "payment",
            "amount": amount,
            "currency": currency,
            "status": "captured",
            "method": method,
            "order_id": order,
            "description": description,
            "international": False,
            "refund_status": None,
            "amount_refunded": 0,
            "captured": True,
            "email": "asha@example.org",
            "contact": "+919999999999",
            "fee": amount // 50,
            "tax": amount // 300,
            "error_code": None,
            "error_description": None,
            "notes": [],
            "created_at": now,
        }
        self._to_settle("payment", self.payments[pk], credit=amount - self.payments[pk]["fee"])
        return self.payments[pk]

    def expire(self, link: str) -> None:
        """The time to pay is over."""
        self.links[link] |= {"status": "expired", "expired_at": int(time.time())}
        self.happened("payment_link.expired", payment_link=self.links[link])

    def cancel_in_dashboard(self, link: str) -> None:
        self.links[link] |= {"status": "cancelled", "cancelled_at": int(time.time())}
        self.happened("payment_link.cancelled", payment_link=self.links[link])

    def decide_refund(self, refund: str, status: str) -> None:
        """A bank has decided: “processed” or “failed”."""
        entry = self.refunds[refund]
        entry |= {"status": status}
        if status == "failed":
            self.payments[entry["payment_id"]]["amount_refunded"] -= entry["amount"]
            self._adjust(entry, credit=entry["amount"])
        self.happened(f"refund.{status}", refund=entry, payment=self.payments[entry["payment_id"]])

    def refund_in_dashboard(self, payment: str, amount: int) -> Entity:
        return self._refund(payment, {"amount": amount})

    def dispute(self, payment: str, event: str = "created") -> Entity:
        """The buyer's bank takes a payment back, or something else happens: payment.dispute.``event``."""
        pk, paid = f"disp_{payment}", self.payments[payment]
        self.disputes[pk] = {
            "id": pk,
            "entity": "dispute",
            "payment_id": payment,
            "amount": paid["amount"],
            "currency": paid["currency"],
            "amount_deducted": paid["amount"] if event == "lost" else 0,
            "reason_code": "chargeback",
            "respond_by": int(time.time()) + 7 * 24 * 60 * 60,
            "status": "open" if event in ("created", "action_required") else event,
            "phase": "chargeback",
            "created_at": int(time.time()),
        }
        if event == "lost":
            self._adjust(self.disputes[pk], debit=paid["amount"])
        self.happened(f"payment.dispute.{event}", payment=paid, dispute=self.disputes[pk])
        return self.disputes[pk]

    def settle(self, status: str = "processed") -> Entity:
        """Pay out all that is not settled yet."""
        pk, now = f"setl_{next(self._numbers)}", int(time.time())
        parts = [one for one in self.items if not one["settled"]]
        for one in parts:
            one |= {"settled": True, "settled_at": now, "settlement_id": pk, "settlement_utr": f"utr_{pk}"}
        self.settlements[pk] = {
            "id": pk,
            "entity": "settlement",
            "amount": sum(one["credit"] - one["debit"] for one in parts),
            "status": status,
            "fees": 0,
            "tax": 0,
            "utr": f"utr_{pk}",
            "created_at": now,
        }
        self.happened(f"settlement.{status}", settlement=self.settlements[pk])
        return self.settlements[pk]

    def _adjust(self, about: Entity, *, debit: int = 0, credit: int = 0) -> None:
        pk = f"adj_{next(self._numbers)}"
        item = {"id": pk, "amount": debit or credit, "currency": about["currency"]}
        self._to_settle("adjustment", item, debit=debit, credit=credit)

    def _to_settle(self, kind: str, about: Entity, *, debit: int = 0, credit: int = 0) -> None:
        """Write down what the next settlement will contain."""
        self.items.append(
            {
                "entity_id": about["id"],
                "type": kind,
                "debit": debit,
                "credit": credit,
                "amount": about["amount"],
                "currency": about["currency"],
                "fee": about.get("fee") or 0,
                "tax": about.get("tax") or 0,
                "on_hold": False,
                "settled": False,
                "created_at": int(time.time()),
                "settled_at": None,
                "settlement_id": None,
                "posted_at": None,
                "credit_type": "default",
                "description": None,
                "notes": None,
                "payment_id": about.get("payment_id"),
                "settlement_utr": None,
                "order_id": about.get("order_id"),
                "order_receipt": None,
                "method": about.get("method"),
                "card_network": None,
                "card_issuer": None,
                "card_type": None,
                "dispute_id": None,
            }
        )

    def _refund_once(self, payment: str, request: Request) -> Entity:
        """The same key gets the same answer, if the request is the same."""
        key = request.headers.get("X-Refund-Idempotency", "")
        if not re.fullmatch("[A-Za-z0-9_-]{10,}", key):
            raise _refusal("The idempotency key may have letters, numbers, hyphens and underscores, at least 10.")
        if key not in self._refunded:
            self._refunded[key] = request.body, self._refund(payment, json.loads(request.body))
        body, refund = self._refunded[key]
        if body != request.body:
            raise _refusal("Different request with the same idempotency key has already been processed.")
        return refund

    def _refund(self, payment: str, asked: Entity) -> Entity:
        _check_names(asked, "refund.create")
        paid = self.found(self.payments, payment)
        if asked["amount"] > paid["amount"] - paid["amount_refunded"]:
            raise _refusal("The total refund amount is greater than the refund payment amount")
        paid["amount_refunded"] += asked["amount"]
        paid["refund_status"] = "full" if paid["amount_refunded"] == paid["amount"] else "partial"
        pk = f"rfnd_{next(self._numbers)}"
        self.refunds[pk] = {
            "id": pk,
            "entity": "refund",
            "amount": asked["amount"],
            "currency": paid["currency"],
            "payment_id": payment,
            "notes": asked.get("notes") or [],
            "receipt": asked.get("receipt"),
            "acquirer_data": {"arn": None},
            "created_at": int(time.time()),
            "batch_id": None,
            "status": "pending" if self.refunds_wait else "processed",
            "speed_processed": "normal",
            "speed_requested": "normal",
        }
        self._to_settle("refund", self.refunds[pk], debit=asked["amount"])
        self.happened("refund.created", refund=self.refunds[pk], payment=paid)
        return self.refunds[pk]

    def happened(self, kind: str, **about: Entity) -> None:
        content = {
            "account_id": "acc_of_the_fake",
            "contains": list(about),
            "created_at": int(time.time()),
            "entity": "event",
            "event": kind,
            "payload": {name: {"entity": dict(entity)} for name, entity in about.items()},
        }
        self.events.append(Event(f"event_{next(self._numbers)}", content))

    def _page(self, request: Request) -> Reply:
        link = self.found(self.links, request.path.removeprefix("/i/"))
        if link["status"] in ("expired", "cancelled"):
            return Reply(200, OVER.format(title=f"This payment link is {link['status']}"))
        match request.form.get("do") if request.method == "POST" else None:
            case "pay":
                self.pay(link["id"])
            case "decline":
                return self._offer(link, "Your payment was declined. Try again")
            case "close":
                return self._offer(link, "Your payment was not made")
        return self._back(link) if link["status"] == "paid" else self._offer(link, f"Pay {link['description']}")

    def _offer(self, link: Entity, title: str) -> Reply:
        methods = ", ".join(name for name, is_offered in self._methods[link["id"]].items() if is_offered)
        return Reply(200, PAGE.format(title=title, amount=link["amount"], currency=link["currency"], methods=methods))

    def _back(self, link: Entity) -> Reply:
        payment = link["payments"][0]["payment_id"]
        signed_text = f"{link['id']}|{link['reference_id']}|paid|{payment}"
        query = {
            "razorpay_payment_id": payment,
            "razorpay_payment_link_id": link["id"],
            "razorpay_payment_link_reference_id": link["reference_id"],
            "razorpay_payment_link_status": "paid",
            "razorpay_signature": sign(signed_text.encode(), KEY_SECRET),
        }
        return Reply(302, "", {"Location": f"{link['callback_url']}?{urlencode(query)}"})


def sign(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def message(event: Event, *, secret: str = SECRETS[0]) -> tuple[bytes, dict[str, str]]:
    """An event as it is delivered."""
    body = json.dumps(event.content).encode()
    return body, {"X-Razorpay-Signature": sign(body, secret), "X-Razorpay-Event-Id": event.id}


def _matches(link: Entity, query: Mapping[str, str]) -> bool:
    return query.get("reference_id", link["reference_id"]) == link["reference_id"]


def _is_of_day(item: Entity, query: Mapping[str, str]) -> bool:
    """Whether something was settled on a day of India, or in a month."""
    if not item["settled"]:
        return False
    day = datetime.fromtimestamp(item["settled_at"], ZoneInfo("Asia/Kolkata")).date()
    asked = int(query["year"]), int(query["month"])
    return (day.year, day.month) == asked and day.day == int(query.get("day", day.day))


def _collection(items: list[Entity], query: Mapping[str, str]) -> Entity:
    """Those created between two moments, the newest first, ten if nobody says how many."""
    start, size = int(query.get("skip", 0)), int(query.get("count", 10))
    since, until = int(query.get("from", 0)), int(query.get("to", time.time()))
    if size > 100:
        raise _refusal("The count may not be greater than 100.", field="count")
    found = [item for item in items[::-1] if since <= item["created_at"] <= until]
    shown = found[start : start + size]
    return {"entity": "collection", "count": len(shown), "items": shown}


def _check_names(asked: Entity, kind: str) -> None:
    if unknown := set(asked) - set(FIELDS[kind].split()):
        raise _refusal(f"{', '.join(sorted(unknown))} is/are not required and should not be sent")


def _refusal(description: str, *, status: int = 400, field: str | None = None) -> Refusal:
    error = {"code": "BAD_REQUEST_ERROR", "description": description, "source": "business", "metadata": {}}
    return Refusal(Reply(status, {"error": error | ({"field": field} if field else {})}))
