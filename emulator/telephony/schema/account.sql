-- The telephony of one account. Instants are microseconds since 1970 (UTC) in all tables; telephone numbers are E.164
-- with `+`, SIP logins are digits. Ids are drawn from the world's seed.

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    options_block_in INTEGER NOT NULL DEFAULT 3,
    options_block_out INTEGER NOT NULL DEFAULT 30,
    recording_delay INTEGER NOT NULL DEFAULT 0
);
