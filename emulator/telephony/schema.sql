-- The telephony of one account. Instants are microseconds since 1970 (UTC); telephone numbers are E.164 with `+`, SIP
-- logins are digits. Ids are drawn from the world's seed; communications have a counter of their own, since calls
-- share it with site forms.

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE tokens (
    token TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    issued_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE employees (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    full_name TEXT NOT NULL,
    email TEXT NOT NULL
);

-- `position` is the dialling order of one employee's numbers (Data API §1.9: order = priority).
CREATE TABLE phones (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    employee_id INTEGER NOT NULL REFERENCES employees (id),
    position INTEGER NOT NULL,
    number TEXT NOT NULL,
    match_key TEXT NOT NULL,
    protocol TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    dial_time INTEGER NOT NULL,
    is_recorded INTEGER NOT NULL
);
CREATE UNIQUE INDEX phones_in_order ON phones (employee_id, position);
CREATE INDEX phones_by_key ON phones (match_key);

CREATE TABLE virtual_numbers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL,
    match_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    is_recorded INTEGER NOT NULL
);

CREATE TABLE communications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL
);

-- `events` counts the notifications of the session; `is_recorded` says that a recording exists.
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
    events INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX sessions_by_start ON sessions (started_at);

-- `dials_on`: after this number the person's next one is dialled by itself. `talking_since` is set while the leg talks.
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
