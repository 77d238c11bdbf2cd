-- Tests of what is not saved yet, and tests that a program asks for and a browser begins later.

-- The settings that a test tries; without our secrets once it is over.
ALTER TABLE sso_sessions ADD COLUMN trial JSON;
-- Digest of the secret in the address where the test begins; none once it has begun.
ALTER TABLE sso_sessions ADD COLUMN ticket BYTEA;
