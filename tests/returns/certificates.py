"""Certificates made in the test: whom they name, until when they are good, and who trusts them."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

KEY = rsa.generate_private_key(65537, 2048)  # one for all: making it takes longest


@dataclass(frozen=True)
class Certificate:
    pem: bytes
    folder: Path

    def server(self) -> ssl.SSLContext:
        path = self.folder / "server.pem"
        key = KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(key + self.pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.pem.decode())


def make(
    folder: Path,
    *names: str,
    days: float = 90,
    begins: datetime | None = None,
    key: rsa.RSAPrivateKey = KEY,
) -> Certificate:
    """A certificate that vouches for itself, for these names (`127.0.0.1` without any)."""
    begins = begins or datetime.now(UTC) - timedelta(days=1)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    known = [_named(name) for name in names or ("127.0.0.1", "localhost")]
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days + 1))
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Certificate(built.public_bytes(serialization.Encoding.PEM), folder)


def _named(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
