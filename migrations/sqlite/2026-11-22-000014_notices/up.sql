-- Until when members were told what of an environment needs attention, for each kind of mail.

CREATE TABLE notices_told (
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    notice         TEXT NOT NULL,
    until          TEXT NOT NULL,
    PRIMARY KEY (environment_id, notice)
) STRICT;

-- What the sweep takes away. Visits and entries of the trail are found by their ids.
CREATE INDEX password_resets_created ON password_resets (created_at);
CREATE INDEX team_invitations_sent ON team_invitations (sent_at);
