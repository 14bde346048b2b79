"""The telephony accounts that one server answers for, and how a request finds its own."""

from __future__ import annotations

from emulator.core.errors import Conflict
from emulator.core.ids import seed_of
from emulator.telephony.account import TelephonyAccount
from emulator.telephony.rpc import Credentials
from emulator.telephony.tokens import Holder, seed_in


class Accounts:
    """Accounts by the seed of their world; two of the same seed cannot be behind one server."""

    def __init__(self) -> None:
        self._by_seed: dict[int, TelephonyAccount] = {}

    def add(self, account: TelephonyAccount) -> None:
        """Raises Conflict when an account of the same seed is here."""
        seed = account.ground.ids.seed
        if seed in self._by_seed:
            raise Conflict(f"an account with the seed {seed} is open here already")
        self._by_seed[seed] = account

    def remove(self, account: TelephonyAccount) -> None:
        if self._by_seed.get(account.ground.ids.seed) is account:
            del self._by_seed[account.ground.ids.seed]

    def by_token(self, token: str) -> tuple[TelephonyAccount, Holder] | None:
        """The account that issued `token`, and whose token it is."""
        seed = seed_in(token)
        account = self._by_seed.get(seed) if seed is not None else None
        holder = account.holder_of(token) if account else None
        return (account, holder) if account and holder else None

    def of(self, credentials: Credentials) -> tuple[TelephonyAccount, Holder] | None:
        """The account that a JSON-RPC request is made to, and who makes it.

        Of two accounts with the same login it is the one whose password it is.
        """
        if credentials.login is None:
            return self.by_token(credentials.token) if credentials.token else None
        login, password = credentials.login, credentials.password or ""
        known = [account for account in self._by_seed.values() if account.access.knows(login)]
        fitting = next((account for account in known if account.access.fits(login, password)), None)
        return (fitting or known[0], "client") if known else None

    def by_id(self, identifier: int) -> TelephonyAccount | None:
        """The account that an id of a session, a communication or anything else belongs to."""
        return self._by_seed.get(seed_of(identifier))
