"""The tables of one account. Instants are microseconds since 1970; JSON lies in text as it is shown.

`fields` of a card are values by the id of their field (`field_values.py` says how), `tags` lie there as they are shown.
A link of two kinds of cards of which one side has at most one is a column (`company_id`), else a table.
`status_ids` only counts: 142 and 143 are in every pipeline, so a status has no id of its own table.
`visible_at` is the instant from which a card can be found (NULL: it lives only in «Неразобранное»).
`search` is what the parameter `query` looks through: name, field values and the digits of phones, case-folded.
"""

from __future__ import annotations

from emulator.amocrm.event_rows import EVENTS_SQL
from emulator.amocrm.limits import LIMITS_SQL
from emulator.amocrm.sessions import SESSIONS_SQL
from emulator.amocrm.webhooks import WEBHOOKS_SQL
from emulator.core.timers import TIMERS_SQL

_CARD = """
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    responsible_user_id INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    updated_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    visible_at INTEGER,
    is_deleted INTEGER NOT NULL DEFAULT 0,
    closest_task_at INTEGER,
    fields TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    search TEXT NOT NULL DEFAULT ''
"""

_PHONE = """
    key TEXT NOT NULL, card_id INTEGER NOT NULL, digits TEXT NOT NULL, is_phone INTEGER NOT NULL,
    PRIMARY KEY (key, card_id, digits, is_phone)) WITHOUT ROWID
"""

SCHEMA = f"""
{TIMERS_SQL}
{LIMITS_SQL}
{SESSIONS_SQL}
{EVENTS_SQL}
{WEBHOOKS_SQL}
CREATE TABLE account (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, subdomain TEXT NOT NULL, created_at INTEGER NOT NULL
);
CREATE TABLE groups (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    lang TEXT NOT NULL DEFAULT 'ru',
    group_id INTEGER NOT NULL DEFAULT 0,
    is_admin INTEGER NOT NULL DEFAULT 0,
    is_active INTEGER NOT NULL DEFAULT 1,
    is_free INTEGER NOT NULL DEFAULT 0,
    role_id INTEGER,
    rights TEXT NOT NULL DEFAULT '{{}}'
);
CREATE TABLE roles (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, rights TEXT NOT NULL);
CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    name TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    holder TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    client_id TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    holder TEXT NOT NULL,
    line INTEGER NOT NULL,
    pair INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER
);
CREATE INDEX tokens_line ON tokens (line, pair);
CREATE TABLE pipelines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    sort INTEGER NOT NULL,
    is_main INTEGER NOT NULL,
    is_unsorted_on INTEGER NOT NULL,
    is_archive INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE statuses (
    pipeline_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    sort INTEGER NOT NULL,
    color TEXT NOT NULL,
    type INTEGER NOT NULL,
    is_editable INTEGER NOT NULL,
    PRIMARY KEY (pipeline_id, id)
) WITHOUT ROWID;
CREATE TABLE status_ids (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE status_descriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline_id INTEGER NOT NULL,
    status_id INTEGER NOT NULL,
    level TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    updated_by INTEGER NOT NULL,
    UNIQUE (pipeline_id, status_id, level)
);
CREATE TABLE custom_fields (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_type TEXT NOT NULL,
    name TEXT NOT NULL,
    code TEXT,
    type TEXT NOT NULL,
    sort INTEGER NOT NULL,
    is_predefined INTEGER NOT NULL DEFAULT 0,
    group_id TEXT,
    attributes TEXT NOT NULL DEFAULT '{{}}'
);
CREATE INDEX custom_fields_code ON custom_fields (entity_type, code);
CREATE TABLE enums (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    field_id INTEGER NOT NULL,
    value TEXT NOT NULL,
    code TEXT,
    sort INTEGER NOT NULL,
    parent_id INTEGER
);
CREATE TABLE field_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT, entity_type TEXT NOT NULL, name TEXT NOT NULL, sort INTEGER NOT NULL
);
CREATE INDEX enums_field ON enums (field_id, sort);
CREATE TABLE loss_reasons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    sort INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE TABLE sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    external_id TEXT NOT NULL,
    pipeline_id INTEGER NOT NULL,
    is_default INTEGER NOT NULL,
    origin_code TEXT,
    services TEXT NOT NULL,
    UNIQUE (client_id, external_id)
);
CREATE TABLE widgets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL,
    settings_template TEXT NOT NULL,
    client_id TEXT,
    settings TEXT
);
CREATE TABLE short_links (
    code TEXT PRIMARY KEY, url TEXT NOT NULL, contact_id INTEGER NOT NULL, created_at INTEGER NOT NULL
);
CREATE TABLE contacts ({_CARD}, first_name TEXT, last_name TEXT, company_id INTEGER);
CREATE INDEX contacts_company ON contacts (company_id) WHERE company_id IS NOT NULL;
CREATE TABLE companies ({_CARD});
CREATE TABLE leads ({_CARD},
    price INTEGER NOT NULL DEFAULT 0,
    price_hundredths INTEGER NOT NULL DEFAULT 0,
    pipeline_id INTEGER NOT NULL,
    status_id INTEGER NOT NULL,
    loss_reason_id INTEGER,
    closed_at INTEGER,
    company_id INTEGER,
    source TEXT
);
CREATE INDEX leads_company ON leads (company_id) WHERE company_id IS NOT NULL;
CREATE TABLE lead_contacts (
    lead_id INTEGER NOT NULL, contact_id INTEGER NOT NULL, is_main INTEGER NOT NULL, PRIMARY KEY (lead_id, contact_id)
) WITHOUT ROWID;
CREATE INDEX lead_contacts_contact ON lead_contacts (contact_id, lead_id);
CREATE TABLE contact_phones ({_PHONE};
CREATE TABLE company_phones ({_PHONE};
CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_type TEXT NOT NULL,
    name TEXT NOT NULL,
    color TEXT,
    UNIQUE (entity_type, name)
);
CREATE TABLE card_tags (
    entity_type TEXT NOT NULL, entity_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
    PRIMARY KEY (entity_type, entity_id, tag_id)
) WITHOUT ROWID;
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_type TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    note_type TEXT NOT NULL,
    params TEXT NOT NULL,
    responsible_user_id INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    updated_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    is_pinned INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX notes_entity ON notes (entity_type, entity_id, id);
CREATE TABLE tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL,
    entity_type TEXT,
    entity_id INTEGER,
    responsible_user_id INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    task_type_id INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    is_completed INTEGER NOT NULL,
    result TEXT,
    complete_till INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    updated_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX tasks_entity ON tasks (entity_type, entity_id, complete_till);
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uniq TEXT,
    direction TEXT NOT NULL,
    phone TEXT NOT NULL,
    key TEXT NOT NULL,
    duration INTEGER NOT NULL,
    source TEXT,
    link TEXT,
    call_result TEXT,
    call_status INTEGER,
    call_responsible TEXT NOT NULL,
    responsible_user_id INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    entity_type TEXT,
    entity_id INTEGER,
    unsorted_id INTEGER
);
CREATE INDEX calls_uniq ON calls (uniq);
CREATE INDEX calls_waiting ON calls (key) WHERE state = 'waiting';
CREATE INDEX calls_unsorted ON calls (unsorted_id) WHERE state = 'unsorted';
CREATE TABLE unsorted (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT UNIQUE,
    category TEXT NOT NULL,
    source_uid TEXT NOT NULL,
    source_name TEXT NOT NULL,
    pipeline_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    lead_id INTEGER NOT NULL,
    contact_id INTEGER,
    company_id INTEGER,
    metadata TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    sorted_at INTEGER,
    sorted_by INTEGER
);
CREATE INDEX unsorted_contact ON unsorted (contact_id) WHERE state = 'pending';
CREATE INDEX unsorted_key ON unsorted (key) WHERE state = 'pending';
CREATE INDEX unsorted_source ON unsorted (source_uid, category) WHERE state = 'pending';
CREATE TABLE popups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    phone TEXT NOT NULL,
    entity_type TEXT,
    entity_id INTEGER,
    at INTEGER NOT NULL
);
CREATE INDEX popups_user ON popups (user_id, id);
"""

COUNTERS = {
    "groups": "group",
    "users": "user",
    "roles": "role",
    "pipelines": "pipeline",
    "status_ids": "status",
    "status_descriptions": "status_description",
    "custom_fields": "custom_field",
    "enums": "enum",
    "field_groups": "field_group",
    "contacts": "contact",
    "companies": "company",
    "leads": "lead",
    "tags": "tag",
    "loss_reasons": "loss_reason",
    "sources": "source",
    "widgets": "widget",
    "notes": "note",
    "tasks": "task",
    "calls": "call",
    "unsorted": "unsorted",
    "webhooks": "webhook",
}
"""Which kind of id each table draws (emulator.core.ids)."""
