"""Certificates for clients whose address is hard-coded (`https://{subdomain}.amocrm.ru`), and the front that uses them.

A folder keeps two files. `stand.pem` is the key and the certificate of the TLS front with the CA that signed it;
`ca.pem` is that CA alone, for clients to trust. The CA may vouch for amoCRM's names and this machine only (name
constraints), and its own key is forgotten as soon as it has signed: nobody can issue anything else with it. Serial
numbers and keys are the one thing here that is drawn from the system's randomness. Validity is fixed, 2020 to 2049,
because worlds have clocks of their own. This module is imported when TLS is asked for and not before.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from emulator.core.errors import Problem
from emulator.stand.proxy import DOMAINS, LOOPBACK, ConnectProxy
from emulator.stand.servers import Servers, authority

FRONT = "amocrm_tls"
PROXY = "proxy"

_NAMES = [name for domain in DOMAINS for name in (f"*.{domain}", domain)] + ["localhost"]
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_END = datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)


class Unusable(Problem):
    """A file that cannot be used; says which and what to do."""


@dataclass(frozen=True)
class Tls:
    """What a stand needs to speak TLS; `ca` is the file that its clients are told to trust."""

    ca: Path
    context: ssl.SSLContext


def prepare(folder: Path) -> Tls:
    """The certificates kept in `folder`, made if there are none. Raises Unusable naming the file that is broken.

    Several stands may start at once on one folder: the first to put its file there wins, the others use it.
    """
    front, ca = folder.absolute() / "stand.pem", folder.absolute() / "ca.pem"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not front.exists():
            _put(front, _issue(), 0o600)
        authority = _authority_of(front)
        if not ca.exists():
            _put(ca, _pem(authority), 0o644)
        _check_trusted(ca, authority)
        return Tls(ca, _context(front))
    except OSError as error:
        raise Unusable(f"cannot use {error.filename or folder}: {error.strerror}") from None


async def open_front(tls: Tls, servers: Servers, ports: dict[str, int]) -> None:
    """Serve the fake amoCRM by TLS too, and a CONNECT proxy that leads there; both stop with `servers`."""
    address = await servers.start_tls(FRONT, "amocrm", tls.context, ports.get(FRONT, 0))
    proxy = ConnectProxy(address)
    bound = await proxy.start(servers.host, ports.get(PROXY, 0))
    servers.add(PROXY, f"http://{authority(servers.host, bound)}", proxy.stop)


def _put(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is whole as soon as it is there; one that is there already stays."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, mode)
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)


def _authority_of(front: Path) -> x509.Certificate:
    """The CA in the front's file, when key, certificate and CA belong together."""
    content = front.read_bytes()
    try:
        key = serialization.load_pem_private_key(content, None)
        leaf, authority = x509.load_pem_x509_certificates(content)
        leaf.verify_directly_issued_by(authority)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        raise _broken(front, "it holds no key with its certificate and CA") from None
    if leaf.public_key() != key.public_key():
        raise _broken(front, "its key is not that of its certificate")
    if names.get_values_for_type(x509.DNSName) != _NAMES:
        raise _broken(front, "its certificate is for other names")
    return authority


def _check_trusted(ca: Path, authority: x509.Certificate) -> None:
    """`ca` may hold other roots as well."""
    try:
        trusted = x509.load_pem_x509_certificates(ca.read_bytes())
    except ValueError:
        raise _broken(ca, "it holds no certificate") from None
    if authority not in trusted:
        raise _broken(ca, "it does not hold the CA of stand.pem")


def _broken(path: Path, why: str) -> Unusable:
    return Unusable(f"cannot use {path}: {why}; delete ca.pem and stand.pem there to have new ones made")


def _context(front: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(front)
    return context


def _issue() -> bytes:
    """A new key, its certificate and the CA that signed it, as PEM."""
    signer, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _authority(signer)
    leaf = _leaf(key, authority, signer)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + _pem(leaf) + _pem(authority)


def _authority(signer: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in (*DOMAINS, "localhost")]
    machine = [x509.IPAddress(network) for network in (IPv4Network(LOOPBACK), IPv6Network("::1"))]
    builder = _certificate("amostand test CA", "amostand test CA", signer)
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints([*names, *machine], None), critical=True)
        .sign(signer, SHA256())
    )


def _leaf(
    key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in _NAMES]
    machine = [x509.IPAddress(address) for address in (IPv4Address(LOOPBACK), IPv6Address("::1"))]
    issuer = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = _certificate("amostand", "amostand test CA", key)
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .add_extension(x509.SubjectAlternativeName([*names, *machine]), critical=False)
        .sign(signer, SHA256())
    )


def _certificate(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    """What CA and leaf have in common."""

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    public = key.public_key()
    builder = x509.CertificateBuilder(name(issuer), name(subject), public, x509.random_serial_number(), _BEGIN, _END)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
