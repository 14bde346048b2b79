-- Whose communications there are. `communications` counts those of a person; a key is `phone:<match key>`,
-- `email:<casefolded>` or `visitor:<id>` and belongs to the person it was first seen with.

CREATE TABLE persons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    communications INTEGER NOT NULL
);

CREATE TABLE person_keys (
    key TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES persons (id)
) WITHOUT ROWID;
CREATE INDEX communications_by_person ON communications (person_id, created_at) WHERE person_id IS NOT NULL;
