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
    # The format asks for SHA-1 here. What protects the pass is the signature of the manifest, with SHA-256.
    hashes = {name: sha1(file, usedforsecurity=False).hexdigest() for name, file in files.items()}
    manifest = json.dumps(hashes).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as container:
        for name, file in (*files.items(), ("manifest.json", manifest), ("signature", signature(manifest, keys))):
            container.writestr(name, file)
    return packed.getvalue()


def signature(manifest: bytes, keys: AppleKeys) -> bytes:
    """The detached PKCS #7 signature of a manifest, with the certificates that it needs."""
    builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(keys.certificate, keys.key, SHA256())
    for certificate in keys.others:
        builder = builder.add_certificate(certificate)
    return builder.sign(Encoding.DER, OPTIONS)
