-- Where communications come from: sites, their campaigns, visitors with sessions and hits, call-tracking numbers.

-- `key` is what the stand calls the site. `sales_enabled` is «Учитывать продажи». Periods are in the vendor's units:
-- seconds for the call, days for the second communication, `5m`…`1w` for the reservation of a number.
CREATE TABLE sites (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    domain_name TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sales_enabled INTEGER NOT NULL,
    target_call_min_duration INTEGER NOT NULL,
    second_communication_period INTEGER NOT NULL,
    reservation_time TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

-- `group_conditions` is JSON: a visit is of the campaign when all conditions of one group hold for it.
CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    type TEXT NOT NULL,
    group_conditions TEXT NOT NULL,
    static_utm_source TEXT,
    static_utm_medium TEXT,
    static_utm_campaign TEXT,
    static_utm_term TEXT,
    static_utm_content TEXT,
    static_utm_referrer TEXT,
    static_utm_expid TEXT,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX campaigns_by_name ON campaigns (site_id, name);

-- `key` is what the stand calls the visitor; null: by the id.
CREATE TABLE visitors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT UNIQUE,
    created_at INTEGER NOT NULL
);

-- A visit with all that its entrance told. `visits_count` counts the visits of its visitor from 1.
CREATE TABLE visitor_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    visitor_id INTEGER NOT NULL REFERENCES visitors (id),
    site_id INTEGER NOT NULL REFERENCES sites (id),
    campaign_id INTEGER REFERENCES campaigns (id),
    visits_count INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    entrance_page TEXT NOT NULL,
    channel TEXT NOT NULL,
    referrer TEXT,
    referrer_domain TEXT,
    search_engine TEXT,
    search_query TEXT,
    utm_source TEXT,
    utm_medium TEXT,
    utm_campaign TEXT,
    utm_term TEXT,
    utm_content TEXT,
    utm_referrer TEXT,
    utm_expid TEXT,
    openstat_service TEXT,
    openstat_campaign TEXT,
    openstat_ad TEXT,
    openstat_source TEXT,
    gclid TEXT,
    yclid TEXT,
    ymclid TEXT,
    ef_id TEXT,
    cm_id TEXT,
    device TEXT NOT NULL,
    city TEXT,
    region TEXT,
    country TEXT,
    ip TEXT,
    ua_client_id TEXT,
    ym_client_id TEXT
);
CREATE INDEX visitor_sessions_by_start ON visitor_sessions (started_at);
CREATE INDEX visitor_sessions_by_visitor ON visitor_sessions (visitor_id);

CREATE TABLE hits (
    id INTEGER PRIMARY KEY,
    visitor_session_id INTEGER NOT NULL REFERENCES visitor_sessions (id),
    at INTEGER NOT NULL,
    url TEXT NOT NULL
);
CREATE INDEX hits_by_session ON hits (visitor_session_id);

-- With a campaign a static number, else one of the site's pool: the visit that saw it last, and until when it is theirs.
CREATE TABLE tracking_numbers (
    virtual_number_id INTEGER PRIMARY KEY REFERENCES virtual_numbers (id),
    site_id INTEGER NOT NULL REFERENCES sites (id),
    campaign_id INTEGER REFERENCES campaigns (id),
    visitor_id INTEGER REFERENCES visitors (id),
    visitor_session_id INTEGER REFERENCES visitor_sessions (id),
    reserved_until INTEGER
);
CREATE INDEX tracking_numbers_by_site ON tracking_numbers (site_id);
CREATE INDEX tracking_numbers_by_session ON tracking_numbers (visitor_session_id);
