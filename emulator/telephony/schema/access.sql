-- Who may use the vendor APIs, and how much. No `expires_at`: until blocked; `login` is whose session it is. `was_on` is
-- what limits go back to.

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE,
    holder TEXT NOT NULL,
    login TEXT,
    is_session INTEGER NOT NULL,
    is_blocked INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER
);

CREATE TABLE logins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    login TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL
);

-- An empty `network` stands for a list that lets in nobody.
CREATE TABLE ip_whitelist (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    network TEXT NOT NULL
);

CREATE TABLE api_limits (
    id INTEGER PRIMARY KEY,
    was_on INTEGER NOT NULL,
    is_on INTEGER NOT NULL,
    minute_limit INTEGER NOT NULL,
    day_limit INTEGER NOT NULL
);

-- What each API used in its last minute and on its last day, account-local.
CREATE TABLE api_usage (
    api TEXT PRIMARY KEY,
    minute TEXT NOT NULL,
    day TEXT NOT NULL,
    minute_used INTEGER NOT NULL,
    day_used INTEGER NOT NULL
) WITHOUT ROWID;
