-- The account's tags, and which communication carries which, since when and by whom. `type` is auto or manual.

CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    is_system INTEGER NOT NULL
);

CREATE TABLE communication_tags (
    id INTEGER PRIMARY KEY,
    communication_id INTEGER NOT NULL REFERENCES communications (id),
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    type TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    user_id INTEGER,
    user_login TEXT,
    employee_id INTEGER
);
CREATE UNIQUE INDEX communication_tags_once ON communication_tags (communication_id, tag_id);

-- What a client said of the tag «Продажа»: one sale a communication, `value` in hundredths.
CREATE TABLE sales (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    communication_id INTEGER NOT NULL UNIQUE REFERENCES communications (id),
    sold_at INTEGER NOT NULL,
    value INTEGER NOT NULL,
    comment TEXT
);
