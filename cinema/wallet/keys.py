"""The keys that sign passes, read from the files that the settings name."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

APPLE, GOOGLE, ISSUER = "APPLE_WALLET_KEYS", "GOOGLE_WALLET_KEYS", "GOOGLE_WALLET_ISSUER"  # settings


class AppleKeys(NamedTuple):
    """The key that signs passes for Apple Wallet, and its certificate.

    ``pass_type`` and ``team`` are the identifiers in the certificate; ``others`` are the certificates of its issuers.
    """

    pass_type: str
    team: str
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]

    def is_good_at(self, moment: datetime) -> bool:
        """Whether the certificate is valid at a moment."""
        return self.certificate.not_valid_before_utc <= moment < self.certificate.not_valid_after_utc


class GoogleKeys(NamedTuple):
    """What signs links to Google Wallet: the ``issuer``'s number, and the ``email`` and key of a service account."""

    issuer: str
    email: str
    key: rsa.RSAPrivateKey


def apple_keys() -> AppleKeys | None:
    """The keys of Apple Wallet; None without any, and once the certificate has expired."""
    keys = read_apple_keys(settings.APPLE_WALLET_KEYS) if settings.APPLE_WALLET_KEYS else None
    return keys if keys and keys.is_good_at(timezone.now().astimezone(UTC)) else None


def google_keys() -> GoogleKeys | None:
    """The keys of Google Wallet; None without any."""
    path = settings.GOOGLE_WALLET_KEYS
    return read_google_keys(path, settings.GOOGLE_WALLET_ISSUER) if path else None


@cache
def read_apple_keys(path: str) -> AppleKeys:
    """Read a file with the key, its certificate and Apple's intermediate certificate, all PEM. Raises
    ImproperlyConfigured."""
    data = _read(APPLE, path)
    try:
        key, certificates = load_pem_private_key(data, password=None), x509.load_pem_x509_certificates(data)
    except (ValueError, TypeError):
        raise ImproperlyConfigured(
            f"{APPLE}: {path} needs a key without a password, and its certificates, all as PEM."
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ImproperlyConfigured(f"{APPLE}: the key in {path} cannot sign passes; an RSA or EC key can.")
    own = [each for each in certificates if each.public_key() == key.public_key()]
    if len(own) != 1:
        raise ImproperlyConfigured(f"{APPLE}: {path} needs one certificate of its key, and has {len(own)}.")
    pass_type, team = (_name(own[0], kind) for kind in (NameOID.USER_ID, NameOID.ORGANIZATIONAL_UNIT_NAME))
    others = tuple(each for each in certificates if each != own[0])
    if not pass_type.startswith("pass.") or not team:
        raise ImproperlyConfigured(f"{APPLE}: the certificate in {path} is not of a pass type ID.")
    issuer = own[0].issuer
    if not any(other.subject == issuer for other in others):
        raise ImproperlyConfigured(f"{APPLE}: {path} lacks the certificate of {issuer.rfc4514_string()}.")
    return AppleKeys(pass_type, team, key, own[0], others)


@cache
def read_google_keys(path: str, issuer: str) -> GoogleKeys:
    """Read the JSON file of a service account. Raises ImproperlyConfigured."""
    if not issuer.isdecimal():
        raise ImproperlyConfigured(f"{ISSUER} is the number of your account in the Google Pay & Wallet console.")
    try:
        account = json.loads(_read(GOOGLE, path))
        email, key = account["client_email"], load_pem_private_key(account["private_key"].encode(), password=None)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ImproperlyConfigured(f"{GOOGLE}: {path} is not the key of a service account.") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ImproperlyConfigured(f"{GOOGLE}: the key in {path} is not an RSA key.")
    return GoogleKeys(issuer, email, key)


def _read(setting: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"{setting}: {path} cannot be read: {error.strerror}.") from None


def _name(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str:
    return "".join(str(part.value) for part in certificate.subject.get_attributes_for_oid(kind))
