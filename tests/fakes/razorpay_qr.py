"""Razorpay's QR codes for tests, as razorpay.com/docs/api/qr-codes/image-content describes them."""

import json
import time
from typing import TYPE_CHECKING, Any

from tests.fakes.server import Request

if TYPE_CHECKING:
    from tests.fakes.razorpay import FakeRazorpay

Entity = dict[str, Any]
QUARTER_OF_AN_HOUR = 15 * 60
FIELDS = {
    # …/qr-codes/image-content/create, the parameters
    "qr_code.create": "type name usage fixed_amount payment_amount description customer_id close_by notes",
    # …/qr-codes/image-content/entity
    "qr_code": "id entity created_at name usage type image_url payment_amount status description fixed_amount "
    "payments_amount_received payments_count_received notes customer_id close_by closed_at close_reason image_content",
}


class Codes:
    """The QR codes of a fake of Razorpay, by id."""

    def __init__(self, razorpay: "FakeRazorpay") -> None:
        self.razorpay = razorpay
        self.codes: dict[str, Entity] = {}

    def answer(self, request: Request) -> Entity | None:
        """The answer to a request about QR codes; None to any other."""
        match request.method, request.path.removeprefix("/v1/payments/").split("/"):
            case "POST", ["qr_codes"]:
                return self._make(json.loads(request.body))
            case "GET", ["qr_codes", code]:
                return self.razorpay.found(self.codes, code)
            case "GET", ["qr_codes", code, "payments"]:
                paid = [one for one in self.razorpay.payments.values() if one["order_id"] == f"order_{code}"]
                return {"entity": "collection", "count": len(paid), "items": paid}
            case "POST", ["qr_codes", code, "close"]:
                entry = self.razorpay.found(self.codes, code)
                if entry["status"] == "closed":
                    raise self.razorpay.refusal("QrCode is already closed")
                self.close(code)
                return entry
        return None

    def _make(self, asked: Entity) -> Entity:
        if unknown := set(asked) - set(FIELDS["qr_code.create"].split()):
            raise self.razorpay.refusal(f"{', '.join(sorted(unknown))} is/are not required and should not be sent")
        if asked["close_by"] < time.time() + QUARTER_OF_AN_HOUR:
            raise self.razorpay.refusal("close_by should be at least 15 minutes after current time", field="close_by")
        pk = f"qr_{len(self.codes) + 1}"
        self.codes[pk] = {
            **asked,
            "id": pk,
            "entity": "qr_code",
            "created_at": int(time.time()),
            "image_url": f"{self.razorpay.url}/q/{pk}",
            "image_content": f"upi://pay?pa=cinema@bank&tr={pk}&am={asked['payment_amount'] / 100:.2f}&cu=INR",
            "status": "active",
            "payments_amount_received": 0,
            "payments_count_received": 0,
            "closed_at": None,
            "close_reason": None,
        }
        return self.codes[pk]

    # What buyers and the dashboard do

    def scan(self, code: str) -> None:
        """A buyer scans the code and pays; it is used once."""
        entry = self.codes[code]
        if entry["status"] != "active":
            return
        payment = self.razorpay.capture(entry["payment_amount"], "INR", "upi", f"order_{code}", "QRv2 Payment")
        entry |= {"payments_amount_received": payment["amount"], "payments_count_received": 1}
        self.razorpay.happened("qr_code.credited", payment=payment, qr_code=entry)
        self.close(code, "paid")

    def close(self, code: str, reason: str = "on_demand") -> None:
        entry = self.codes[code]
        entry |= {"status": "closed", "closed_at": int(time.time()), "close_reason": reason}
        self.razorpay.happened("qr_code.closed", qr_code=entry)
