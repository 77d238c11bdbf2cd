-- Who opens a link: what environments ask, who is in a visit, and the codes that prove it.

ALTER TABLE environments ADD COLUMN addresses TEXT NOT NULL DEFAULT 'stated';

ALTER TABLE portal_sessions ADD COLUMN admin_email TEXT;
ALTER TABLE portal_sessions ADD COLUMN admin_confirmed_at TEXT;
-- A column that is added takes a constant only; the one process there is writes every row's own.
ALTER TABLE portal_sessions ADD COLUMN progress_at TEXT NOT NULL DEFAULT '1970-01-01T00:00:00Z';
UPDATE portal_sessions SET progress_at = started_at;

CREATE TABLE address_codes (
    id              TEXT NOT NULL PRIMARY KEY,
    environment_id  TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    link_id         TEXT NOT NULL,
    address         TEXT NOT NULL,
    sealed          BLOB NOT NULL,
    wrong_tries     INTEGER NOT NULL,
    state           TEXT NOT NULL,
    state_at        TEXT,
    created_at      TEXT NOT NULL,
    CONSTRAINT address_codes_of FOREIGN KEY (environment_id, link_id)
        REFERENCES portal_links (environment_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX address_codes_link ON address_codes (environment_id, link_id, created_at);
CREATE INDEX address_codes_age ON address_codes (created_at);
