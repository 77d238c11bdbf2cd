-- Hosts of the vendor's own.

ALTER TABLE environments ADD COLUMN hosts TEXT NOT NULL DEFAULT '[]';

-- The hosts that are used: each belongs to one environment of the deployment.
CREATE TABLE live_hosts (
    host           TEXT NOT NULL PRIMARY KEY,
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX live_hosts_environment ON live_hosts (environment_id);
