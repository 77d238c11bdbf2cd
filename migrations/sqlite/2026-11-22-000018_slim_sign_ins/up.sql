-- What is to be erased is found by what does not change while somebody signs in.
DROP INDEX sso_sessions_handed_on;
CREATE INDEX sso_sessions_exchange ON sso_sessions (id) WHERE exchange IS NOT NULL;
