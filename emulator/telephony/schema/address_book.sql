-- The address book. `position` is the place of a number or an address in its contact's list.

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    first_name TEXT,
    last_name TEXT NOT NULL,
    patronymic TEXT,
    full_name TEXT NOT NULL,
    personal_manager_id INTEGER REFERENCES employees (id)
);
CREATE INDEX contacts_by_manager ON contacts (personal_manager_id) WHERE personal_manager_id IS NOT NULL;

CREATE TABLE contact_phones (
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    position INTEGER NOT NULL,
    number TEXT NOT NULL,
    match_key TEXT NOT NULL,
    PRIMARY KEY (contact_id, position)
) WITHOUT ROWID;
CREATE INDEX contact_phones_by_key ON contact_phones (match_key);

CREATE TABLE contact_emails (
    contact_id INTEGER NOT NULL REFERENCES contacts (id),
    position INTEGER NOT NULL,
    email TEXT NOT NULL,
    PRIMARY KEY (contact_id, position)
) WITHOUT ROWID;
