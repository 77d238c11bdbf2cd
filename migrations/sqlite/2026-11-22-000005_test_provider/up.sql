-- Whether a sandbox environment has the test identity provider. Processes of the version before do
-- not write it, and have none.

ALTER TABLE environments ADD COLUMN test_provider TEXT NOT NULL DEFAULT 'on';
