-- The audit trail has what was before and after, and where somebody acted from.

ALTER TABLE audit_trail ADD COLUMN changes TEXT;
ALTER TABLE audit_trail ADD COLUMN ip_address TEXT;
ALTER TABLE audit_trail ADD COLUMN user_agent TEXT;

-- By what was done, and by who did it: their id, or their name.
CREATE INDEX audit_trail_action ON audit_trail (environment_id, action, commit_order, unit_position);
CREATE INDEX audit_trail_actor ON audit_trail (environment_id, actor_id, commit_order, unit_position);
CREATE INDEX audit_trail_actor_name ON audit_trail (environment_id, actor_name, commit_order, unit_position);
