"""Signed archives of passes, .pkpass: https://developer.apple.com/documentation/walletpasses/building-a-pass"""

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha1

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from cinema.wallet.keys import AppleKeys

OPTIONS = (PKCS7Options.DetachedSignature, PKCS7Options.Binary)


def archive(files: Mapping[str, bytes], keys: AppleKeys) -> bytes:
    """The files with their manifest and its signature, as one file."""
    # Apple's format: the manifest is signed, with SHA-256, so it needs no stronger hashes of its own.
    hashes = {name: sha1(file, usedforsecurity=False).hexdigest() for name, file in files.items()}
    manifest = json.dumps(hashes).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in (*files.items(), ("manifest.json", manifest), ("signature", signature(manifest, keys))):
            archive.writestr(name, file)
    return packed.getvalue()


def signature(manifest: bytes, keys: AppleKeys) -> bytes:
    """The detached PKCS #7 signature of a manifest, with the certificates that it needs."""
    builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(keys.certificate, keys.key, SHA256())
    for certificate in keys.others:
        builder = builder.add_certificate(certificate)
    return builder.sign(Encoding.DER, OPTIONS)
