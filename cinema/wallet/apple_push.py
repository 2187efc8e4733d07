"""Apple's push service, which notifies phones of changed passes; they then fetch them from views.public.apple_wallet.

https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
"""

import json
import logging
import ssl
from datetime import datetime
from http import HTTPStatus
from tempfile import NamedTemporaryFile

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from cinema.wallet.errors import PassRefused, WalletUnavailable
from cinema.wallet.http2 import Http2Client, Http2Response
from cinema.wallet.keys import AppleKeys

logger = logging.getLogger(__name__)

AUTHORITIES = DEFAULT_CA_BUNDLE_PATH  # who signs the certificates of servers, as for payment providers
NO_PHONE = ("BadDeviceToken", "DeviceTokenNotForTopic")  # reasons for which 400 means the same as 410


class ApplePush:
    """The push service, which authenticates us by the certificate of the passes."""

    def __init__(self, keys: AppleKeys) -> None:
        self._topic = keys.pass_type
        self._client = Http2Client(settings.APPLE_PUSH_API, _context(keys))

    def push(self, token: str, *, until: datetime) -> bool:
        """Notify the phone with a push token, until a moment; return False if there is no such phone any more.

        Raises WalletUnavailable and PassRefused.
        """
        headers = {"apns-topic": self._topic, "apns-expiration": str(int(until.timestamp()))}
        answer = self._client.post(f"/3/device/{token}", headers, b"{}")
        if answer.status_code == HTTPStatus.OK:
            return True
        bad_request = answer.status_code == HTTPStatus.BAD_REQUEST
        if answer.status_code == HTTPStatus.GONE or (bad_request and _reason(answer) in NO_PHONE):
            return False
        logger.warning("Apple's push service refuses, with status %s.", answer.status_code)
        raise PassRefused if bad_request else WalletUnavailable

    def close(self) -> None:
        self._client.close()


def _context(keys: AppleKeys) -> ssl.SSLContext:
    """TLS with the certificate of the passes, which OpenSSL takes from files only. The key stays in its own."""
    context = ssl.create_default_context(cafile=AUTHORITIES)
    with NamedTemporaryFile(suffix=".pem") as file:
        for certificate in (keys.certificate, *keys.others):
            file.write(certificate.public_bytes(Encoding.PEM))
        file.flush()
        context.load_cert_chain(file.name, settings.APPLE_WALLET_KEYS)
    return context


def _reason(answer: Http2Response) -> str:
    try:
        return str(json.loads(answer.body)["reason"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
