-- Hosts of the vendor's own. The column has a default: programs from before do not write it.

ALTER TABLE environments ADD COLUMN hosts JSON NOT NULL DEFAULT '[]';

-- The hosts that are used: each belongs to one environment of the deployment.
CREATE TABLE live_hosts (
    host           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id TEXT COLLATE "C" NOT NULL REFERENCES environments (id) ON DELETE CASCADE
);
CREATE INDEX live_hosts_environment ON live_hosts (environment_id);
