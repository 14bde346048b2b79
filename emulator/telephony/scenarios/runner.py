"""Leads calls through scenarios: the engine's routing.

    arrived ─▸ the first operation of the number's scenario ─exit─▸ the next one ─▸ …
                  ├─ somebody answers: the scenario has done its part
                  ├─ an exit that leads nowhere: the call ends (`no_operation`)
                  └─ too many operations: the call ends (`max_transition_count_exceeded`)

All of it is rows; a timer, an answer from outside or a restart finds the call where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from emulator.core.instants import micros
from emulator.telephony.engine.engine import Engine
from emulator.telephony.engine.reasons import Reason
from emulator.telephony.engine.records import Leg
from emulator.telephony.engine.step import Step
from emulator.telephony.scenarios.editor import Scenarios
from emulator.telephony.scenarios.kinds import KINDS
from emulator.telephony.scenarios.kinds.base import AnyKind
from emulator.telephony.scenarios.model import Operation
from emulator.telephony.scenarios.passages import Passage, Passages
from emulator.telephony.scenarios.requests import Reply, Request
from emulator.telephony.scenarios.run import DEADLINE, TALK, TIMER, Run, Tools

MOST_TRANSITIONS = 100
"""How many operations a call may pass (facts §4.2: the engine caps them; how many is ours)."""

TAKEN_OVER = "taken_over"
"""The reason of an operation that was left because somebody drives the call from then on."""

_OVERDUE = "overdue"
_MOMENT = timedelta(microseconds=1)
_STEP = "scenario"


class Runner:
    """The calls of one account that scenarios lead."""

    def __init__(self, engine: Engine, tools: Tools, scenarios: Scenarios, passages: Passages) -> None:
        self._engine = engine
        self._tools = tools
        self._scenarios = scenarios
        self._passages = passages
        tools.timers.on(TIMER, self._due)
        tools.requests.on_reply = self._replied

    # what the engine tells

    def arrived(self, step: Step) -> None:
        """A call begins that has a scenario, or whose number has one."""
        session = step.session
        if session.scenario_id is None and session.virtual_phone is not None:
            session.scenario_id = self._scenarios.of_number(session.virtual_phone)
        if session.scenario_id is None:
            return
        found = self._scenarios.first_of(session.scenario_id)
        if found is None:
            step.finish(Reason.SCENARIO_NOT_FOUND)
            return
        name, first = found
        session.is_routed = True
        self._passages.begin(session.id, session.scenario_id, name)
        self._go_on(self._enter(step, first))

    def rang_out(self, step: Step, leg: Leg) -> None:
        if (run := self._run(step)) and leg.operation_id == run.operation.id:
            self._kind(run).rang_out(run, run.operation.settings, leg)
            self._go_on(run)

    def answered(self, step: Step, leg: Leg) -> None:
        """The scenario has done its part, also one that has been deleted since; the talk is not its business."""
        self._abandon(step, None, TALK)
        step.session.is_routed = False

    def pressed(self, step: Step, digits: str) -> None:
        for key in digits:
            if run := self._run(step):
                self._kind(run).pressed(run, run.operation.settings, key)
                self._go_on(run)

    def taken_over(self, step: Step) -> None:
        self._abandon(step, TAKEN_OVER)

    def ended(self, step: Step) -> None:
        self._abandon(step, step.session.finish_reason)

    def freed(self, step: Step) -> None:
        """An employee's line is over: see, once the step is, whether a caller waits for him."""
        self.look_at_queue()

    # what comes back by itself

    def look_at_queue(self) -> None:
        """Somebody may be free now: a line is over, a status was changed, a telephone registered."""
        if self._tools.database.value("SELECT 1 FROM scenario_queue LIMIT 1") is not None:
            self._tools.ground.work.spawn(self._serve_queue(), "queue of a scenario")

    def resume(self) -> None:
        """Go on after a restart or a restored snapshot."""
        self._tools.requests.resume()
        self.look_at_queue()

    async def _serve_queue(self) -> None:
        """Whoever waits longest is looked after first; a call for which nobody is free is left alone."""
        await self._tools.ground.gate.passed()
        waiting = self._tools.database.all("SELECT session_id FROM scenario_queue ORDER BY since, session_id")
        for row in waiting:
            if not self._is_worth_a_look(row["session_id"]):
                continue
            with self._resumed(row["session_id"]) as run:
                if run and run.is_queued():
                    self._kind(run).freed(run, run.operation.settings)

    def _is_worth_a_look(self, session_id: int) -> bool:
        journey = self._passages.journey(session_id)
        if journey is None or journey.passage_id is None:
            return False
        passage = self._passages.get(journey.passage_id)
        operation = self._scenarios.operation(passage.operation_id)
        if operation is None:
            return True
        return KINDS[passage.kind].is_worth_a_look(passage, operation.settings, self._tools.crew)

    def _due(self, key: str, payload: dict[str, Any]) -> None:
        """A timer of the operation `key`."""
        passage = self._passages.get(int(key))
        if payload["what"] == DEADLINE:
            self._last_call(passage)
            return
        with self._resumed(passage.session_id, passage.id) as run:
            if run is None:
                return
            settings = run.operation.settings
            if payload["what"] == _OVERDUE:
                self._kind(run).silent(run, settings)
            else:
                self._kind(run).elapsed(run, settings, payload["what"])

    def _last_call(self, passage: Passage) -> None:
        """An answer that comes at this very instant is in time (GAP-47): let whatever else is due now go first.

        What ends the wait at this instant is lost with the process; the row that stands in for it is a moment later.
        """
        clock, request_id = self._tools.ground.clock, passage.state["request"]
        now = clock.now()
        self._tools.timers.set(TIMER, str(passage.id), now + _MOMENT, {"what": _OVERDUE})
        clock.call_at(now, lambda: self._over(passage, request_id))

    def _over(self, passage: Passage, request_id: int) -> None:
        with self._resumed(passage.session_id, passage.id) as run:
            if run and run.state.get("request") == request_id:
                self._kind(run).silent(run, run.operation.settings)

    def _replied(self, request: Request, reply: Reply) -> None:
        with self._resumed(request.session_id, request.passage_id) as run:
            if run:
                self._tools.requests.note(request, "answered")
                del run.state["request"]
                run.stop_waiting()
                self._kind(run).replied(run, run.operation.settings, request.purpose, reply)
                return
        self._too_late(request, reply)

    def _too_late(self, request: Request, reply: Reply) -> None:
        """Note it and do nothing else (contract §3)."""
        self._tools.requests.note(request, "late" if reply.status else "silent")
        if not reply.status:
            return
        passage = self._passages.get(request.passage_id)
        said = KINDS[passage.kind].late(request.purpose, reply, micros(self._tools.ground.clock.now()))
        if said is not None:
            passage.details["late_answer"] = said
            self._passages.save(passage)

    # runs

    @contextmanager
    def _resumed(self, session_id: int, passage_id: int | None = None) -> Iterator[Run | None]:
        """A step of the call's own, if it still is in that operation; it goes on behind the block."""
        journey = self._passages.journey(session_id)
        if journey is None or journey.passage_id is None or passage_id not in (None, journey.passage_id):
            yield None
            return
        with self._engine.routed(session_id, _STEP) as step:
            run = self._run(step) if step else None
            yield run
            if run:
                self._go_on(run)

    def _run(self, step: Step) -> Run | None:
        """The call in its operation. One whose operation has been deleted meanwhile ends here."""
        journey = self._passages.journey(step.call.id)
        if journey is None or journey.passage_id is None:
            return None
        passage = self._passages.get(journey.passage_id)
        operation = self._scenarios.operation(passage.operation_id)
        if operation is None:
            self._abandon(step, Reason.SCENARIO_NOT_FOUND)
            self._finish(step, Reason.SCENARIO_NOT_FOUND)
            return None
        return Run(step, operation, passage, self._tools)

    def _enter(self, step: Step, operation: Operation) -> Run:
        last_leg_id = max((leg.id for leg in step.call.legs), default=0)
        passage = self._passages.enter(step.call.id, operation, step.now, last_leg_id)
        run = Run(step, operation, passage, self._tools)
        self._kind(run).enter(run, operation.settings)
        return run

    def _go_on(self, run: Run) -> None:
        """Follow the exits until the call stays in an operation, or ends."""
        while run.left or run.ended_by:
            self._close(run)
            following = run.ended_by or self._following(run)
            if isinstance(following, Reason):
                self._finish(run.step, following)
                return
            run = self._enter(run.step, following)
        self._passages.save(run.passage)

    def _following(self, run: Run) -> Operation | Reason:
        """Where the exit leads, or why the call ends there."""
        assert run.left is not None
        target_id = run.operation.exits.get(run.left.exit)
        operation = self._scenarios.operation(target_id) if target_id is not None else None
        if operation is None:
            return Reason.NO_OPERATION
        return Reason.MAX_TRANSITION_COUNT_EXCEEDED if self._has_passed_enough(run.step) else operation

    def _has_passed_enough(self, step: Step) -> bool:
        journey = self._passages.journey(step.call.id)
        return journey is not None and journey.transitions >= MOST_TRANSITIONS

    def _close(self, run: Run) -> None:
        """The operation is over."""
        run.stop_waiting()
        run.leave_queue()
        passage = run.passage
        passage.left_at = run.now
        if run.left:
            passage.exit, passage.reason = run.left.exit, run.left.reason
        else:
            passage.reason = run.ended_by
        self._passages.save(passage)

    def _abandon(self, step: Step, reason: str | None, exit_: str | None = None) -> None:
        """The scenario leads the call no more, wherever it is."""
        if not step.session.is_routed:
            return
        journey = self._passages.journey(step.call.id)
        if journey is None or journey.passage_id is None:
            return
        passage = self._passages.get(journey.passage_id)
        self._tools.timers.cancel(TIMER, str(passage.id))
        self._tools.database.execute("DELETE FROM scenario_queue WHERE session_id = ?", step.call.id)
        passage.left_at, passage.exit, passage.reason = step.now, exit_, reason
        self._passages.save(passage)
        self._passages.leave_scenario(step.call.id)

    def _finish(self, step: Step, reason: Reason) -> None:
        """End the call. One in which people were rung in vain ends for that, whatever the scenario did then."""
        self._passages.leave_scenario(step.call.id)
        in_vain = step.call.anybody_dialled() and not step.session.is_voice_mail
        usual = reason in (Reason.NO_OPERATION, Reason.SCENARIO_DISCONNECTS)
        step.finish(Reason.NO_SUCCESS_OPERATOR_CALL if in_vain and usual else reason)

    def _kind(self, run: Run) -> AnyKind:
        return KINDS[run.operation.kind]
