-- What profiles of an environment carry besides what every profile has. Processes of the version
-- before do not write it.

ALTER TABLE environments ADD COLUMN custom_attributes JSON NOT NULL DEFAULT '[]';
