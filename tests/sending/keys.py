"""Keys to sign with, and a DNS that knows their public halves."""

from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from pipeline.sending.dkim import Signer

DOMAIN = "example.org"
_RSA, _ED25519 = rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()
SIGNERS = {
    "rsa": Signer(DOMAIN, "one", _RSA, "rsa-sha256"),
    "ed25519": Signer(DOMAIN, "two", _ED25519, "ed25519-sha256"),
}
PEM = {
    name: key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for name, key in (("rsa", _RSA), ("ed25519", _ED25519))
}
_PUBLIC_RSA = _RSA.public_key().public_bytes(
    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
)
_PUBLIC_ED25519 = _ED25519.public_key().public_bytes_raw()
RECORDS = {
    b"one._domainkey.example.org.": b"v=DKIM1; k=rsa; p=" + b64encode(_PUBLIC_RSA),
    b"two._domainkey.example.org.": b"v=DKIM1; k=ed25519; p=" + b64encode(_PUBLIC_ED25519),
}


def dns(name: bytes, timeout: int = 5) -> bytes | None:
    return RECORDS.get(name)


def write_keys(folder: Path) -> None:
    for name, data in PEM.items():
        (folder / f"{name}.key").write_bytes(data)
        (folder / f"{name}.key").chmod(0o600)
