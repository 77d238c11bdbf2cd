-- The vendor's people sign in to the dashboard.

ALTER TABLE members ADD COLUMN name TEXT;
-- Wrong passwords since the last right one.
ALTER TABLE members ADD COLUMN wrong_passwords INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN last_wrong_at TIMESTAMPTZ;

CREATE TABLE member_sessions (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    member_id  TEXT COLLATE "C" NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    digest     BYTEA NOT NULL,
    ip_address TEXT,
    user_agent TEXT,
    started_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ
);
CREATE UNIQUE INDEX member_sessions_digest ON member_sessions (digest);
CREATE INDEX member_sessions_member ON member_sessions (member_id, id);

-- Links of an organization by age.
DROP INDEX portal_links_organization;
CREATE INDEX portal_links_organization ON portal_links (environment_id, organization_id, id);
