-- The same tables as on PostgreSQL, in SQLite's types. Instants are text in UTC with up to six
-- digits after the point, so that text order is time order; documents are JSON text.

CREATE TABLE teams (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE members (
    id            TEXT NOT NULL PRIMARY KEY,
    team_id       TEXT NOT NULL REFERENCES teams (id),
    email         TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,
    created_at    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX members_email ON members (email);
CREATE INDEX members_team ON members (team_id, id);

CREATE TABLE environments (
    id            TEXT NOT NULL PRIMARY KEY,
    team_id       TEXT NOT NULL REFERENCES teams (id),
    kind          TEXT NOT NULL,
    name          TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    redirects     TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    branding      TEXT NOT NULL,
    activation    TEXT NOT NULL,
    created_at    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX environments_client_id ON environments (client_id);
CREATE INDEX environments_team ON environments (team_id, id);

CREATE TABLE api_keys (
    id             TEXT NOT NULL PRIMARY KEY,
    environment_id TEXT NOT NULL REFERENCES environments (id),
    name           TEXT NOT NULL,
    digest         BLOB NOT NULL,
    hint           TEXT NOT NULL,
    created_at     TEXT NOT NULL,
    revoked_at     TEXT
) STRICT;
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest);
CREATE INDEX api_keys_environment ON api_keys (environment_id, id);

CREATE TABLE organizations (
    id                 TEXT NOT NULL PRIMARY KEY,
    environment_id     TEXT NOT NULL REFERENCES environments (id),
    name               TEXT NOT NULL,
    name_folded        TEXT NOT NULL,
    slug               TEXT NOT NULL,
    external_id        TEXT,
    metadata           TEXT NOT NULL,
    stripe_customer_id TEXT,
    profiles           TEXT NOT NULL,
    created_at         TEXT NOT NULL,
    updated_at         TEXT NOT NULL
) STRICT;
-- Serves the list, and lets whatever belongs to an organization refer to it together with its
-- environment, so that a row can never point across environments.
CREATE UNIQUE INDEX organizations_environment ON organizations (environment_id, id);
CREATE UNIQUE INDEX organizations_slug ON organizations (environment_id, slug);
CREATE UNIQUE INDEX organizations_external_id ON organizations (environment_id, external_id);
CREATE UNIQUE INDEX organizations_stripe_customer_id ON organizations (environment_id, stripe_customer_id);
CREATE INDEX organizations_name ON organizations (environment_id, name_folded, id);

CREATE TABLE organization_domains (
    id                 TEXT NOT NULL PRIMARY KEY,
    environment_id     TEXT NOT NULL,
    organization_id    TEXT NOT NULL,
    domain             TEXT NOT NULL,
    state              TEXT NOT NULL,
    state_at           TEXT,
    proof              TEXT,
    verification_token TEXT NOT NULL,
    created_at         TEXT NOT NULL,
    updated_at         TEXT NOT NULL,
    CONSTRAINT organization_domains_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX organization_domains_domain ON organization_domains (organization_id, domain);
CREATE UNIQUE INDEX organization_domains_verified ON organization_domains (environment_id, domain)
    WHERE state = 'verified';
CREATE INDEX organization_domains_organization ON organization_domains (environment_id, organization_id, id);
CREATE INDEX organization_domains_by_name ON organization_domains (environment_id, domain, organization_id);

CREATE TABLE it_contacts (
    id              TEXT NOT NULL PRIMARY KEY,
    environment_id  TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    email           TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    CONSTRAINT it_contacts_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX it_contacts_email ON it_contacts (organization_id, email);
CREATE INDEX it_contacts_organization ON it_contacts (environment_id, organization_id, id);

CREATE TABLE portal_links (
    id               TEXT NOT NULL PRIMARY KEY,
    environment_id   TEXT NOT NULL,
    organization_id  TEXT NOT NULL,
    kind             TEXT NOT NULL,
    digest           BLOB NOT NULL,
    intents          TEXT NOT NULL,
    completed        TEXT NOT NULL,
    return_url       TEXT,
    success_url      TEXT,
    admins           TEXT NOT NULL,
    external_user_id TEXT,
    provider_hint    TEXT,
    exclusive        INTEGER NOT NULL,
    state            TEXT NOT NULL,
    state_at         TEXT,
    expires_at       TEXT NOT NULL,
    created_at       TEXT NOT NULL,
    CONSTRAINT portal_links_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX portal_links_environment ON portal_links (environment_id, id);
CREATE UNIQUE INDEX portal_links_digest ON portal_links (digest);
CREATE UNIQUE INDEX portal_links_live ON portal_links (organization_id) WHERE exclusive AND state = 'open';
CREATE INDEX portal_links_organization ON portal_links (environment_id, organization_id);
CREATE INDEX portal_links_external_user ON portal_links (organization_id, external_user_id, id)
    WHERE external_user_id IS NOT NULL;

CREATE TABLE portal_sessions (
    id              TEXT NOT NULL PRIMARY KEY,
    environment_id  TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    link_id         TEXT NOT NULL,
    digest          BLOB NOT NULL,
    capability      TEXT NOT NULL,
    intents         TEXT NOT NULL,
    progress        TEXT NOT NULL,
    started_at      TEXT NOT NULL,
    expires_at      TEXT NOT NULL,
    ended_at        TEXT,
    CONSTRAINT portal_sessions_of FOREIGN KEY (environment_id, link_id)
        REFERENCES portal_links (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX portal_sessions_digest ON portal_sessions (digest);
CREATE INDEX portal_sessions_link ON portal_sessions (environment_id, link_id);

CREATE TABLE connections (
    id              TEXT NOT NULL PRIMARY KEY,
    environment_id  TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    connection_type TEXT NOT NULL,
    provider        TEXT,
    name            TEXT NOT NULL,
    name_folded     TEXT NOT NULL,
    external_id     TEXT,
    state           TEXT NOT NULL,
    settings        TEXT NOT NULL,
    attribute_map   TEXT NOT NULL,
    set_up_by       TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    CONSTRAINT connections_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX connections_organization ON connections (organization_id);
CREATE UNIQUE INDEX connections_external_id ON connections (environment_id, external_id);
CREATE INDEX connections_environment ON connections (environment_id, id);
CREATE INDEX connections_type ON connections (environment_id, connection_type, id);
CREATE INDEX connections_name ON connections (environment_id, name_folded, id);

CREATE TABLE webhook_endpoints (
    id             TEXT NOT NULL PRIMARY KEY,
    environment_id TEXT NOT NULL REFERENCES environments (id),
    url            TEXT NOT NULL,
    secret         BLOB NOT NULL,
    state          TEXT NOT NULL,
    events         TEXT,
    style          TEXT NOT NULL,
    created_at     TEXT NOT NULL,
    updated_at     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX webhook_endpoints_url ON webhook_endpoints (environment_id, url);
CREATE UNIQUE INDEX webhook_endpoints_environment ON webhook_endpoints (environment_id, id);

CREATE TABLE messages (
    id              TEXT NOT NULL PRIMARY KEY,
    environment_id  TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    kind            TEXT NOT NULL,
    state           TEXT NOT NULL,
    state_at        TEXT,
    created_at      TEXT NOT NULL,
    CONSTRAINT messages_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX messages_organization ON messages (environment_id, organization_id);

CREATE TABLE jobs (
    id              TEXT NOT NULL PRIMARY KEY,
    environment_id  TEXT NOT NULL,
    kind            TEXT NOT NULL,
    subject         TEXT NOT NULL,
    run_at          TEXT NOT NULL,
    -- When it may be claimed: `run_at` at first, the end of the lease while somebody has it.
    due_at          TEXT NOT NULL,
    starts          INTEGER NOT NULL,
    given_up_reason TEXT
) STRICT;
CREATE INDEX jobs_due ON jobs (due_at) WHERE given_up_reason IS NULL;
CREATE INDEX jobs_order ON jobs (run_at, id) WHERE given_up_reason IS NULL;

CREATE TABLE replays (
    api_key_id     TEXT NOT NULL,
    route          TEXT NOT NULL,
    key            TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    body           BLOB NOT NULL,
    answer         BLOB,
    expires_at     TEXT NOT NULL,
    PRIMARY KEY (api_key_id, environment_id, route, key)
) STRICT;
CREATE INDEX replays_expiry ON replays (expires_at);

-- There is one writer at a time, so the order of writing is the order of becoming visible.
-- AUTOINCREMENT never gives a number twice, even when the newest rows are removed.
CREATE TABLE audit_trail (
    id              TEXT NOT NULL UNIQUE,
    commit_order    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    unit_position   INTEGER NOT NULL,
    environment_id  TEXT NOT NULL,
    organization_id TEXT,
    at              TEXT NOT NULL,
    action          TEXT NOT NULL,
    actor_kind      TEXT NOT NULL,
    actor_id        TEXT NOT NULL,
    actor_name      TEXT,
    target_kind     TEXT NOT NULL,
    target_id       TEXT NOT NULL,
    details         TEXT NOT NULL
) STRICT;
CREATE INDEX audit_trail_order ON audit_trail (environment_id, commit_order, unit_position);
CREATE INDEX audit_trail_organization ON audit_trail (environment_id, organization_id, commit_order, unit_position);

CREATE TABLE events (
    id              TEXT NOT NULL UNIQUE,
    commit_order    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    unit_position   INTEGER NOT NULL,
    environment_id  TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    actor_kind      TEXT NOT NULL,
    actor_id        TEXT NOT NULL,
    actor_name      TEXT,
    name            TEXT NOT NULL,
    fact            TEXT NOT NULL
) STRICT;
CREATE INDEX events_order ON events (environment_id, commit_order, unit_position);
CREATE INDEX events_name ON events (environment_id, name, commit_order, unit_position);
CREATE INDEX events_organization ON events (environment_id, organization_id, commit_order, unit_position);

CREATE TABLE webhook_deliveries (
    id             TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    endpoint_id    TEXT NOT NULL,
    event_id       TEXT NOT NULL,
    state          TEXT NOT NULL,
    state_at       TEXT,
    tries          INTEGER NOT NULL,
    created_at     TEXT NOT NULL,
    PRIMARY KEY (event_id, endpoint_id),
    CONSTRAINT webhook_deliveries_to FOREIGN KEY (environment_id, endpoint_id)
        REFERENCES webhook_endpoints (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX webhook_deliveries_id ON webhook_deliveries (id);
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (environment_id, endpoint_id, id);

CREATE TABLE webhook_attempts (
    id             TEXT NOT NULL PRIMARY KEY,
    environment_id TEXT NOT NULL,
    delivery_id    TEXT NOT NULL,
    at             TEXT NOT NULL,
    duration_ms    INTEGER NOT NULL,
    status         INTEGER,
    answer         TEXT NOT NULL
) STRICT;
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, id);
