-- What a sign-in costs the server besides its rows.

-- An attempt changes its state twice within seconds. While no index has the state in it, and its page
-- has room, the second change writes no index: so the page leaves room for it, and what is to be erased
-- is found by what does not change. Months that are made later leave room as well.
DROP INDEX sso_sessions_handed_on;
CREATE INDEX sso_sessions_exchange ON sso_sessions (id) WHERE exchange IS NOT NULL;
DO $$
DECLARE
    month regclass;
BEGIN
    FOR month IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'sso_sessions'::regclass LOOP
        EXECUTE format('ALTER TABLE %s SET (fillfactor = 75)', month);
    END LOOP;
END
$$;
