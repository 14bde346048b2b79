-- Employees with their numbers, and the virtual numbers of the account.

CREATE TABLE employees (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    full_name TEXT NOT NULL,
    email TEXT NOT NULL
);

-- `position` is the dialling order of one employee's numbers (Data API §1.9: order = priority).
CREATE TABLE phones (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    employee_id INTEGER NOT NULL REFERENCES employees (id),
    position INTEGER NOT NULL,
    number TEXT NOT NULL,
    match_key TEXT NOT NULL,
    protocol TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    dial_time INTEGER NOT NULL,
    is_recorded INTEGER NOT NULL
);
CREATE UNIQUE INDEX phones_in_order ON phones (employee_id, position);
CREATE INDEX phones_by_key ON phones (match_key);

CREATE TABLE virtual_numbers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL,
    match_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    is_recorded INTEGER NOT NULL
);
