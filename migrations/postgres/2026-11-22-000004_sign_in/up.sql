-- People sign in: attempts, profiles, what was accepted, and the keys that sign access tokens.

ALTER TABLE environments ADD COLUMN session_days INTEGER NOT NULL DEFAULT 90;

-- Whether an endpoint is enabled and lists an event of sign-ins: asked at every sign-in, so it is
-- not left to a look into the list.
ALTER TABLE webhook_endpoints ADD COLUMN sign_in_events BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE webhook_endpoints SET sign_in_events = TRUE
    WHERE state = 'enabled' AND events::text LIKE '%"authentication.sso!_%' ESCAPE '!';
CREATE INDEX webhook_endpoints_sign_in ON webhook_endpoints (environment_id) WHERE sign_in_events;

-- Unique, so that what belongs to a connection can refer to it together with its environment.
DROP INDEX connections_environment;
CREATE UNIQUE INDEX connections_environment ON connections (environment_id, id);

-- Attempts to sign in, one for each. Partitioned by the month of the id; retention drops whole
-- months. They go with their connection: what was set up anew explains nothing of before.
CREATE TABLE sso_sessions (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id  TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    connection_id   TEXT COLLATE "C" NOT NULL,
    origin          TEXT NOT NULL,
    state           TEXT NOT NULL,
    state_at        TIMESTAMPTZ,
    failure_code    TEXT,
    failure         JSON,
    -- In lower case, for lists.
    email           TEXT COLLATE "C",
    -- What the app asked for.
    asked           JSON,
    exchange        BYTEA,
    code_digest     BYTEA,
    code_expires_at TIMESTAMPTZ,
    profile_id      TEXT COLLATE "C",
    record          JSON NOT NULL,
    ip_address      TEXT,
    user_agent      TEXT,
    started_at      TIMESTAMPTZ NOT NULL,
    CONSTRAINT sso_sessions_through FOREIGN KEY (environment_id, connection_id)
        REFERENCES connections (environment_id, id) ON DELETE CASCADE
) PARTITION BY RANGE (id);
CREATE TABLE sso_sessions_default PARTITION OF sso_sessions DEFAULT;
-- The list of an organization is that of its one connection, and needs no index of its own. What
-- is rare is looked for by partial indexes, which cost nothing while all goes well; what timed out
-- is not rare, and what goes on is young.
CREATE INDEX sso_sessions_environment ON sso_sessions (environment_id, id);
CREATE INDEX sso_sessions_connection ON sso_sessions (environment_id, connection_id, id);
CREATE INDEX sso_sessions_email ON sso_sessions (environment_id, email, id) WHERE email IS NOT NULL;
CREATE INDEX sso_sessions_failed ON sso_sessions (environment_id, id) WHERE failure_code IS NOT NULL;
CREATE INDEX sso_sessions_failed_connection ON sso_sessions (environment_id, connection_id, id)
    WHERE failure_code IS NOT NULL;

-- One for each connection and id at the provider; such an id may be too long for an index.
CREATE TABLE profiles (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id  TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    connection_id   TEXT COLLATE "C" NOT NULL,
    connection_type TEXT NOT NULL,
    idp_digest      BYTEA NOT NULL,
    person          JSON NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    CONSTRAINT profiles_of FOREIGN KEY (environment_id, connection_id)
        REFERENCES connections (environment_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX profiles_idp ON profiles (environment_id, connection_id, idp_digest);
CREATE INDEX profiles_environment ON profiles (environment_id, id);

CREATE TABLE accepted_assertions (
    environment_id TEXT COLLATE "C" NOT NULL,
    connection_id  TEXT COLLATE "C" NOT NULL,
    digest         BYTEA NOT NULL,
    expires_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (environment_id, connection_id, digest),
    CONSTRAINT accepted_assertions_of FOREIGN KEY (environment_id, connection_id)
        REFERENCES connections (environment_id, id) ON DELETE CASCADE
);
CREATE INDEX accepted_assertions_expiry ON accepted_assertions (expires_at);

CREATE TABLE signing_keys (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id TEXT COLLATE "C" NOT NULL REFERENCES environments (id),
    certificate    JSON NOT NULL,
    private_key    BYTEA NOT NULL,
    signs_from     TIMESTAMPTZ NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL
);
CREATE INDEX signing_keys_environment ON signing_keys (environment_id, id);

-- Records are some ten kilobytes, and every sign-in writes one. Compressing it is most of what that
-- costs the server; lz4 does it in a quarter of the time. A server may be built without it.
DO $$
BEGIN
    -- Months that are made later take it from their table.
    ALTER TABLE sso_sessions ALTER COLUMN record SET COMPRESSION lz4;
    ALTER TABLE sso_sessions_default ALTER COLUMN record SET COMPRESSION lz4;
    ALTER TABLE profiles ALTER COLUMN person SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END
$$;
