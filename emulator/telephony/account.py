"""One telephony account: its rows, its employees and numbers, its calls, its access tokens, its events out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import aiohttp

from emulator.core.copies import Source
from emulator.core.database import Database
from emulator.core.ground import Ground
from emulator.core.sender import Destination, Sender
from emulator.core.timers import Timers
from emulator.telephony.access import Access
from emulator.telephony.address_book import AddressBook
from emulator.telephony.communications.deal_contacts import DealContacts
from emulator.telephony.communications.deal_list import DealList
from emulator.telephony.communications.deals import Deals
from emulator.telephony.communications.form_events import FormEvents
from emulator.telephony.communications.forms import Forms
from emulator.telephony.communications.ledger import Communications
from emulator.telephony.communications.sales import Sales
from emulator.telephony.communications.tags import Tags
from emulator.telephony.engine.calls import Calls
from emulator.telephony.engine.engine import Engine
from emulator.telephony.engine.notices import Notices
from emulator.telephony.engine.options import TalkOptions
from emulator.telephony.engine.preludes import Preludes
from emulator.telephony.engine.readiness import Offline, ReadyPeople
from emulator.telephony.engine.step import Hands
from emulator.telephony.engine.store import CallStore
from emulator.telephony.engine.terminals import Terminals
from emulator.telephony.engine.views import CallView, LegView
from emulator.telephony.limits import ApiLimits
from emulator.telephony.marketing.marketing import Marketing
from emulator.telephony.marketing.sites import SiteSpec
from emulator.telephony.media_files import MediaFiles
from emulator.telephony.recordings import READY, Recordings, announcing
from emulator.telephony.rpc import SECRETS
from emulator.telephony.scenarios.account import ScenarioParts
from emulator.telephony.schema import COUNTERS, schema
from emulator.telephony.staff import Employee, EmployeeSpec, NumberOfEmployee, NumberSpec, Staff, VirtualNumber
from emulator.telephony.tokens import Holder, Tokens

__all__ = [
    "CallView",
    "Employee",
    "EmployeeSpec",
    "LegView",
    "NumberOfEmployee",
    "NumberSpec",
    "SiteSpec",
    "TelephonyAccount",
    "VirtualNumber",
]


class TelephonyAccount:
    """Everything of one account; made by `open`.

    `calls` is the engine's face, `deliveries` the sender of events with its log, `terminals` say which telephone stands
    behind which number, `database` holds all of the account's state.
    """

    def __init__(
        self,
        ground: Ground,
        database: Database,
        base_url: str,
        integration: Callable[[], Destination | None],
        session: Callable[[], aiohttp.ClientSession],
    ) -> None:
        self.ground = ground
        self.database = database
        self.staff = Staff(ground, database)
        self.address_book = AddressBook(database)
        self.marketing = Marketing(ground, database)
        self.communications = Communications(ground, database)
        self.tags = Tags(ground, database)
        self.sales = Sales(database, self.tags)
        self.deal_contacts = DealContacts(database)
        self.deals = Deals(database, self.communications.persons, self.deal_contacts)
        self.deal_list = DealList(database, self.communications, self.deals, self.sales)
        self.store = CallStore(database)
        self.terminals = Terminals()
        self.tokens = Tokens(database, ground)
        self.access = Access(database, ground)
        ground.journal.conceal("/v2.0", SECRETS)
        self.limits = ApiLimits(database, ground)
        self.timers = timers = Timers("telephony", database, ground.clock)
        self.recordings = Recordings(ground, self.store, timers, base_url)
        self.deliveries = Sender(ground, database, timers, session, integration, "telephony")
        form_events = FormEvents(ground, self.deliveries, integration, self.communications)
        self.forms = Forms(ground, database, self.communications, self.tags, form_events)
        notices = Notices(ground, self.deliveries, integration, self.recordings, self.communications)
        self.talk_options = TalkOptions(database)
        self.people = ReadyPeople(database, timers)
        self.preludes = Preludes(database, timers)
        self.media_files = MediaFiles(database)
        hands = Hands(self.store, self.staff, self.terminals, notices, timers, self.preludes)
        self.engine = Engine(ground, hands, self.communications, self.marketing, self.talk_options, self.tags)
        self.people.listen(self.engine)
        self.terminals.automatic, self.terminals.offline = self.people, Offline(self.engine)
        timers.on(READY, announcing(self.store, notices, ground.clock))
        self.calls = Calls(ground, self.engine, self.store, self.staff, self.recordings)
        self.routing = ScenarioParts(ground, database, timers, self.staff, self.engine, integration, session, self.tags)
        self.scenarios = self.routing.scenarios

    @classmethod
    def open(
        cls,
        ground: Ground,
        *,
        name: str,
        employees: Sequence[EmployeeSpec],
        virtual_numbers: Sequence[NumberSpec],
        base_url: str,
        integration: Callable[[], Destination | None],
        session: Callable[[], aiohttp.ClientSession],
        sites: Sequence[SiteSpec] = (),
        path: Path | None = None,
        source: Source | None = None,
        limits: bool = False,
    ) -> TelephonyAccount:
        """Open the account kept in `path`, or make it with these employees, numbers and sites; None keeps it in memory.
        With a `source` it has the rows of that one.

        `base_url` is where the telephony's server is reached; `integration` says where events go and with which
        headers, None while none is connected; `session` gives the HTTP client to send them with; `limits` says whether
        those of the vendor APIs are in force.
        Raises BadRequest for a number that is none.
        """
        database = ground.databases.open(schema(), COUNTERS, ground.ids, path)
        if source is not None:
            database.restore(source)
        account = cls(ground, database, base_url, integration, session)
        if database.one("SELECT 1 FROM account") is None:
            with database.transaction():
                database.insert("account", {"id": ground.ids.first("account"), "name": name})
                account.access.found()
                account.limits.found(limits)
                account.staff.settle_in(employees, virtual_numbers)
                account.talk_options.settle_in()
                account.marketing.settle_in(sites, account.staff)
                account.tags.settle_in()
                account.media_files.settle_in()
        return account

    @property
    def id(self) -> int:
        return self.ground.ids.first("account")

    @property
    def name(self) -> str:
        return str(self.database.value("SELECT name FROM account"))

    @property
    def employees(self) -> list[Employee]:
        """Everybody with id and numbers, in the order they were given."""
        return self.staff.employees()

    @property
    def virtual_numbers(self) -> list[VirtualNumber]:
        """The virtual numbers with ids, in the order they were given."""
        return self.staff.virtual_numbers()

    def issue_token(self, holder: Literal["client", "integration"]) -> str:
        """A permanent access token of the Data API; `holder` says in the journal who used it."""
        return self.tokens.issue(holder)

    def holder_of(self, token: str) -> Holder | None:
        return self.tokens.holder_of(token)

    def resume_deliveries(self) -> None:
        """Go on delivering what waits: after a restart, a restored snapshot, or the integration's return."""
        for row in self.database.all("SELECT DISTINCT stream FROM deliveries WHERE state = 'waiting'"):
            self.deliveries.wake(row["stream"])
        self.routing.runner.resume()

    def staff_changed(self) -> None:
        """To be told when somebody may be free now: a status, a number, a line or a group is another one."""
        self.routing.runner.look_at_queue()

    async def close(self) -> None:
        """Let go of the rows; close the ground first, so that no delivery is under way."""
        self.database.close()
