-- Ids are compared byte by byte, so that text order is time order whatever the database's locale:
-- hence COLLATE "C" on every id and on every text that is scanned by range.
--
-- Documents are `json`, not `jsonb`: nothing looks inside them here, writes are cheaper, and what
-- was written comes back as it was, "\u0000" included, which jsonb refuses.

CREATE TABLE teams (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE members (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    team_id       TEXT COLLATE "C" NOT NULL REFERENCES teams (id),
    email         TEXT COLLATE "C" NOT NULL,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX members_email ON members (email);
CREATE INDEX members_team ON members (team_id, id);

CREATE TABLE environments (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    team_id       TEXT COLLATE "C" NOT NULL REFERENCES teams (id),
    kind          TEXT NOT NULL,
    name          TEXT NOT NULL,
    client_id     TEXT COLLATE "C" NOT NULL,
    redirects     JSON NOT NULL,
    redirect_uris JSON NOT NULL,
    branding      JSON NOT NULL,
    activation    TEXT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX environments_client_id ON environments (client_id);
CREATE INDEX environments_team ON environments (team_id, id);

CREATE TABLE api_keys (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id TEXT COLLATE "C" NOT NULL REFERENCES environments (id),
    name           TEXT NOT NULL,
    digest         BYTEA NOT NULL,
    hint           TEXT NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    revoked_at     TIMESTAMPTZ
);
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest);
CREATE INDEX api_keys_environment ON api_keys (environment_id, id);

CREATE TABLE organizations (
    id                 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id     TEXT COLLATE "C" NOT NULL REFERENCES environments (id),
    name               TEXT NOT NULL,
    name_folded        TEXT COLLATE "C" NOT NULL,
    slug               TEXT COLLATE "C" NOT NULL,
    external_id        TEXT COLLATE "C",
    metadata           JSON NOT NULL,
    stripe_customer_id TEXT COLLATE "C",
    profiles           TEXT NOT NULL,
    created_at         TIMESTAMPTZ NOT NULL,
    updated_at         TIMESTAMPTZ NOT NULL
);
-- Serves the list, and lets whatever belongs to an organization refer to it together with its
-- environment, so that a row can never point across environments.
CREATE UNIQUE INDEX organizations_environment ON organizations (environment_id, id);
CREATE UNIQUE INDEX organizations_slug ON organizations (environment_id, slug);
CREATE UNIQUE INDEX organizations_external_id ON organizations (environment_id, external_id);
CREATE UNIQUE INDEX organizations_stripe_customer_id ON organizations (environment_id, stripe_customer_id);
CREATE INDEX organizations_name ON organizations (environment_id, name_folded, id);

CREATE TABLE organization_domains (
    id                 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id     TEXT COLLATE "C" NOT NULL,
    organization_id    TEXT COLLATE "C" NOT NULL,
    domain             TEXT COLLATE "C" NOT NULL,
    state              TEXT NOT NULL,
    state_at           TIMESTAMPTZ,
    proof              TEXT,
    verification_token TEXT NOT NULL,
    created_at         TIMESTAMPTZ NOT NULL,
    updated_at         TIMESTAMPTZ NOT NULL,
    CONSTRAINT organization_domains_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX organization_domains_domain ON organization_domains (organization_id, domain);
CREATE UNIQUE INDEX organization_domains_verified ON organization_domains (environment_id, domain)
    WHERE state = 'verified';
CREATE INDEX organization_domains_organization ON organization_domains (environment_id, organization_id, id);
CREATE INDEX organization_domains_by_name ON organization_domains (environment_id, domain, organization_id);

CREATE TABLE it_contacts (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id  TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    email           TEXT COLLATE "C" NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    CONSTRAINT it_contacts_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX it_contacts_email ON it_contacts (organization_id, email);
CREATE INDEX it_contacts_organization ON it_contacts (environment_id, organization_id, id);

CREATE TABLE portal_links (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id   TEXT COLLATE "C" NOT NULL,
    organization_id  TEXT COLLATE "C" NOT NULL,
    kind             TEXT NOT NULL,
    digest           BYTEA NOT NULL,
    intents          JSON NOT NULL,
    completed        JSON NOT NULL,
    return_url       TEXT,
    success_url      TEXT,
    admins           JSON NOT NULL,
    external_user_id TEXT COLLATE "C",
    provider_hint    TEXT,
    exclusive        BOOLEAN NOT NULL,
    state            TEXT NOT NULL,
    state_at         TIMESTAMPTZ,
    expires_at       TIMESTAMPTZ NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL,
    CONSTRAINT portal_links_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX portal_links_environment ON portal_links (environment_id, id);
CREATE UNIQUE INDEX portal_links_digest ON portal_links (digest);
CREATE UNIQUE INDEX portal_links_live ON portal_links (organization_id) WHERE exclusive AND state = 'open';
CREATE INDEX portal_links_organization ON portal_links (environment_id, organization_id);
CREATE INDEX portal_links_external_user ON portal_links (organization_id, external_user_id, id)
    WHERE external_user_id IS NOT NULL;

CREATE TABLE portal_sessions (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id  TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    link_id         TEXT COLLATE "C" NOT NULL,
    digest          BYTEA NOT NULL,
    capability      TEXT NOT NULL,
    intents         JSON NOT NULL,
    progress        JSON NOT NULL,
    started_at      TIMESTAMPTZ NOT NULL,
    expires_at      TIMESTAMPTZ NOT NULL,
    ended_at        TIMESTAMPTZ,
    CONSTRAINT portal_sessions_of FOREIGN KEY (environment_id, link_id)
        REFERENCES portal_links (environment_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX portal_sessions_digest ON portal_sessions (digest);
CREATE INDEX portal_sessions_link ON portal_sessions (environment_id, link_id);

CREATE TABLE connections (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id  TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    connection_type TEXT NOT NULL,
    provider        TEXT,
    name            TEXT NOT NULL,
    name_folded     TEXT COLLATE "C" NOT NULL,
    external_id     TEXT COLLATE "C",
    state           TEXT NOT NULL,
    settings        JSON NOT NULL,
    attribute_map   JSON NOT NULL,
    set_up_by       TEXT,
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    CONSTRAINT connections_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX connections_organization ON connections (organization_id);
CREATE UNIQUE INDEX connections_external_id ON connections (environment_id, external_id);
CREATE INDEX connections_environment ON connections (environment_id, id);
CREATE INDEX connections_type ON connections (environment_id, connection_type, id);
CREATE INDEX connections_name ON connections (environment_id, name_folded, id);

CREATE TABLE webhook_endpoints (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id TEXT COLLATE "C" NOT NULL REFERENCES environments (id),
    url            TEXT COLLATE "C" NOT NULL,
    secret         BYTEA NOT NULL,
    state          TEXT NOT NULL,
    events         JSON,
    style          TEXT NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX webhook_endpoints_url ON webhook_endpoints (environment_id, url);
CREATE UNIQUE INDEX webhook_endpoints_environment ON webhook_endpoints (environment_id, id);

CREATE TABLE messages (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id  TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    recipient       TEXT NOT NULL,
    kind            JSON NOT NULL,
    state           TEXT NOT NULL,
    state_at        TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    CONSTRAINT messages_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
);
CREATE INDEX messages_organization ON messages (environment_id, organization_id);

CREATE TABLE jobs (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id  TEXT COLLATE "C" NOT NULL,
    kind            TEXT NOT NULL,
    subject         TEXT COLLATE "C" NOT NULL,
    run_at          TIMESTAMPTZ NOT NULL,
    -- When it may be claimed: `run_at` at first, the end of the lease while somebody has it.
    due_at          TIMESTAMPTZ NOT NULL,
    starts          BIGINT NOT NULL,
    given_up_reason TEXT
);
CREATE INDEX jobs_due ON jobs (due_at) WHERE given_up_reason IS NULL;
CREATE INDEX jobs_order ON jobs (run_at, id) WHERE given_up_reason IS NULL;

CREATE TABLE replays (
    api_key_id     TEXT COLLATE "C" NOT NULL,
    route          TEXT COLLATE "C" NOT NULL,
    key            TEXT COLLATE "C" NOT NULL,
    environment_id TEXT COLLATE "C" NOT NULL,
    body           BYTEA NOT NULL,
    answer         BYTEA,
    expires_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (api_key_id, environment_id, route, key)
);
CREATE INDEX replays_expiry ON replays (expires_at);

-- The order of becoming visible. A row carries the id of its transaction, and its position within
-- that transaction's unit of work; readers stop before the oldest transaction that still runs, so nothing ever appears behind a row that was shown.
-- `start` is added because transaction ids begin anew when a dump is restored into a fresh
-- cluster: it is raised then (crates/store-sql/src/postgres/timeline.rs).
CREATE TABLE commit_timeline (
    id    TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (id = 'only'),
    start BIGINT NOT NULL
);
INSERT INTO commit_timeline (id, start) VALUES ('only', 0);

-- plpgsql keeps its plans for the session; a function in plain SQL would be planned at each call.
CREATE FUNCTION commit_order_now() RETURNS BIGINT LANGUAGE plpgsql STABLE AS
    'BEGIN RETURN (SELECT start FROM commit_timeline) + pg_current_xact_id()::text::bigint; END';
CREATE FUNCTION commit_order_horizon() RETURNS BIGINT LANGUAGE plpgsql STABLE AS
    'BEGIN RETURN (SELECT start FROM commit_timeline)
        + pg_snapshot_xmin(pg_current_snapshot())::text::bigint; END';

-- What grows without bound is partitioned by month; the month is that of the ULID in the key.
-- The default partition takes what no month has been made for.
CREATE TABLE audit_trail (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    commit_order    BIGINT NOT NULL DEFAULT commit_order_now(),
    unit_position   INTEGER NOT NULL,
    environment_id  TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C",
    at              TIMESTAMPTZ NOT NULL,
    action          TEXT COLLATE "C" NOT NULL,
    actor_kind      TEXT NOT NULL,
    actor_id        TEXT NOT NULL,
    actor_name      TEXT,
    target_kind     TEXT NOT NULL,
    target_id       TEXT NOT NULL,
    details         JSON NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE audit_trail_default PARTITION OF audit_trail DEFAULT;
CREATE INDEX audit_trail_order ON audit_trail (environment_id, commit_order, unit_position);
CREATE INDEX audit_trail_organization ON audit_trail (environment_id, organization_id, commit_order, unit_position);

CREATE TABLE events (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    commit_order    BIGINT NOT NULL DEFAULT commit_order_now(),
    unit_position   INTEGER NOT NULL,
    environment_id  TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    actor_kind      TEXT NOT NULL,
    actor_id        TEXT NOT NULL,
    actor_name      TEXT,
    name            TEXT COLLATE "C" NOT NULL,
    fact            JSON NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE INDEX events_order ON events (environment_id, commit_order, unit_position);
CREATE INDEX events_name ON events (environment_id, name, commit_order, unit_position);
CREATE INDEX events_organization ON events (environment_id, organization_id, commit_order, unit_position);

-- By the event's id, not by its own: that an event has one delivery to an endpoint is a unique
-- rule, and PostgreSQL wants the partition key in it.
CREATE TABLE webhook_deliveries (
    id             TEXT COLLATE "C" NOT NULL,
    environment_id TEXT COLLATE "C" NOT NULL,
    endpoint_id    TEXT COLLATE "C" NOT NULL,
    event_id       TEXT COLLATE "C" NOT NULL,
    state          TEXT NOT NULL,
    state_at       TIMESTAMPTZ,
    tries          INTEGER NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (event_id, endpoint_id),
    CONSTRAINT webhook_deliveries_to FOREIGN KEY (environment_id, endpoint_id)
        REFERENCES webhook_endpoints (environment_id, id) ON DELETE CASCADE
) PARTITION BY RANGE (event_id);
CREATE TABLE webhook_deliveries_default PARTITION OF webhook_deliveries DEFAULT;
CREATE INDEX webhook_deliveries_id ON webhook_deliveries (id);
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (environment_id, endpoint_id, id);

CREATE TABLE webhook_attempts (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id TEXT COLLATE "C" NOT NULL,
    delivery_id    TEXT COLLATE "C" NOT NULL,
    at             TIMESTAMPTZ NOT NULL,
    duration_ms    BIGINT NOT NULL,
    status         INTEGER,
    answer         TEXT NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE webhook_attempts_default PARTITION OF webhook_attempts DEFAULT;
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, id);
