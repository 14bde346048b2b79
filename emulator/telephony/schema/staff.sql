-- Employees with their numbers, SIP lines, groups, and the virtual numbers of the account.

-- `full_name` is made of the three names. The four lists of directions are `in`, `out`, both with a comma, or empty. Who
-- is deleted stays here for the names of calls.
CREATE TABLE employees (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    first_name TEXT,
    last_name TEXT NOT NULL,
    patronymic TEXT,
    full_name TEXT NOT NULL,
    email TEXT,
    status TEXT NOT NULL,
    in_external TEXT NOT NULL,
    in_internal TEXT NOT NULL,
    out_external TEXT NOT NULL,
    out_internal TEXT NOT NULL,
    call_recording TEXT NOT NULL,
    coach_id INTEGER,
    is_coach_always_enabled INTEGER NOT NULL DEFAULT 0,
    extension TEXT,
    has_voice_mail INTEGER NOT NULL DEFAULT 0,
    has_queue INTEGER NOT NULL DEFAULT 0,
    is_deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX employees_by_extension ON employees (extension) WHERE extension IS NOT NULL;

-- `position` is the dialling order of one employee's numbers (facts §1.9: order = priority); a number without one was
-- taken away and stays here for the calls that ring it. A SIP number has a line, and then the line says what is recorded.
CREATE TABLE phones (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    employee_id INTEGER NOT NULL REFERENCES employees (id),
    position INTEGER,
    number TEXT NOT NULL,
    match_key TEXT NOT NULL,
    protocol TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    channels_count INTEGER NOT NULL,
    dial_time INTEGER NOT NULL,
    is_recorded INTEGER NOT NULL,
    line_id INTEGER REFERENCES sip_lines (id)
);
CREATE UNIQUE INDEX phones_in_order ON phones (employee_id, position);
CREATE INDEX phones_by_key ON phones (match_key);
CREATE INDEX phones_by_line ON phones (line_id) WHERE line_id IS NOT NULL;

-- Whose line it is says the number in the dialling order that has it. `registered_at`: since when a telephone is
-- registered, which asked from `ip`.
CREATE TABLE sip_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    login TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    passwords INTEGER NOT NULL,
    billing_state TEXT NOT NULL,
    channels_count INTEGER NOT NULL,
    is_outgoing_allowed INTEGER NOT NULL,
    virtual_number_id INTEGER REFERENCES virtual_numbers (id),
    is_recorded INTEGER NOT NULL,
    registered_at INTEGER,
    ip TEXT
);

CREATE TABLE employee_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    extension TEXT,
    has_queue INTEGER NOT NULL,
    channels_count INTEGER NOT NULL
);

CREATE TABLE group_members (
    group_id INTEGER NOT NULL REFERENCES employee_groups (id),
    position INTEGER NOT NULL,
    employee_id INTEGER NOT NULL REFERENCES employees (id),
    PRIMARY KEY (group_id, position)
) WITHOUT ROWID;
CREATE INDEX groups_of_member ON group_members (employee_id);

CREATE TABLE virtual_numbers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL,
    match_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    is_recorded INTEGER NOT NULL,
    activated_at INTEGER NOT NULL
);
