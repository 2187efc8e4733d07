"""Google Wallet for tests: tokens of access, classes and objects of event tickets, as far as the cinema uses them."""

import json
from base64 import urlsafe_b64decode
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests import wallets
from tests.fakes.server import FakeServer, Reply, Request

ACCESS = "ya29.of-the-fake"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KINDS = ("eventTicketClass", "eventTicketObject")


def claims(token: str) -> dict[str, Any]:
    """What a token says whose signature is right. Raises InvalidSignature."""
    header, content, signature = token.split(".")
    assert json.loads(_decoded(header)) == {"alg": "RS256", "typ": "JWT"}
    signed = f"{header}.{content}".encode()
    wallets.rsa_key().public_key().verify(_decoded(signature), signed, PKCS1v15(), SHA256())
    return json.loads(_decoded(content))


class FakeGoogleWallet(FakeServer):
    """``saved`` are classes and objects by their ids; save() does what the link does."""

    def __init__(self) -> None:
        super().__init__()
        self.saved: dict[str, dict[str, Any]] = {}

    def save(self, url: str) -> None:
        """Follow a link that saves a ticket."""
        payload = claims(url.rpartition("/")[2])["payload"]
        for thing in [*payload["eventTicketClasses"], *payload["eventTicketObjects"]]:
            self.saved.setdefault(thing["id"], thing)

    def answer(self, request: Request) -> Reply:
        if request.path == "/token":
            return self._grant(request)
        if request.headers["Authorization"] != f"Bearer {ACCESS}":
            return self.failure(401, request)
        kind, _, key = request.path.removeprefix("/v1/").partition("/")
        thing = json.loads(request.body)
        assert kind in KINDS
        if thing.get("classId") not in {None, *self.saved}:
            return self.failure(404, request)
        if request.method == "POST":
            if thing["id"] in self.saved:
                return self.failure(409, request)
            self.saved[thing["id"]] = thing
            return Reply(200, thing)
        if key not in self.saved:
            return self.failure(404, request)
        changed = self.saved[key] | thing
        self.saved[key] = {name: value for name, value in changed.items() if value is not None}
        return Reply(200, self.saved[key])

    def failure(self, status: int, request: Request) -> Reply:
        return Reply(status, {"error": {"code": status, "message": "no"}})

    def _grant(self, request: Request) -> Reply:
        said = claims(request.form["assertion"])
        assert request.form["grant_type"] == GRANT
        assert (said["iss"], said["aud"]) == (wallets.SERVICE_ACCOUNT, f"{self.url}/token")
        assert said["scope"] == "https://www.googleapis.com/auth/wallet_object.issuer"
        assert 0 < said["exp"] - said["iat"] <= 3600
        return Reply(200, {"access_token": ACCESS, "expires_in": 3599, "token_type": "Bearer"})


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
