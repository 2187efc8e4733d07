"""Keys of wallets that are the tests' own, and a validator of passes that uses nothing of what signs them."""

import atexit
import io
import json
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha1
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PASS_TYPE, TEAM = "pass.example.cinema", "A1B2C3D4E5"
ISSUER, SERVICE_ACCOUNT = "3388000000012345678", "wallet@cinema.iam.example"
USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
REQUIRED = {
    *("formatVersion", "passTypeIdentifier", "serialNumber", "teamIdentifier", "organizationName", "description"),
    *("eventTicket", "expirationDate", "voided"),
}


@cache
def folder() -> Path:
    path = Path(mkdtemp(prefix="cinema-wallets-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def authority() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """In the place of Apple's: a key and its certificate."""
    key = rsa.generate_private_key(65537, 2048)
    return key, _certificate({NameOID.COMMON_NAME: "Authority of the tests"}, key, key, is_authority=True)


def pem_of_key(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def apple_pem(days: int = 30, **names: str) -> bytes:
    """The key, a certificate that is good for some days, and that of the authority."""
    subject = {NameOID.USER_ID: names.get("pass_type", PASS_TYPE), NameOID.ORGANIZATIONAL_UNIT_NAME: TEAM}
    own = _certificate(subject, rsa_key(), authority()[0], days=days)
    return pem_of_key(rsa_key()) + b"".join(each.public_bytes(Encoding.PEM) for each in (own, authority()[1]))


@cache
def apple_file(days: int = 30) -> str:
    path = folder() / f"apple-{days}.pem"
    path.write_bytes(apple_pem(days))
    return str(path)


@cache
def authority_file() -> str:
    path = folder() / "authority.pem"
    path.write_bytes(authority()[1].public_bytes(Encoding.PEM))
    return str(path)


@cache
def server_file() -> str:
    """The key and the certificate of a server at localhost."""
    own = _certificate({NameOID.COMMON_NAME: "localhost"}, rsa_key(), authority()[0], host="localhost")
    path = folder() / "server.pem"
    path.write_bytes(pem_of_key(rsa_key()) + own.public_bytes(Encoding.PEM))
    return str(path)


@cache
def google_file() -> str:
    path = folder() / "google.json"
    path.write_text(json.dumps({"client_email": SERVICE_ACCOUNT, "private_key": pem_of_key(rsa_key()).decode()}))
    return str(path)


def wallet_settings() -> dict[str, str]:
    """The settings of a cinema that offers both wallets."""
    return {
        "APPLE_WALLET_KEYS": apple_file(),
        "GOOGLE_WALLET_KEYS": google_file(),
        "GOOGLE_WALLET_ISSUER": ISSUER,
    }


def offer_wallets(settings: Any) -> None:
    for name, value in wallet_settings().items():
        setattr(settings, name, value)


def opened(packed: bytes) -> dict[str, bytes]:
    """The files of a pass that OpenSSL finds signed by the authority, and whose manifest is right."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest, signature = files.pop("manifest.json"), files.pop("signature")
    check_signature(manifest, signature)
    assert json.loads(manifest) == {name: sha1(file).hexdigest() for name, file in files.items()}
    found = json.loads(files["pass.json"])
    assert found.keys() >= REQUIRED
    assert (found["passTypeIdentifier"], found["teamIdentifier"], found["formatVersion"]) == (PASS_TYPE, TEAM, 1)
    keys = [field["key"] for fields in found["eventTicket"].values() for field in fields]
    assert len(keys) == len(set(keys)), "a key twice"
    assert {"icon.png", "icon@2x.png", "icon@3x.png"} <= files.keys()
    return files


def check_signature(manifest: bytes, signature: bytes) -> None:
    """Raises CalledProcessError."""
    paths = {"manifest": folder() / "manifest", "signature": folder() / "signature"}
    for path, content in zip(paths.values(), (manifest, signature), strict=True):
        path.write_bytes(content)
    verify = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-out", "/dev/null"]
    files = ["-in", paths["signature"], "-content", paths["manifest"], "-CAfile", authority_file()]
    subprocess.run([*verify, *files], check=True, capture_output=True)


def _certificate(
    subject: dict[x509.ObjectIdentifier, str],
    key: rsa.RSAPrivateKey,
    signed_by: rsa.RSAPrivateKey,
    *,
    days: int = 30,
    is_authority: bool = False,
    host: str = "",
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(kind, value) for kind, value in subject.items()])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if is_authority else authority()[1].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key()), critical=False)
    )
    if host:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    if is_authority:
        usage = dict.fromkeys(USAGES, False) | {"key_cert_sign": True}
        builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
    return builder.sign(signed_by, SHA256())
