-- Offline messages: what visitors of a site, or a client's own form, sent. A technical one is no communication.
-- `ext_id` is its id in the client's system, `user_fields` is JSON.

CREATE TABLE offline_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    communication_id INTEGER UNIQUE REFERENCES communications (id),
    received_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    form_type TEXT NOT NULL,
    form_name TEXT,
    name TEXT,
    phone TEXT,
    email TEXT,
    message TEXT,
    ext_id TEXT,
    agrees_to_processing INTEGER,
    agrees_to_mailing INTEGER,
    user_fields TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'not_processed',
    processed_at INTEGER,
    employee_id INTEGER,
    employee_comment TEXT
);
CREATE INDEX offline_messages_by_time ON offline_messages (received_at);
CREATE INDEX offline_messages_by_ext_id ON offline_messages (ext_id) WHERE ext_id IS NOT NULL;
