-- Who opens a link: what environments ask, who is in a visit, and the codes that prove it. Processes
-- of the version before write none of the new columns, so each has a value to begin with.

ALTER TABLE environments ADD COLUMN addresses TEXT NOT NULL DEFAULT 'stated';

ALTER TABLE portal_sessions
    ADD COLUMN admin_email        TEXT COLLATE "C",
    ADD COLUMN admin_confirmed_at TIMESTAMPTZ,
    ADD COLUMN progress_at        TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP;
UPDATE portal_sessions SET progress_at = started_at;

CREATE TABLE address_codes (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id  TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    link_id         TEXT COLLATE "C" NOT NULL,
    address         TEXT COLLATE "C" NOT NULL,
    sealed          BYTEA NOT NULL,
    wrong_tries     INTEGER NOT NULL,
    state           TEXT NOT NULL,
    state_at        TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    CONSTRAINT address_codes_of FOREIGN KEY (environment_id, link_id)
        REFERENCES portal_links (environment_id, id) ON DELETE CASCADE
);
CREATE INDEX address_codes_link ON address_codes (environment_id, link_id, created_at);
CREATE INDEX address_codes_age ON address_codes (created_at);
