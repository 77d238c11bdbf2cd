-- The vendor's people: second factors, invitations, password resets, what happened to them.

ALTER TABLE teams ADD COLUMN support_email TEXT;

-- The secret is sealed. What is left of the recovery codes: digests of 32 bytes, one behind the other.
ALTER TABLE members ADD COLUMN totp_secret BYTEA;
ALTER TABLE members ADD COLUMN totp_last_step BIGINT;
ALTER TABLE members ADD COLUMN recovery_codes BYTEA;
ALTER TABLE members ADD COLUMN second_factor_at TIMESTAMPTZ;
-- Words with spaces between them.
ALTER TABLE members ADD COLUMN notices TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN signed_in_at TIMESTAMPTZ;

ALTER TABLE member_sessions ADD COLUMN stage TEXT NOT NULL DEFAULT 'open';

CREATE TABLE team_invitations (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    team_id    TEXT COLLATE "C" NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    email      TEXT COLLATE "C" NOT NULL,
    role       TEXT NOT NULL,
    digest     BYTEA NOT NULL,
    invited_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at    TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX team_invitations_digest ON team_invitations (digest);
CREATE UNIQUE INDEX team_invitations_email ON team_invitations (team_id, email);

CREATE TABLE password_resets (
    digest     BYTEA NOT NULL PRIMARY KEY,
    member_id  TEXT COLLATE "C" NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX password_resets_member ON password_resets (member_id, created_at);

CREATE TABLE team_trail (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    team_id     TEXT COLLATE "C" NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    at          TIMESTAMPTZ NOT NULL,
    action      TEXT NOT NULL,
    member_id   TEXT COLLATE "C",
    member_name TEXT,
    ip_address  TEXT,
    target      TEXT NOT NULL,
    details     JSON NOT NULL
);
CREATE INDEX team_trail_team ON team_trail (team_id, id);

-- Messages about accounts concern no organization.
ALTER TABLE messages ALTER COLUMN organization_id DROP NOT NULL;
