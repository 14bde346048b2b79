-- Files of recordings that come some time after the end of their call; all others are there at once.
CREATE TABLE late_recordings (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id),
    ready_at INTEGER NOT NULL
);
