"""Stripe for tests: the part of its interface that the cinema uses, with its payment page.

It answers as docs.stripe.com/api describes; tests/gateways/test_stripe.py compares its objects with the SDK's types.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from stripe.params import (
    BalanceTransactionListParams,
    DisputeListParams,
    PayoutListParams,
    RefundCreateParams,
    RefundListParams,
)
from stripe.params.checkout import SessionCreateParams, SessionListParams

from tests.fakes.objects import Object, check_names, nested, page_of, refusal
from tests.fakes.server import FakeServer, Reply, Request
from tests.fakes.stripe_terminal import Terminal

SECRETS = ("whsec_of_this_year", "whsec_of_last_year")
KEY = "sk_test_of_the_fake"
DISPUTE_FEE = 1_500
CATEGORIES = {"adjustment": "dispute", "stripe_fee": "fee", "payout_failure": "payout_reversal"}
PAGE = """<!doctype html><meta name=viewport content="width=device-width"><title>{title}</title>
<h1>{title}</h1><p>{amount} {currency}</p>
<form method=post><button name=do value=pay>Pay</button><button name=do value=decline>Pay with a card that is declined
</button><button name=do value=bank>Pay with a card that the bank must confirm</button></form>
<p><a href="{cancel_url}">Back</a>"""
BANK = """<!doctype html><title>Your bank</title><h1>Is it you?</h1>
<form method=post><button name=do value=pay>Confirm</button><button name=do value=decline>Refuse</button></form>"""


class FakeStripe(FakeServer):
    """``sessions``, ``intents``, ``charges``, ``refunds``, ``disputes``, ``payouts`` and ``balance`` (its transactions)
    by id; ``events`` in turn; ``terminal`` with its card readers. A refund is done at once, unless ``refunds_wait``."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: dict[str, Object] = {}
        self.intents: dict[str, Object] = {}
        self.refunds: dict[str, Object] = {}
        self.charges: dict[str, Object] = {}
        self.disputes: dict[str, Object] = {}
        self.payouts: dict[str, Object] = {}
        self.balance: dict[str, Object] = {}
        self._paid_out: dict[str, str] = {}  # the payout of a balance transaction
        self.events: list[Object] = []
        self.refunds_wait = False
        self._answered: dict[str, tuple[bytes, Reply]] = {}
        self._numbers = count(1)
        self.terminal = Terminal(self)

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/pay/"):
            return self._page(request)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            raise refusal(401, "invalid_request_error", message="Invalid API Key provided: sk_test_***")
        key = request.headers.get("Idempotency-Key")
        if request.method == "POST" and key:
            body, reply = self._answered.get(key, (request.body, None))
            if body != request.body:
                raise refusal(400, "idempotency_error", message="Keys can only be used with the same parameters.")
            if reply is not None:
                return replace(reply, headers={"Idempotent-Replayed": "true"})
            reply = self._call(request)
            self._answered[key] = request.body, reply
            return reply
        return self._call(request)

    def failure(self, status: int, request: Request) -> Reply:
        """An error of the server is stored like every answer; what stands before it, stores nothing."""
        kind = "rate_limit_error" if status == 429 else "api_error"
        reply = Reply(status, {"error": {"type": kind, "message": "no"}})
        key = request.headers.get("Idempotency-Key")
        if status == 500 and request.method == "POST" and key:
            with self.lock:
                self._answered.setdefault(key, (request.body, reply))
        return reply

    def _call(self, request: Request) -> Reply:
        if reply := self.terminal.answer(request):
            return reply
        match request.method, request.path.removeprefix("/v1/").split("/"):
            case "POST", ["checkout", "sessions"]:
                return Reply(200, self._open_session(nested(request.body)))
            case "POST", ["checkout", "sessions", session, "expire"]:
                return Reply(200, self._close(self.found(self.sessions, session)))
            case "GET", ["checkout", "sessions", session]:
                return Reply(200, self.found(self.sessions, session))
            case "GET", ["checkout", "sessions"]:
                check_names(nested(request.query), SessionListParams)
                status = request.query.get("status")
                found = [one for one in self.sessions.values() if one["status"] == status or not status]
                return Reply(200, page_of(found, request))
            case "POST", ["refunds"]:
                return Reply(200, self._refund(nested(request.body)))
            case "GET", ["refunds"]:
                check_names(nested(request.query), RefundListParams)
                intent = request.query.get("payment_intent")
                if intent:
                    self.found(self.intents, intent)
                made = [one for one in self.refunds.values() if one["payment_intent"] == intent or not intent]
                return Reply(200, page_of(made, request))
            case "GET", ["refunds", refund]:
                return Reply(200, self.found(self.refunds, refund))
            case "GET", ["balance_transactions"]:
                check_names(nested(request.query), BalanceTransactionListParams)
                return Reply(200, self._expanded(page_of(self._movements(request.query.get("payout")), request)))
            case "GET", ["payouts"]:
                check_names(nested(request.query), PayoutListParams)
                return Reply(200, page_of(list(self.payouts.values()), request))
            case "GET", ["disputes"]:
                check_names(nested(request.query), DisputeListParams)
                return Reply(200, page_of(list(self.disputes.values()), request))
            case "GET", ["disputes", dispute]:
                return Reply(200, self.found(self.disputes, dispute))
        raise refusal(404, "invalid_request_error", message="Unrecognized request URL")

    def found(self, objects: Mapping[str, Object], pk: str) -> Object:
        if pk not in objects:
            raise refusal(404, "invalid_request_error", code="resource_missing", message=f"No such object: '{pk}'")
        return objects[pk]

    def _open_session(self, asked: Object) -> Object:
        check_names(asked, SessionCreateParams)
        [item] = asked["line_items"].values()
        price = item["price_data"]
        pk = f"cs_test_{next(self._numbers)}"
        self.sessions[pk] = {
            "id": pk,
            "object": "checkout.session",
            "mode": asked["mode"],
            "amount_total": int(price["unit_amount"]) * int(item["quantity"]),
            "currency": price["currency"],
            "client_reference_id": asked["client_reference_id"],
            "customer_email": asked["customer_email"],
            "created": int(time.time()),
            "expires_at": int(time.time()) + 24 * 60 * 60,
            "livemode": False,
            "metadata": asked["metadata"],
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "success_url": asked["success_url"],
            "cancel_url": asked["cancel_url"],
            "url": f"{self.url}/pay/{pk}",
        }
        return self.sessions[pk]

    def _close(self, session: Object) -> Object:
        if session["status"] != "open":
            sentence = "Only Checkout Sessions with a status in ['open'] can be expired. This one has a status of "
            raise refusal(400, "invalid_request_error", message=sentence + session["status"])
        self.expire(session["id"])
        return session

    # What the buyer, the bank and the dashboard do

    def pay(self, session: str) -> None:
        """The buyer pays; a session is paid once."""
        entry = self.sessions[session]
        if entry["status"] != "open":
            return
        pk = f"pi_{next(self._numbers)}"
        self.intents[pk] = {
            "id": pk,
            "object": "payment_intent",
            "amount": entry["amount_total"],
            "amount_received": entry["amount_total"],
            "currency": entry["currency"],
            "created": int(time.time()),
            "livemode": False,
            "metadata": entry["metadata"],
            "status": "succeeded",
        }
        self.charge(self.intents[pk])
        entry |= {"payment_intent": pk, "payment_status": "paid", "status": "complete", "url": None}
        self.happened("checkout.session.completed", entry)

    def charge(self, intent: Object) -> None:
        """Write the charge of a PaymentIntent that succeeded."""
        pk = f"ch_{intent['id']}"
        self.charges[pk] = {
            "id": pk,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"],
            "captured": True,
            "created": int(time.time()),
            "currency": intent["currency"],
            "livemode": False,
            "metadata": intent["metadata"],
            "paid": True,
            "payment_intent": intent["id"],
            "status": "succeeded",
        }
        self._move("charge", self.charges[pk], intent["amount"], fee=intent["amount"] // 50)

    def next_id(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers)}"

    def expire(self, session: str) -> None:
        """The time to pay is over."""
        self.sessions[session] |= {"status": "expired", "url": None}
        self.happened("checkout.session.expired", self.sessions[session])

    def decide_refund(self, refund: str, status: str) -> None:
        """A bank has decided: “succeeded” or “failed”."""
        self.refunds[refund] |= {"status": status} | ({"failure_reason": "unknown"} if status == "failed" else {})
        if status == "failed":
            self._move("refund_failure", self.refunds[refund], self.refunds[refund]["amount"])
        self.happened("refund.failed" if status == "failed" else "refund.updated", self.refunds[refund])

    def refund_in_dashboard(self, intent: str, amount: int) -> Object:
        return self._refund({"payment_intent": intent, "amount": str(amount)})

    def dispute(self, intent: str, status: str = "needs_response") -> Object:
        """The buyer's bank takes a payment back, or has decided about it."""
        pk, paid = f"dp_{intent}", self.intents[intent]
        is_new = pk not in self.disputes
        self.disputes[pk] = {
            "id": pk,
            "object": "dispute",
            "amount": paid["amount_received"],
            "currency": paid["currency"],
            "charge": f"ch_{intent}",
            "created": int(time.time()),
            "evidence_details": {"due_by": int(time.time()) + 7 * 24 * 60 * 60, "submission_count": 0},
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": intent,
            "reason": "fraudulent",
            "status": status,
        }
        if is_new:
            self._move("adjustment", self.disputes[pk], -paid["amount_received"], fee=DISPUTE_FEE)
        elif status == "won":
            self._move("adjustment", self.disputes[pk], paid["amount_received"])
        self.happened(
            "charge.dispute.created" if is_new else "charge.dispute.closed",
            self.disputes[pk],
        )
        return self.disputes[pk]

    def charge_monthly(self, amount: int, currency: str = "inr") -> Object:
        """Stripe charges for something that is no payment."""
        return self._move("stripe_fee", {"id": None, "currency": currency}, -amount)

    def pay_out(self, status: str = "paid", currency: str = "inr", *, automatic: bool = True) -> Object:
        """Pay out all of the balance."""
        pk = f"po_{next(self._numbers)}"
        parts = [one for one in self.balance.values() if one["id"] not in self._paid_out]
        parts = [one for one in parts if one["currency"] == currency]
        amount = sum(one["net"] for one in parts)
        self.payouts[pk] = {
            "id": pk,
            "object": "payout",
            "amount": amount,
            "arrival_date": int(time.time()) // 86_400 * 86_400 + 2 * 86_400,
            "automatic": automatic,
            "balance_transaction": None,
            "created": int(time.time()),
            "currency": currency,
            "livemode": False,
            "metadata": {},
            "method": "standard",
            "reconciliation_status": "completed" if automatic else "not_applicable",
            "source_type": "card",
            "status": status,
            "type": "bank_account",
        }
        moved = self._move("payout", self.payouts[pk], -amount)
        self.payouts[pk]["balance_transaction"] = moved["id"]
        self._paid_out |= {one["id"]: pk for one in [*parts, moved]}
        self.happened("payout.created", self.payouts[pk])
        return self.payouts[pk]

    def decide_payout(self, payout: str, status: str) -> None:
        """A bank has decided: “paid” or “failed”."""
        self.payouts[payout] |= {"status": status}
        if status == "failed":
            back = self._move("payout_failure", self.payouts[payout], self.payouts[payout]["amount"])
            self.payouts[payout] |= {"failure_balance_transaction": back["id"], "failure_code": "account_closed"}
        self.happened(f"payout.{status}", self.payouts[payout])

    def _move(self, kind: str, source: Object, amount: int, *, fee: int = 0) -> Object:
        """Write a transaction of the balance."""
        pk, now, currency = f"txn_{next(self._numbers)}", int(time.time()), source["currency"]
        detail = {"amount": fee, "application": None, "currency": currency, "description": None, "type": "stripe_fee"}
        self.balance[pk] = {
            "id": pk,
            "object": "balance_transaction",
            "amount": amount,
            "available_on": now,
            "balance_type": "payments",
            "created": now,
            "currency": currency,
            "description": None,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [detail] if fee else [],
            "net": amount - fee,
            "reporting_category": CATEGORIES.get(kind, kind),
            "source": source["id"],
            "status": "available",
            "type": kind,
        }
        return self.balance[pk]

    def _movements(self, payout: str | None) -> list[Object]:
        """The transactions of the balance, or of one payout."""
        if payout is None:
            return list(self.balance.values())
        if not self.found(self.payouts, payout)["automatic"]:
            raise refusal(400, "invalid_request_error", message="It can only be filtered on automatic payouts.")
        return [one for one in self.balance.values() if self._paid_out.get(one["id"]) == payout]

    def _expanded(self, listed: Object) -> Object:
        """The list with what its transactions are about; nobody asks for less."""
        known = {**self.charges, **self.refunds, **self.disputes, **self.payouts}
        return listed | {"data": [one | {"source": known.get(one["source"])} for one in listed["data"]]}

    def _refund(self, asked: Object) -> Object:
        check_names(asked, RefundCreateParams)
        intent = self.found(self.intents, asked["payment_intent"])
        gone = [one for one in self.refunds.values() if one["payment_intent"] == intent["id"]]
        left = intent["amount_received"] - sum(one["amount"] for one in gone if one["status"] != "failed")
        if int(asked["amount"]) > left:
            raise refusal(
                400,
                "invalid_request_error",
                code="charge_already_refunded" if not left else "amount_too_large",
                message="Refund amount is greater than unrefunded amount on charge",
            )
        pk = f"re_{next(self._numbers)}"
        self.refunds[pk] = {
            "id": pk,
            "object": "refund",
            "amount": int(asked["amount"]),
            "balance_transaction": None,
            "charge": f"ch_{intent['id']}",
            "created": int(time.time()),
            "currency": intent["currency"],
            "metadata": asked.get("metadata", {}),
            "payment_intent": intent["id"],
            "reason": None,
            "status": "pending" if self.refunds_wait else "succeeded",
        }
        moved = self._move("refund", self.refunds[pk], -int(asked["amount"]))
        self.refunds[pk]["balance_transaction"] = moved["id"]
        self.happened("refund.created", self.refunds[pk])
        return self.refunds[pk]

    def happened(self, kind: str, about: Object) -> None:
        self.events.append(
            {
                "id": f"evt_{next(self._numbers)}",
                "object": "event",
                "api_version": "2026-10-28.endive",
                "created": int(time.time()),
                "data": {"object": dict(about)},
                "livemode": False,
                "pending_webhooks": 1,
                "request": None,
                "type": kind,
            }
        )

    def _page(self, request: Request) -> Reply:
        session = self.found(self.sessions, request.path.removeprefix("/pay/").removesuffix("/bank"))
        back = Reply(303, "", {"Location": session["success_url"]})
        if session["status"] != "open":
            return back
        if request.method == "GET":
            title = f"Pay {session['client_reference_id'][:6]}"
            amount = session["amount_total"]
            return Reply(
                200, PAGE.format(title=title, amount=amount, **{k: session[k] for k in ("currency", "cancel_url")})
            )
        match request.form.get("do"):
            case "pay":
                self.pay(session["id"])
                return back
            case "bank":
                return Reply(200, BANK)
        return Reply(402, PAGE.format(title="Your card was declined", amount=session["amount_total"],
                                      **{k: session[k] for k in ("currency", "cancel_url")}))  # fmt: skip


def signed(body: bytes, *, secret: str = SECRETS[0], at: float | None = None) -> dict[str, str]:
    """The header of a message, as docs.stripe.com/webhooks describes it."""
    moment = int(time.time() if at is None else at)
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={moment},v1={signature}"}


def message(event: Object) -> tuple[bytes, dict[str, str]]:
    """An event as it is delivered."""
    body = json.dumps(event).encode()
    return body, signed(body)
