"""Distribution to employees and to groups, with a queue for when nobody is free.

    together      everybody who is free rings at once
    in_order      one after another, the first of the list first
    round_robin   one after another, beginning behind the one with whom it began the last time

Each employee's numbers ring one after another for their dial times. Who is on another call, or whose status takes no
calls, is left out with the vendor's reason; with a queue the caller waits until one of those is free. Everybody is rung
once at most in one passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from emulator.core.errors import nearest
from emulator.telephony.engine.records import Leg
from emulator.telephony.scenarios.crew import Crew, Skip
from emulator.telephony.scenarios.kinds.base import FAILED, Id, Kind, S, Settings, refuse
from emulator.telephony.scenarios.kinds.greeting import LONGEST, Seconds
from emulator.telephony.scenarios.passages import Passage
from emulator.telephony.scenarios.run import Run, Tools

How = Literal["together", "in_order", "round_robin"]
DialTime = Annotated[int, msgspec.Meta(ge=1, le=LONGEST)]

TIMEOUT = "timeout"
NOBODY_ANSWERED = "no_success_operator_call"
NOBODY_RUNG = "no_operator_cdr_found"

_FOR_GOOD = (Skip.EMPLOYEE_NOT_EXISTS, Skip.EMPLOYEE_WITHOUT_PHONES)
"""What does not pass by waiting."""


class Queue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`longest` is how long a caller waits for somebody to be free; then the operation is left by `failed`."""

    longest: Seconds = 180


class DistributionSettings(Settings, frozen=True, forbid_unknown_fields=True):
    """`dial_time`: seconds for each number, instead of the number's own. `check_busy` off: who talks is rung all the
    same."""

    how: How = "together"
    dial_time: DialTime | None = None
    check_busy: bool = True
    queue: Queue | None = None


class EmployeesSettings(DistributionSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`who` are employees' ids, in order of priority."""

    who: Annotated[list[Id], msgspec.Meta(min_length=1)]


class GroupsSettings(DistributionSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`groups` are names, in order of priority."""

    groups: Annotated[list[str], msgspec.Meta(min_length=1)]


class Distribution(Kind[S]):
    """What both kinds of distribution do. `state["left"]` are the employees who have not been rung yet."""

    fixed_exits = (FAILED,)

    def people(self, crew: Crew, settings: Any) -> Sequence[int]:
        """Whom to ring, in order of priority."""
        raise NotImplementedError

    def enter(self, run: Run, settings: Any) -> None:
        people = list(dict.fromkeys(self.people(run.tools.crew, settings)))
        if not people:
            run.leave(FAILED, Skip.GROUP_WITHOUT_PHONES)
            return
        run.state["left"] = _from_the_next(run, people) if settings.how == "round_robin" else people
        self._ring(run, settings)

    def rang_out(self, run: Run, settings: Any, leg: Leg) -> None:
        if leg.employee_id is not None and leg.phone_id is not None:
            tried = run.tools.staff.phone(leg.phone_id)
            if self._dial(run, settings, leg.employee_id, tried.position):
                return
        if not run.rings():
            self._ring(run, settings)

    def freed(self, run: Run, settings: Any) -> None:
        self._ring(run, settings)

    def is_worth_a_look(self, passage: Passage, settings: Any, crew: Crew) -> bool:
        left: list[int] = passage.state["left"]
        call_id = passage.session_id
        return any(crew.why_not(each, call_id, check_busy=settings.check_busy) is None for each in left)

    def elapsed(self, run: Run, settings: Any, what: str) -> None:
        """The longest wait is over; whoever rings now may still answer."""
        run.state["expired"] = True
        if run.is_queued():
            run.leave_queue()
            run.leave(FAILED, TIMEOUT)

    def _ring(self, run: Run, settings: Any) -> None:
        """Ring those of the rest who are free; where nobody is, wait or go on."""
        left: list[int] = run.state["left"]
        for employee_id in list(left):
            reason = run.tools.crew.why_not(employee_id, run.step.call.id, check_busy=settings.check_busy)
            if reason is not None:
                run.skip(reason, employee_id)
                if settings.queue is None or reason in _FOR_GOOD:
                    left.remove(employee_id)
                continue
            left.remove(employee_id)
            self._take_turn(run, settings, employee_id)
            self._dial(run, settings, employee_id)
            if settings.how != "together":
                break
        if run.rings():
            run.leave_queue()
        elif left and not run.state.get("expired"):
            self._wait(run, settings)
        else:
            run.leave(FAILED, TIMEOUT if left else _why(run))

    def _dial(self, run: Run, settings: Any, employee_id: int, after: int = -1) -> bool:
        """Ring the employee's next number behind the position `after` that lets calls through, if there is one."""
        for phone, refusal in run.tools.crew.numbers(employee_id, after):
            if refusal is None:
                run.dial(phone, settings.dial_time)
                return True
            run.skip(refusal, employee_id, phone.number)
        return False

    def _take_turn(self, run: Run, settings: Any, employee_id: int) -> None:
        if settings.how == "round_robin" and not run.has_dialled():
            run.tools.database.execute(
                "INSERT OR REPLACE INTO operation_turns (operation_id, employee_id) VALUES (?, ?)",
                *(run.operation.id, employee_id),
            )

    def _wait(self, run: Run, settings: Any) -> None:
        if "queued_at" not in run.details:
            run.details["queued_at"] = run.now
            run.wake_after(settings.queue.longest, "longest")
        run.queue_up()


class Employees(Distribution[EmployeesSettings]):
    name = "employees"
    title = "Распределение на сотрудников"
    settings = EmployeesSettings

    def people(self, crew: Crew, settings: EmployeesSettings) -> Sequence[int]:
        return settings.who

    def check(self, settings: EmployeesSettings, tools: Tools, path: str) -> None:
        for index, employee_id in enumerate(settings.who):
            if not tools.crew.exists(employee_id):
                raise refuse(f"{path}.who[{index}]", employee_id, "the id of an employee of this account")


class Groups(Distribution[GroupsSettings]):
    name = "groups"
    title = "Распределение на группы сотрудников"
    settings = GroupsSettings

    def people(self, crew: Crew, settings: GroupsSettings) -> Sequence[int]:
        return [employee_id for group in settings.groups for employee_id in crew.members(group)]

    def check(self, settings: GroupsSettings, tools: Tools, path: str) -> None:
        known = list(tools.crew.group_names())
        for index, group in enumerate(settings.groups):
            if group not in known:
                near = nearest(group, known)
                hint = f" (did you mean {near}?)" if near else ""
                raise refuse(f"{path}.groups[{index}]", group, f"a group of this account: {', '.join(known)}{hint}")


def _from_the_next(run: Run, people: list[int]) -> list[int]:
    """`people`, beginning behind the one with whom it began the last time."""
    turn = "SELECT employee_id FROM operation_turns WHERE operation_id = ?"
    last = run.tools.database.value(turn, run.operation.id)
    start = people.index(last) + 1 if last in people else 0
    return people[start:] + people[:start]


def _why(run: Run) -> str:
    """The reason for leaving: nobody answered, or nobody could be rung and all for the same reason."""
    if run.has_dialled():
        return NOBODY_ANSWERED
    reasons = set(run.skipped_for())
    return reasons.pop() if len(reasons) == 1 else NOBODY_RUNG
