"""The files with the keys of wallets: what is wrong in one aborts the start, and is named."""

import json
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cinema.wallet.keys import apple_keys, read_apple_keys, read_google_keys
from tests import wallets


def of_parts(*parts: str) -> bytes:
    """A file of those parts: “key”, “own” and “authority”."""
    begin = b"-----BEGIN CERTIFICATE-----"
    found = dict(zip(("key", "own", "authority"), wallets.apple_pem().split(begin), strict=True))
    return b"".join((b"" if name == "key" else begin) + found[name] for name in parts)


def test_the_names_of_pass_type_and_team_come_from_the_certificate():
    keys = read_apple_keys(wallets.apple_file())

    assert (keys.pass_type, keys.team, len(keys.others)) == (wallets.PASS_TYPE, wallets.TEAM, 1)


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ((), "needs a key"),
        (("key",), "needs a key without a password, and its certificates"),
        (("own",), "needs a key"),
        (("key", "authority"), "needs one certificate of its key, and has 0"),
        (("key", "own"), "lacks the certificate of CN=Authority of the tests"),
        (("key", "own", "own", "authority"), "has 2"),
    ],
)
def test_a_file_that_cannot_sign_passes_is_refused(parts: tuple[str, ...], complaint: str, tmp_path: Path):
    path = tmp_path / "keys.pem"
    path.write_bytes(of_parts(*parts))

    with pytest.raises(ImproperlyConfigured, match=complaint):
        read_apple_keys(str(path))


def test_a_certificate_of_another_kind_is_refused(tmp_path: Path):
    path = tmp_path / "keys.pem"
    path.write_bytes(wallets.apple_pem(pass_type="merchant.example"))

    with pytest.raises(ImproperlyConfigured, match="is not of a pass type ID"):
        read_apple_keys(str(path))


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(ImproperlyConfigured, match=r"APPLE_WALLET_KEYS: /nowhere.pem cannot be read"):
        read_apple_keys("/nowhere.pem")


def test_an_expired_certificate_offers_no_passes_any_more(settings):
    settings.APPLE_WALLET_KEYS = wallets.apple_file(days=-1)

    assert apple_keys() is None


@pytest.mark.parametrize(
    ("content", "issuer"),
    [
        ("", wallets.ISSUER),
        ("[]", wallets.ISSUER),
        ('{"client_email": "a@b.example"}', wallets.ISSUER),
        ('{"client_email": "a@b.example", "private_key": 1}', wallets.ISSUER),
        (json.dumps({"client_email": "a@b.example", "private_key": "x"}), wallets.ISSUER),
        (None, ""),
        (None, "cinema"),
    ],
)
def test_a_file_that_cannot_sign_links_is_refused(content: str | None, issuer: str, tmp_path: Path):
    path = tmp_path / "keys.json"
    path.write_text(Path(wallets.google_file()).read_text() if content is None else content)

    with pytest.raises(ImproperlyConfigured, match="GOOGLE_WALLET"):
        read_google_keys(str(path), issuer)
