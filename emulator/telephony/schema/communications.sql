-- Calls and site forms: they share a counter.

CREATE TABLE communications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL
);
