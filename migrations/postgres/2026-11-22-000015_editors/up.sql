-- The audit trail of a team has what was before and after.

ALTER TABLE team_trail ADD COLUMN changes JSON;
