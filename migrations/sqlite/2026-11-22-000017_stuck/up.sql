-- Stuck set-ups in the order of the list. Those that are not stuck yet are walked past: they moved in
-- the last days, so they are few.
CREATE INDEX organizations_stuck ON organizations (environment_id, id, set_up_moved_at)
    WHERE set_up_moved_at IS NOT NULL;
