-- People sign in: attempts, profiles, what was accepted, and the keys that sign access tokens.

ALTER TABLE environments ADD COLUMN session_days INTEGER NOT NULL DEFAULT 90;

-- Whether an endpoint is enabled and lists an event of sign-ins: asked at every sign-in, so it is
-- not left to a look into the list.
ALTER TABLE webhook_endpoints ADD COLUMN sign_in_events INTEGER NOT NULL DEFAULT 0;
UPDATE webhook_endpoints SET sign_in_events = 1
    WHERE state = 'enabled' AND events LIKE '%"authentication.sso!_%' ESCAPE '!';
CREATE INDEX webhook_endpoints_sign_in ON webhook_endpoints (environment_id) WHERE sign_in_events;

-- Unique, so that what belongs to a connection can refer to it together with its environment.
DROP INDEX connections_environment;
CREATE UNIQUE INDEX connections_environment ON connections (environment_id, id);

-- Attempts to sign in, one for each. They go with their connection: what was set up anew explains
-- nothing of before.
CREATE TABLE sso_sessions (
    id              TEXT NOT NULL PRIMARY KEY,
    environment_id  TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    connection_id   TEXT NOT NULL,
    origin          TEXT NOT NULL,
    state           TEXT NOT NULL,
    state_at        TEXT,
    failure_code    TEXT,
    failure         TEXT,
    -- In lower case, for lists.
    email           TEXT,
    -- What the app asked for.
    asked           TEXT,
    exchange        BLOB,
    code_digest     BLOB,
    code_expires_at TEXT,
    profile_id      TEXT,
    record          TEXT NOT NULL,
    ip_address      TEXT,
    user_agent      TEXT,
    started_at      TEXT NOT NULL,
    CONSTRAINT sso_sessions_through FOREIGN KEY (environment_id, connection_id)
        REFERENCES connections (environment_id, id) ON DELETE CASCADE
) STRICT;
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
    id              TEXT NOT NULL PRIMARY KEY,
    environment_id  TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    connection_id   TEXT NOT NULL,
    connection_type TEXT NOT NULL,
    idp_digest      BLOB NOT NULL,
    person          TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    CONSTRAINT profiles_of FOREIGN KEY (environment_id, connection_id)
        REFERENCES connections (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX profiles_idp ON profiles (environment_id, connection_id, idp_digest);
CREATE INDEX profiles_environment ON profiles (environment_id, id);

CREATE TABLE accepted_assertions (
    environment_id TEXT NOT NULL,
    connection_id  TEXT NOT NULL,
    digest         BLOB NOT NULL,
    expires_at     TEXT NOT NULL,
    PRIMARY KEY (environment_id, connection_id, digest),
    CONSTRAINT accepted_assertions_of FOREIGN KEY (environment_id, connection_id)
        REFERENCES connections (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX accepted_assertions_expiry ON accepted_assertions (expires_at);

CREATE TABLE signing_keys (
    id             TEXT NOT NULL PRIMARY KEY,
    environment_id TEXT NOT NULL REFERENCES environments (id),
    certificate    TEXT NOT NULL,
    private_key    BLOB NOT NULL,
    signs_from     TEXT NOT NULL,
    created_at     TEXT NOT NULL
) STRICT;
CREATE INDEX signing_keys_environment ON signing_keys (environment_id, id);
