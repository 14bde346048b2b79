-- One tenant. Instants are ISO 8601 in UTC with microseconds, so that their order as text is their order in time.

CREATE TABLE account (
    name  TEXT PRIMARY KEY,          -- connection, tokens, clock, deal_run
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE settings_versions (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    stored  BLOB NOT NULL            -- what was set; the rest are defaults
);

CREATE TABLE inbox (
    seq              INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id         TEXT NOT NULL UNIQUE,
    key              TEXT NOT NULL,
    also             TEXT,               -- a second key whose turn it needs as well; sorted, `key` is the first
    follows          TEXT,               -- the event before it, while that one has not come
    body             BLOB NOT NULL,
    traceparent      TEXT,
    settings_version INTEGER NOT NULL,
    received_at      TEXT NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
    state            TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('early', 'ready', 'waiting', 'done')),
    claimed_by       TEXT,
    claimed_until    TEXT
);
CREATE INDEX inbox_unfinished ON inbox (key, seq) WHERE state IN ('ready', 'waiting');
CREATE INDEX inbox_also ON inbox (also, seq) WHERE also IS NOT NULL AND state IN ('ready', 'waiting');
CREATE INDEX inbox_early ON inbox (follows) WHERE state = 'early';

CREATE TABLE calls (
    id   TEXT PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE forms (
    id    TEXT PRIMARY KEY,          -- the communication
    phone TEXT NOT NULL,             -- what numbers are compared by
    body  BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX forms_phone ON forms (phone) WHERE phone <> '';

CREATE TABLE effects (
    key         TEXT PRIMARY KEY,    -- call:81:contact
    state       TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed', 'dropped')),
    body        BLOB NOT NULL,       -- what is sent, the same at every repetition
    result      INTEGER,             -- the id that amoCRM gave
    recorded_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX effects_result ON effects (result) WHERE result IS NOT NULL;

CREATE TABLE timers (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    due     TEXT NOT NULL,
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    payload TEXT NOT NULL
);
CREATE INDEX timers_due ON timers (due, id);

CREATE TABLE decisions (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    ref     TEXT NOT NULL UNIQUE,    -- event and decision, so that a repetition is not written again
    at      TEXT NOT NULL,
    rule    TEXT NOT NULL,
    subject TEXT NOT NULL,
    facts   BLOB NOT NULL,
    outcome BLOB NOT NULL,
    cause   TEXT NOT NULL
);
