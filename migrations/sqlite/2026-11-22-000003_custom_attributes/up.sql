-- What profiles of an environment carry besides what every profile has.

ALTER TABLE environments ADD COLUMN custom_attributes TEXT NOT NULL DEFAULT '[]';
