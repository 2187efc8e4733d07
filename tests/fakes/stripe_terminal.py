"""Stripe Terminal for tests: card readers, driven by the server, and the test helper that presents a card."""

import time
from typing import TYPE_CHECKING, Any

from stripe.params import PaymentIntentCreateParams, PaymentIntentListParams
from stripe.params.terminal import ReaderListParams, ReaderProcessPaymentIntentParams

from tests.fakes.objects import Object, check_names, nested, page_of, refusal
from tests.fakes.server import Reply, Request

if TYPE_CHECKING:
    from tests.fakes.stripe import FakeStripe

DECLINED_CARD = "4000000000000002"  # docs.stripe.com/testing
WAITS = "requires_payment_method"


class Terminal:
    """The readers of a fake of Stripe, by id."""

    def __init__(self, stripe: "FakeStripe") -> None:
        self.stripe = stripe
        self.readers: dict[str, Object] = {}

    def connect(self, name: str) -> str:
        """Add a reader that is switched on; return its id."""
        pk = f"tmr_{len(self.readers) + 1}"
        self.readers[pk] = {
            "id": pk,
            "object": "terminal.reader",
            "action": None,
            "device_type": "simulated_wisepos_e",
            "label": name,
            "livemode": False,
            "metadata": {},
            "status": "online",
        }
        return pk

    def answer(self, request: Request) -> Reply | None:
        """The answer to a request about readers or PaymentIntents; None to any other."""
        match request.method, request.path.removeprefix("/v1/").split("/"):
            case "POST", ["payment_intents"]:
                return Reply(200, self._open(nested(request.body)))
            case "GET", ["payment_intents"]:
                check_names(nested(request.query), PaymentIntentListParams)
                return Reply(200, page_of(list(self.stripe.intents.values()), request))
            case "GET", ["payment_intents", intent]:
                return Reply(200, self.stripe.found(self.stripe.intents, intent))
            case "POST", ["payment_intents", intent, "cancel"]:
                return Reply(200, self._cancel(self.stripe.found(self.stripe.intents, intent)))
            case "GET", ["terminal", "readers"]:
                check_names(nested(request.query), ReaderListParams)
                found = [{"created": 0, **one} for one in self.readers.values()]
                return Reply(200, page_of(found, request))
            case "GET", ["terminal", "readers", reader]:
                return Reply(200, self.stripe.found(self.readers, reader))
            case "POST", ["terminal", "readers", reader, "process_payment_intent"]:
                return Reply(200, self._process(self.stripe.found(self.readers, reader), nested(request.body)))
            case "POST", ["terminal", "readers", reader, "cancel_action"]:
                return Reply(200, self._stop(self.stripe.found(self.readers, reader)))
            case "POST", ["test_helpers", "terminal", "readers", reader, "present_payment_method"]:
                card = nested(request.body).get("card_present", {})
                return Reply(200, self.present(reader, number=card.get("number", "")))
        return None

    def _open(self, asked: Object) -> Object:
        check_names(asked, PaymentIntentCreateParams)
        if list(asked["allowed_payment_method_types"].values()) != ["card_present"]:
            raise refusal(400, "invalid_request_error", message="The fake opens payments at readers only.")
        pk = self.stripe.next_id("pi")
        self.stripe.intents[pk] = {
            "id": pk,
            "object": "payment_intent",
            "amount": int(asked["amount"]),
            "amount_received": 0,
            "capture_method": asked["capture_method"],
            "created": int(time.time()),
            "currency": asked["currency"],
            "description": asked["description"],
            "last_payment_error": None,
            "livemode": False,
            "metadata": asked["metadata"],
            "payment_method_types": ["card_present"],
            "status": WAITS,
        }
        return self.stripe.intents[pk]

    def _cancel(self, intent: Object) -> Object:
        if intent["status"] != WAITS:
            raise refusal(400, "invalid_request_error", code="payment_intent_unexpected_state", message="Too late.")
        intent["status"] = "canceled"
        self.stripe.happened("payment_intent.canceled", intent)
        return intent

    def _process(self, reader: Object, asked: Object) -> Object:
        check_names(asked, ReaderProcessPaymentIntentParams)
        intent = self.stripe.found(self.stripe.intents, asked["payment_intent"])
        if reader["status"] != "online":
            raise refusal(400, "invalid_request_error", code="terminal_reader_offline", message="Reader is offline.")
        if reader["action"] and reader["action"]["status"] == "in_progress":
            raise refusal(400, "invalid_request_error", code="terminal_reader_busy", message="Reader is busy.")
        if intent["status"] != WAITS:
            raise refusal(400, "invalid_request_error", code="intent_invalid_state", message="It is over.")
        reader["action"] = {
            "failure_code": None,
            "failure_message": None,
            "process_payment_intent": {"payment_intent": intent["id"]},
            "status": "in_progress",
            "type": "process_payment_intent",
        }
        return reader

    def _stop(self, reader: Object) -> Object:
        if not reader["action"] or reader["action"]["status"] != "in_progress":
            raise refusal(400, "invalid_request_error", message="The reader has no action that could be cancelled.")
        reader["action"] = None
        return reader

    # What buyers do at the reader

    def present(self, reader: str, *, number: str = "") -> Object:
        """Present a card, as the test helper does: DECLINED_CARD is declined, any other pays."""
        entry, action = self.readers[reader], self._asking(reader)
        intent = self.stripe.intents[action["process_payment_intent"]["payment_intent"]]
        if number == DECLINED_CARD:
            intent["last_payment_error"] = {"code": "card_declined", "type": "card_error"}
            self.stripe.happened("payment_intent.payment_failed", intent)
            return self._fail(entry, "card_declined")
        intent |= {"amount_received": intent["amount"], "status": "succeeded"}
        action["status"] = "succeeded"
        self.stripe.charge(intent)
        self.stripe.happened("payment_intent.succeeded", intent)
        self.stripe.happened("terminal.reader.action_succeeded", entry)
        return entry

    def cancel_on_reader(self, reader: str) -> None:
        """The buyer presses the reader's red key."""
        self._asking(reader)
        self._fail(self.readers[reader], "customer_canceled")

    def _asking(self, reader: str) -> Object:
        action: Any = self.readers[reader]["action"]
        if not action or action["status"] != "in_progress":
            raise refusal(400, "invalid_request_error", message="The reader asks for no card.")
        return action

    def _fail(self, reader: Object, code: str) -> Object:
        reader["action"] |= {"status": "failed", "failure_code": code, "failure_message": code}
        self.stripe.happened("terminal.reader.action_failed", reader)
        return reader
