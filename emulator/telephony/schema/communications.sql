-- Calls and site forms: they share a counter. `person_id` is whose communication it is, `number` which one of theirs.

CREATE TABLE communications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    phone TEXT,
    email TEXT,
    person_id INTEGER,
    number INTEGER,
    site_id INTEGER,
    campaign_id INTEGER,
    visitor_id INTEGER,
    visitor_session_id INTEGER
);
CREATE INDEX communications_by_time ON communications (created_at);
CREATE INDEX communications_by_visit ON communications (visitor_session_id) WHERE visitor_session_id IS NOT NULL;
