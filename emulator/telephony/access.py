"""Who may use the vendor APIs: logins with passwords, and addresses (facts §1.1, §1.2).

The real service lets no address in until it is on the list. On the stand there is no list until somebody sets one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from emulator.core.database import Database
from emulator.core.errors import BadRequest
from emulator.core.ground import Ground

EVERYBODY = "0.0.0.0/0"


@dataclass(frozen=True)
class Login:
    login: str
    password: str


class Access:
    """The logins and the list of addresses of one account."""

    def __init__(self, database: Database, ground: Ground) -> None:
        self._database = database
        self._ground = ground

    def found(self) -> None:
        """Give a new account its first login, derived from the seed."""
        ids = self._ground.ids
        self.set_login(f"api-{ids.seed}@example.test", ids.token("telephony password", size=8))

    def login(self) -> Login:
        """The account's first login."""
        row = self._database.one("SELECT login, password FROM logins ORDER BY id LIMIT 1")
        assert row is not None
        return Login(**row)

    def set_login(self, login: str, password: str) -> None:
        """Add a login, or change the password of one."""
        known = "INSERT INTO logins (login, password) VALUES (?, ?) ON CONFLICT (login) DO UPDATE SET password = ?"
        self._database.execute(known, login, password, password)

    def knows(self, login: str) -> bool:
        return self._database.value("SELECT 1 FROM logins WHERE login = ?", login) is not None

    def fits(self, login: str, password: str) -> bool:
        """Whether `password` is that of `login`."""
        return bool(self._database.value("SELECT password = ? FROM logins WHERE login = ?", password, login))

    def whitelist(self) -> list[str] | None:
        """The networks that may ask; None: there is no list and everybody may."""
        networks = [row["network"] for row in self._database.all("SELECT network FROM ip_whitelist ORDER BY id")]
        return [network for network in networks if network] if networks else None

    def set_whitelist(self, networks: Sequence[str] | None) -> None:
        """Let in these addresses and networks only; None does away with the list. An empty list lets in nobody.

        Raises BadRequest for what is neither.
        """
        checked = [_network(text, f"ip_whitelist[{index}]") for index, text in enumerate(networks or ())]
        nobody = [""] if networks is not None and not checked else []
        with self._database.transaction():
            self._database.execute("DELETE FROM ip_whitelist")
            for network in [*checked, *nobody]:
                self._database.insert("ip_whitelist", {"network": network})

    def admits(self, address: str | None) -> bool:
        """Whether somebody at `address` may ask."""
        networks = self._database.kept(("whitelist",), self.whitelist)
        if networks is None or EVERYBODY in networks:
            return True
        try:
            asking = ip_address(address or "")
        except ValueError:
            return False
        return any(asking in ip_network(each) for each in networks)


def _network(text: str, path: str) -> str:
    try:
        return str(ip_network(text)) if "/" in text else str(ip_address(text))
    except ValueError:
        raise BadRequest.field(path, text, "an IP address or network, such as 192.0.2.7 or 192.0.2.0/24") from None
