-- People sign in with accounts of their own: an environment is registered at public providers by
-- connections that belong to no organization. What comes of these sign-ins belongs to none either.

-- SQLite has no statement that drops NOT NULL. Its documentation has this one for changes that do not
-- touch what is in the file: https://sqlite.org/lang_altertable.html, section 7. Making a table anew
-- would take what refers to it along.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'organization_id TEXT NOT NULL', 'organization_id TEXT')
    WHERE type = 'table' AND name IN ('connections', 'sso_sessions', 'profiles', 'events');
PRAGMA writable_schema = RESET;

-- One for each provider.
CREATE UNIQUE INDEX connections_social ON connections (environment_id, connection_type)
    WHERE organization_id IS NULL;

-- What a provider gave for an app that never came for it.
CREATE INDEX sso_sessions_handed_on ON sso_sessions (code_expires_at)
    WHERE state = 'authorized' AND exchange IS NOT NULL;
