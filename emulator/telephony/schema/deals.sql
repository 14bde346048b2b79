-- Deals handed over by a CRM, under its ids; `revenue` in hundredths, lists as JSON. `communication_id` is the
-- communication that the deal is linked to: the one it names, else one of its contacts'.

CREATE TABLE deals (
    id INTEGER PRIMARY KEY,
    ext_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    stage_modified_at INTEGER NOT NULL,
    closed_at INTEGER,
    sales_funnel_ext_id TEXT NOT NULL,
    stage_ext_id TEXT NOT NULL,
    main_contact_ext_id TEXT,
    contact_ext_ids TEXT NOT NULL,
    employee_ext_id TEXT,
    lead_ext_id TEXT,
    company_ext_id TEXT,
    revenue INTEGER,
    comments TEXT,
    source TEXT,
    tags TEXT NOT NULL,
    user_fields TEXT NOT NULL,
    communication_id INTEGER REFERENCES communications (id)
);
CREATE INDEX deals_by_communication ON deals (communication_id);

-- The contacts of deals, as far as the CRM told them.
CREATE TABLE deal_contacts (
    ext_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    phones TEXT NOT NULL,
    emails TEXT NOT NULL
) WITHOUT ROWID;
