-- Calls that the Call API began: the number of the request, and what their parties hear or are asked before they talk.
-- Spans and instants in microseconds. `asked_leg_id` is the line whose key is waited for; `first_until` is until when the
-- first party hears their message, and `dials_after_it` says that the second one is dialled only then.

CREATE TABLE api_calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL UNIQUE REFERENCES sessions (id),
    method TEXT NOT NULL,
    dtmf TEXT NOT NULL,
    first_message INTEGER NOT NULL,
    second_message INTEGER NOT NULL,
    dials_after_it INTEGER NOT NULL,
    switches_at_once INTEGER NOT NULL,
    confirmation TEXT,
    asked_leg_id INTEGER,
    first_until INTEGER
);
CREATE INDEX api_calls_asked ON api_calls (asked_leg_id) WHERE asked_leg_id IS NOT NULL;

-- What can be played to somebody; `duration` in seconds, `size` in bytes.
CREATE TABLE media_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    duration INTEGER NOT NULL,
    size INTEGER NOT NULL,
    type TEXT NOT NULL
);
