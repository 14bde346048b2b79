-- `events` counts the notifications of the session; `is_recorded` says that a recording exists; `is_routed` that a
-- scenario leads it, `scenario_id` which one did at the beginning.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    communication_id INTEGER NOT NULL UNIQUE REFERENCES communications (id),
    kind TEXT NOT NULL,
    direction TEXT NOT NULL,
    is_internal INTEGER NOT NULL,
    source TEXT NOT NULL,
    contact_phone TEXT,
    virtual_phone TEXT,
    caller_employee_id INTEGER,
    called_employee_id INTEGER,
    called_phone_id INTEGER,
    records INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    dials_next TEXT,
    operator_number TEXT,
    is_automatic INTEGER NOT NULL DEFAULT 0,
    shows_virtual INTEGER NOT NULL DEFAULT 0,
    external_id TEXT,
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
CREATE INDEX sessions_by_contact ON sessions (contact_phone) WHERE contact_phone IS NOT NULL;

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
    is_recording INTEGER NOT NULL,
    is_transferred INTEGER NOT NULL,
    dials_on INTEGER NOT NULL,
    rings_out INTEGER NOT NULL,
    operation_id INTEGER,
    consulted_by INTEGER,
    ends_call INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    connected_at INTEGER,
    talked_at INTEGER,
    talking_since INTEGER,
    ended_at INTEGER,
    finish_reason TEXT,
    keys TEXT NOT NULL DEFAULT ''
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

-- Calls that go on, for whoever has to look through all of them.
CREATE INDEX sessions_open ON sessions (id) WHERE ended_at IS NULL;
CREATE INDEX sessions_external ON sessions (external_id) WHERE external_id IS NOT NULL;

-- Keys of a telephone that do something in a talk.
CREATE TABLE talk_options (
    button TEXT PRIMARY KEY,
    mnemonic TEXT NOT NULL
) WITHOUT ROWID;

-- How people take calls that nobody drives; spans in seconds.
CREATE TABLE readiness (
    who TEXT PRIMARY KEY,
    does TEXT NOT NULL,
    after REAL NOT NULL,
    talks REAL
) WITHOUT ROWID;
