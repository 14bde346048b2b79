-- `events` counts the notifications of the session; `is_recorded` says that a recording exists; `is_routed` that a
-- scenario leads it, `scenario_id` which one did at the beginning.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    communication_id INTEGER NOT NULL UNIQUE REFERENCES communications (id),
    direction TEXT NOT NULL,
    is_internal INTEGER NOT NULL,
    source TEXT NOT NULL,
    contact_phone TEXT,
    virtual_phone TEXT,
    caller_employee_id INTEGER,
    called_employee_id INTEGER,
    records INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'arrived',
    first_talk_at INTEGER,
    ended_at INTEGER,
    finish_reason TEXT,
    is_lost INTEGER,
    is_voice_mail INTEGER NOT NULL DEFAULT 0,
    is_transfer INTEGER NOT NULL DEFAULT 0,
    is_recorded INTEGER NOT NULL DEFAULT 0,
    first_answered_employee_id INTEGER,
    last_answered_employee_id INTEGER,
    first_talked_employee_id INTEGER,
    last_talked_employee_id INTEGER,
    is_routed INTEGER NOT NULL DEFAULT 0,
    scenario_id INTEGER,
    events INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX sessions_by_start ON sessions (started_at);

-- `rings_out`: the leg ends by itself after its number's dial time. `operation_id`: the operation of a scenario that
-- dialled it. `dials_on`: after this number the person's next one is dialled by itself. `talking_since` is set while the leg talks.
CREATE TABLE legs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    role TEXT NOT NULL,
    employee_id INTEGER,
    phone_id INTEGER,
    number TEXT,
    protocol TEXT NOT NULL,
    records INTEGER NOT NULL,
    is_transferred INTEGER NOT NULL,
    dials_on INTEGER NOT NULL,
    rings_out INTEGER NOT NULL,
    operation_id INTEGER,
    started_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    connected_at INTEGER,
    talking_since INTEGER,
    ended_at INTEGER,
    finish_reason TEXT
);
CREATE INDEX legs_by_session ON legs (session_id);

-- Who spoke with the subscriber and when: what a recording is rendered from. No employee: the subscriber's own message.
CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    leg_id INTEGER NOT NULL REFERENCES legs (id),
    employee_id INTEGER,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    is_recorded INTEGER NOT NULL
);
CREATE INDEX segments_by_session ON segments (session_id);
