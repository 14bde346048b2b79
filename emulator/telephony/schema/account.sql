-- The telephony of one account. Instants are microseconds since 1970 (UTC) in all tables; telephone numbers are E.164
-- with `+`, SIP logins are digits. Ids are drawn from the world's seed.

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    recording_delay INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE tokens (
    token TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    issued_at INTEGER NOT NULL
) WITHOUT ROWID;
