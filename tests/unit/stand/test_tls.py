"""Certificates: what they vouch for, that they are used again, and what is said of files that cannot be used."""

from __future__ import annotations

import ssl
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from emulator.stand import tls as module
from emulator.stand.cli import main
from emulator.stand.tls import Unusable, prepare


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls") / "made" / "here"
    prepare(folder)
    return folder


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    """A folder of its own with the same files."""
    for name in ("stand.pem", "ca.pem"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    return tmp_path


def certificates(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


def trusting(ca: Path) -> ssl.SSLContext:
    """A client that trusts `ca` and checks as strictly as Python 3.13 does by default."""
    context = ssl.create_default_context(cafile=str(ca))
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> str | None:
    """The protocol that both agree on, in memory. Raises SSLCertVerificationError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    while sides:
        for side in list(sides):
            try:
                side.do_handshake()
                sides.remove(side)
                version = side.version()
            except ssl.SSLWantReadError:
                pass
    return version


def test_the_ca_vouches_for_amocrms_names_and_this_machine_only(folder: Path) -> None:
    (ca,) = certificates(folder / "ca.pem")
    constraints = ca.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert constraints.value.permitted_subtrees == [
        x509.DNSName("amocrm.ru"),
        x509.DNSName("kommo.com"),
        x509.DNSName("localhost"),
        x509.IPAddress(IPv4Network("127.0.0.1/32")),
        x509.IPAddress(IPv6Network("::1/128")),
    ]
    basic = ca.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    usage = ca.extensions.get_extension_for_class(x509.KeyUsage)
    assert (usage.critical, usage.value.key_cert_sign, usage.value.digital_signature) == (True, True, False)


def test_the_certificate_has_every_name_and_serves_only(folder: Path) -> None:
    leaf, ca = certificates(folder / "stand.pem")
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [
        "*.amocrm.ru",
        "amocrm.ru",
        "*.kommo.com",
        "kommo.com",
        "localhost",
    ]
    assert names.get_values_for_type(x509.IPAddress) == [IPv4Address("127.0.0.1"), IPv6Address("::1")]
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    issuer = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert issuer == ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest


def test_they_are_valid_whatever_a_world_takes_for_now(folder: Path) -> None:
    for certificate in certificates(folder / "stand.pem"):
        assert certificate.not_valid_before_utc == datetime(2020, 1, 1, tzinfo=UTC)
        assert certificate.not_valid_after_utc == datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_only_the_owner_reads_the_key_and_the_ca_has_none(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "stand.pem").stat().st_mode) == 0o600
    assert (folder / "stand.pem").read_text().count("PRIVATE KEY") == 2
    assert "PRIVATE KEY" not in (folder / "ca.pem").read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["ca.pem", "stand.pem"]


@pytest.mark.parametrize("name", ["sample.amocrm.ru", "amocrm.ru", "sample.kommo.com", "localhost", "127.0.0.1", "::1"])
def test_a_strict_client_accepts_it(folder: Path, name: str) -> None:
    tls = prepare(folder)
    assert shake_hands(tls.context, trusting(tls.ca), name) in ("TLSv1.2", "TLSv1.3")


def test_it_speaks_nothing_older_than_tls_1_2(folder: Path) -> None:
    assert prepare(folder).context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_ca_cannot_vouch_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_NAMES", ["example.test"])
    tls = prepare(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake_hands(tls.context, trusting(tls.ca), "example.test")


def test_it_is_used_again(copied: Path) -> None:
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    assert prepare(copied).ca == copied / "ca.pem"
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before


def test_a_copy_of_the_ca_that_was_lost_comes_back(copied: Path) -> None:
    before = (copied / "ca.pem").read_bytes()
    (copied / "ca.pem").unlink()
    prepare(copied)
    assert (copied / "ca.pem").read_bytes() == before


def test_other_roots_may_stand_beside_the_ca(copied: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = prepare(tmp_path_factory.mktemp("other")).ca.read_bytes()
    both = other + (copied / "ca.pem").read_bytes()
    (copied / "ca.pem").write_bytes(both)
    prepare(copied)
    assert (copied / "ca.pem").read_bytes() == both


def test_stands_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starts:
        found = list(starts.map(prepare, [tmp_path / "tls"] * 8))
    (trusted,) = certificates(tmp_path / "tls" / "ca.pem")
    assert certificates(tmp_path / "tls" / "stand.pem")[1] == trusted
    assert all(shake_hands(tls.context, trusting(tls.ca), "localhost") for tls in found)
    assert sorted(path.name for path in (tmp_path / "tls").iterdir()) == ["ca.pem", "stand.pem"]


@pytest.mark.parametrize("name", ["stand.pem", "ca.pem"])
@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: whole[: len(whole) // 2], lambda whole: b"\x00"])
def test_a_broken_file_is_named_and_left(copied: Path, name: str, damage: object) -> None:
    assert callable(damage)
    broken = damage((copied / name).read_bytes())
    (copied / name).write_bytes(broken)
    with pytest.raises(Unusable) as refusal:
        prepare(copied)
    assert str(copied / name) in refusal.value.detail
    assert "delete ca.pem and stand.pem" in refusal.value.detail
    assert (copied / name).read_bytes() == broken


def test_files_that_do_not_belong_together(copied: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    prepare(other)
    key, end, certificate = (copied / "stand.pem").read_text().partition("-----END PRIVATE KEY-----\n")
    foreign = (other / "stand.pem").read_text().partition("-----END PRIVATE KEY-----\n")
    (copied / "stand.pem").write_text(foreign[0] + end + certificate)
    with pytest.raises(Unusable, match=r"stand\.pem: its key is not that of its certificate"):
        prepare(copied)
    (copied / "stand.pem").write_text(key + end + certificate)
    (copied / "ca.pem").write_bytes((other / "ca.pem").read_bytes())
    with pytest.raises(Unusable, match=r"ca\.pem: it does not hold the CA of stand\.pem"):
        prepare(copied)


def test_a_certificate_for_other_names_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "_NAMES", ["amocrm.ru"])
        prepare(tmp_path)
    with pytest.raises(Unusable, match="its certificate is for other names"):
        prepare(tmp_path)


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unusable, match="file"):
        prepare(tmp_path / "file" / "tls")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--tls-dir", "x"], "ask for --tls as well"),
        (["--tls", "--port", "65531"], "--port is at most 65530"),
    ],
)
def test_options_that_do_not_go_together(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(main, ["up", *arguments])
    assert (done.exit_code, says in done.output) == (2, True)


def test_the_command_line_names_the_broken_file(copied: Path) -> None:
    (copied / "stand.pem").write_text("broken")
    done = CliRunner().invoke(main, ["up", "--tls", "--tls-dir", str(copied), "--port", "0"])
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: cannot use {copied / 'stand.pem'}: ")
