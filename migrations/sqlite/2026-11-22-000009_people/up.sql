-- The vendor's people: second factors, invitations, password resets, what happened to them.

ALTER TABLE teams ADD COLUMN support_email TEXT;

-- The secret is sealed. What is left of the recovery codes: digests of 32 bytes, one behind the other.
ALTER TABLE members ADD COLUMN totp_secret BLOB;
ALTER TABLE members ADD COLUMN totp_last_step INTEGER;
ALTER TABLE members ADD COLUMN recovery_codes BLOB;
ALTER TABLE members ADD COLUMN second_factor_at TEXT;
-- Words with spaces between them.
ALTER TABLE members ADD COLUMN notices TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN signed_in_at TEXT;

ALTER TABLE member_sessions ADD COLUMN stage TEXT NOT NULL DEFAULT 'open';

CREATE TABLE team_invitations (
    id         TEXT NOT NULL PRIMARY KEY,
    team_id    TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    email      TEXT NOT NULL,
    role       TEXT NOT NULL,
    digest     BLOB NOT NULL,
    invited_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    sent_at    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX team_invitations_digest ON team_invitations (digest);
CREATE UNIQUE INDEX team_invitations_email ON team_invitations (team_id, email);

CREATE TABLE password_resets (
    digest     BLOB NOT NULL PRIMARY KEY,
    member_id  TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX password_resets_member ON password_resets (member_id, created_at);

CREATE TABLE team_trail (
    id          TEXT NOT NULL PRIMARY KEY,
    team_id     TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    at          TEXT NOT NULL,
    action      TEXT NOT NULL,
    member_id   TEXT,
    member_name TEXT,
    ip_address  TEXT,
    target      TEXT NOT NULL,
    details     TEXT NOT NULL
) STRICT;
CREATE INDEX team_trail_team ON team_trail (team_id, id);

-- Messages about accounts concern no organization. SQLite takes a NOT NULL away only with its table;
-- nothing refers to messages.
CREATE TABLE messages_anew (
    id              TEXT NOT NULL PRIMARY KEY,
    environment_id  TEXT NOT NULL,
    organization_id TEXT,
    recipient       TEXT NOT NULL,
    kind            TEXT NOT NULL,
    state           TEXT NOT NULL,
    state_at        TEXT,
    created_at      TEXT NOT NULL,
    CONSTRAINT messages_of FOREIGN KEY (environment_id, organization_id)
        REFERENCES organizations (environment_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO messages_anew
    SELECT id, environment_id, organization_id, recipient, kind, state, state_at, created_at FROM messages;
DROP TABLE messages;
ALTER TABLE messages_anew RENAME TO messages;
CREATE INDEX messages_organization ON messages (environment_id, organization_id);
