-- Scenarios of the virtual PBX as they are edited, the way of each call through one, and stored personal managers.

CREATE TABLE scenarios (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    first_operation_id INTEGER
);

-- `settings` is the JSON of the kind's settings.
CREATE TABLE operations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    scenario_id INTEGER NOT NULL REFERENCES scenarios (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    settings BLOB NOT NULL,
    UNIQUE (scenario_id, name)
);

CREATE TABLE operation_exits (
    operation_id INTEGER NOT NULL REFERENCES operations (id),
    name TEXT NOT NULL,
    target_id INTEGER NOT NULL REFERENCES operations (id),
    PRIMARY KEY (operation_id, name)
) WITHOUT ROWID;

CREATE TABLE scenario_numbers (
    virtual_number_id INTEGER PRIMARY KEY,
    scenario_id INTEGER NOT NULL REFERENCES scenarios (id)
);
CREATE INDEX scenario_numbers_of ON scenario_numbers (scenario_id);

-- Whom a round robin rang first the last time.
CREATE TABLE operation_turns (
    operation_id INTEGER PRIMARY KEY,
    employee_id INTEGER NOT NULL
);

-- One call and the scenario that leads it. `passage_id` is the operation it is in now, null when the scenario has done
-- its part.
CREATE TABLE runs (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id),
    scenario_id INTEGER NOT NULL,
    scenario_name TEXT NOT NULL,
    passage_id INTEGER,
    transitions INTEGER NOT NULL DEFAULT 0
);

-- One operation that a call passed, under the name it had then. `last_leg_id`: lines of the call up to this one are older.
-- `state` is what the operation keeps while the call is in it, `details` what it says of itself in the call details.
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    operation_id INTEGER NOT NULL,
    operation_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    entered_at INTEGER NOT NULL,
    last_leg_id INTEGER NOT NULL,
    left_at INTEGER,
    exit TEXT,
    reason TEXT,
    state BLOB NOT NULL,
    details BLOB NOT NULL
);
CREATE INDEX passages_by_session ON passages (session_id);

-- Questions to somebody outside. `target` is integration or outside; `state` waiting (not sent yet), sent, answered (in
-- time), late or silent.
CREATE TABLE scenario_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    passage_id INTEGER NOT NULL REFERENCES passages (id),
    session_id INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    target TEXT NOT NULL,
    method TEXT NOT NULL,
    address TEXT NOT NULL,
    body BLOB,
    state TEXT NOT NULL DEFAULT 'waiting'
);
CREATE INDEX scenario_requests_open ON scenario_requests (id) WHERE state IN ('waiting', 'sent');

-- Calls that wait until somebody is free.
CREATE TABLE scenario_queue (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id),
    since INTEGER NOT NULL
);

-- Personal managers that were found, by the key of the caller's number. No employee: the user is not known here.
CREATE TABLE personal_managers (
    match_key TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    employee_id INTEGER,
    received_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Who is on the line now, in whichever call.
CREATE INDEX legs_open_of_employee ON legs (employee_id) WHERE state != 'ended' AND employee_id IS NOT NULL;
