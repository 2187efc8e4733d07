"""The test gateway."""

import json

import pytest
from django.conf import settings

from cinema.gateways.base import RefundOrder, Started
from cinema.gateways.sandbox import OPENED, SIGNATURE_HEADER, SandboxGateway, sign, webhook
from cinema.models import SandboxCharge
from tests.gateways.contract import Contract, Message

pytestmark = pytest.mark.django_db


class Sandbox:
    """The test gateway, without its page."""

    def __init__(self) -> None:
        self.gateway = SandboxGateway()

    def pay(self, started: Started) -> None:
        self._decide(started, SandboxCharge.Status.PAID)

    def decline(self, started: Started) -> None:
        self._decide(started, SandboxCharge.Status.DECLINED)

    def message(self, started: Started) -> Message:
        return webhook(SandboxCharge.objects.get(reference=started.provider_id.removeprefix(OPENED)))

    def other_message(self) -> Message:
        return self.signed(json.dumps({"id": "event_1", "type": "payout.created"}).encode())

    def signed(self, body: bytes, *, old: bool = False) -> Message:
        return body, {SIGNATURE_HEADER: sign(body, settings.SECRET_KEY_FALLBACKS[0] if old else settings.SECRET_KEY)}

    def bodies(self, order: RefundOrder) -> list[bytes]:
        return [webhook(SandboxCharge.objects.get(reference=order.reference))[0]]

    def _decide(self, started: Started, status: str) -> None:
        charge = SandboxCharge.objects.filter(reference=started.provider_id.removeprefix(OPENED))
        charge.filter(status=SandboxCharge.Status.OPEN).update(status=status)  # as decide() does


@pytest.fixture
def provider(settings) -> Sandbox:
    settings.SECRET_KEY_FALLBACKS = ["the key of last year"]
    return Sandbox()


class TestSandbox(Contract):
    pass
