-- What API keys may be used for, who made them, when they were last used, and when they end.

ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT 'everything';
-- As they were called then; the audit trail has their id.
ALTER TABLE api_keys ADD COLUMN created_by TEXT;
-- To the hour.
ALTER TABLE api_keys ADD COLUMN last_used_at TIMESTAMPTZ;
-- A key that was replaced works until then.
ALTER TABLE api_keys ADD COLUMN expires_at TIMESTAMPTZ;

-- What can be sent again.
CREATE INDEX webhook_deliveries_endpoint_given_up ON webhook_deliveries (environment_id, endpoint_id, id)
    WHERE state = 'given_up';
