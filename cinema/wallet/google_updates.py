"""Updates of tickets that are saved in Google Wallet, by its REST interface.

https://developers.google.com/wallet/tickets/events/use-cases/updates, and to authenticate
https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

import json
import logging
import time
from http import HTTPStatus
from typing import Any

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError

from cinema.models.annotated import TicketNow
from cinema.wallet.errors import PassRefused, WalletUnavailable
from cinema.wallet.google import event_class, event_ticket
from cinema.wallet.keys import GoogleKeys
from cinema.wallet.tokens import signed_token

logger = logging.getLogger(__name__)

TIMEOUT = (3, 5)  # seconds to connect, and between two parts of an answer
LONGEST = 8.0  # seconds for the body of an answer
LARGEST = 64 * 1024  # bytes of one
SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LASTS = 3600  # seconds for which a token of access is good: the most that Google allows
NOTIFY = {"notifyPreference": "NOTIFY_ON_UPDATE"}  # of another time or seat, at most three times a day


class GoogleWallet:
    """Google Wallet, for the updates of one run of the jobs: authenticates once and sends each show once per run."""

    def __init__(self, keys: GoogleKeys) -> None:
        self._keys = keys
        self._session = requests.Session()
        self._session.headers["Accept-Encoding"] = "identity"  # so that LARGEST limits what is in it, too
        self._access = ""
        self._known: set[str] = set()

    def update(self, ticket: TicketNow) -> bool:
        """Send a ticket, one of selectors.booking.tickets.tickets(), as it is now; return False if it is not saved.

        Raises WalletUnavailable and PassRefused.
        """
        event = event_class(ticket, self._keys)
        if event["id"] not in self._known:
            # A ticket that was exchanged may belong to a show of which none was saved yet.
            if not self._patch("eventTicketClass", event):
                self._call("POST", "eventTicketClass", event, but=HTTPStatus.CONFLICT)  # it is there by now
            self._known.add(event["id"])
        return self._patch("eventTicketObject", event_ticket(ticket, self._keys))

    def close(self) -> None:
        self._session.close()

    def _patch(self, kind: str, thing: dict[str, Any]) -> bool:
        """Return whether it is there."""
        path = f"{kind}/{thing['id']}"
        return self._call("PATCH", path, thing | NOTIFY, but=HTTPStatus.NOT_FOUND) != HTTPStatus.NOT_FOUND

    def _call(self, method: str, path: str, content: dict[str, Any], *, but: HTTPStatus) -> int:
        """The status of a success, or the one failure that is none here.

        Raises WalletUnavailable and PassRefused.
        """
        self._access = self._access or self._grant()
        headers = {"Authorization": f"Bearer {self._access}"}
        url = f"{settings.GOOGLE_WALLET_API}/{path}"
        status, _ = self._answer(method, url, json=content, headers=headers)
        if status < HTTPStatus.MULTIPLE_CHOICES or status == but:
            return status
        raise PassRefused if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT) else WalletUnavailable

    def _grant(self) -> str:
        """A token of access, for which Google takes one that we have signed."""
        now = int(time.time())
        claims = {"iss": self._keys.email, "scope": SCOPE, "aud": settings.GOOGLE_TOKENS}
        assertion = signed_token(claims | {"iat": now, "exp": now + LASTS}, self._keys)
        data = {"grant_type": GRANT, "assertion": assertion}
        status, body = self._answer("POST", settings.GOOGLE_TOKENS, data=data)
        try:
            token = json.loads(body)["access_token"] if status == HTTPStatus.OK else None
        except (ValueError, LookupError, TypeError, RecursionError):
            raise WalletUnavailable from None
        if not (isinstance(token, str) and token.isascii() and token.isprintable()):
            raise WalletUnavailable
        return token

    def _answer(self, method: str, url: str, **content: Any) -> tuple[int, bytes]:
        """The status of an answer, and its body. Raises WalletUnavailable."""
        options: dict[str, Any] = {"timeout": TIMEOUT, "allow_redirects": False, "stream": True, **content}
        try:
            with self._session.request(method, url, **options) as response:
                if response.status_code >= HTTPStatus.BAD_REQUEST and response.status_code != HTTPStatus.NOT_FOUND:
                    logger.warning("Google Wallet refuses, with status %s.", response.status_code)
                return response.status_code, _read(response)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            logger.warning("Google Wallet does not answer: %s.", type(error).__name__)
            raise WalletUnavailable from None


def _read(response: requests.Response) -> bytes:
    end, body = time.monotonic() + LONGEST, b""
    while piece := response.raw.read1(LARGEST):
        body += piece
        if len(body) > LARGEST or time.monotonic() > end:
            raise ValueError("The answer is too long.")
    return body
