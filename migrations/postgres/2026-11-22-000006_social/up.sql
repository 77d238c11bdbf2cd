-- People sign in with accounts of their own: an environment is registered at public providers by
-- connections that belong to no organization. What comes of these sign-ins belongs to none either.

ALTER TABLE connections ALTER COLUMN organization_id DROP NOT NULL;
ALTER TABLE sso_sessions ALTER COLUMN organization_id DROP NOT NULL;
ALTER TABLE profiles ALTER COLUMN organization_id DROP NOT NULL;
ALTER TABLE events ALTER COLUMN organization_id DROP NOT NULL;

-- One for each provider.
CREATE UNIQUE INDEX connections_social ON connections (environment_id, connection_type)
    WHERE organization_id IS NULL;

-- What a provider gave for an app that never came for it.
CREATE INDEX sso_sessions_handed_on ON sso_sessions (code_expires_at)
    WHERE state = 'authorized' AND exchange IS NOT NULL;
