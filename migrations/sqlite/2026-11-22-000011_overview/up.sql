-- What the dashboard shows at a glance, and counts: kept where it can be found without a search.

-- Where an organization stands is written beside it by triggers, in the transaction that changes
-- it. Each filter of the list is then an index's.
ALTER TABLE connections ADD COLUMN certificate_end TEXT;
-- The state of its connection.
ALTER TABLE organizations ADD COLUMN sso TEXT NOT NULL DEFAULT 'none';
-- When the last of the provider's certificates ends, while people sign in by it.
ALTER TABLE organizations ADD COLUMN certificate_end TEXT;
ALTER TABLE organizations ADD COLUMN unproven_domains INTEGER NOT NULL DEFAULT 0;
-- When something last moved at its open set-up link, and whether that was ever opened.
ALTER TABLE organizations ADD COLUMN set_up_moved_at TEXT;
ALTER TABLE organizations ADD COLUMN set_up_opened INTEGER NOT NULL DEFAULT 0;
-- When the newest of its failures began, while sign-ins fail in a row. Counted, not triggered:
-- sign-ins write nothing for it.
ALTER TABLE organizations ADD COLUMN failing_at TEXT;

UPDATE connections SET certificate_end = (
        SELECT max(replace(replace(json_extract(held.value, '$.certificate.not_after'), 'T', ' '), 'Z', '+00:00'))
        FROM json_each(settings, '$.idp.signing_certificates') AS held)
    WHERE settings LIKE '%"signing_certificates":[{%';
UPDATE organizations SET sso = connections.state,
        certificate_end = CASE WHEN connections.state = 'active' THEN connections.certificate_end END
    FROM connections WHERE connections.organization_id = organizations.id;
UPDATE organizations SET unproven_domains = unproven.domains
    FROM (SELECT organization_id, count(*) AS domains FROM organization_domains
        WHERE state <> 'verified' GROUP BY organization_id) AS unproven
    WHERE unproven.organization_id = organizations.id;
UPDATE organizations SET set_up_opened = under_way.visits > 0, set_up_moved_at = under_way.moved_at
    FROM (SELECT link.organization_id, count(visit.id) AS visits,
            max(link.created_at, coalesce(max(visit.started_at), ''), coalesce(max(visit.progress_at), '')) AS moved_at
        FROM portal_links AS link LEFT JOIN portal_sessions AS visit
            ON visit.environment_id = link.environment_id AND visit.link_id = link.id
        WHERE link.exclusive AND link.state = 'open' GROUP BY link.id) AS under_way
    WHERE under_way.organization_id = organizations.id;

CREATE INDEX organizations_sso ON organizations (environment_id, sso, id);
CREATE INDEX organizations_certificate ON organizations (environment_id, certificate_end, id)
    WHERE certificate_end IS NOT NULL;
CREATE INDEX organizations_unproven ON organizations (environment_id, id) WHERE unproven_domains > 0;
CREATE INDEX organizations_set_up ON organizations (environment_id, set_up_moved_at, id)
    WHERE set_up_moved_at IS NOT NULL;
CREATE INDEX organizations_failing ON organizations (environment_id, id) WHERE failing_at IS NOT NULL;

-- Set-ups, from the provider that was picked to the first save. They outlive their connections.
CREATE TABLE set_ups (
    connection_id  TEXT NOT NULL PRIMARY KEY,
    environment_id TEXT NOT NULL,
    started_at     TEXT NOT NULL,
    finished_at    TEXT
) STRICT;
CREATE INDEX set_ups_started ON set_ups (started_at, environment_id);
CREATE INDEX set_ups_finished ON set_ups (finished_at, environment_id) WHERE finished_at IS NOT NULL;
INSERT INTO set_ups (connection_id, environment_id, started_at)
    SELECT id, environment_id, created_at FROM connections WHERE state = 'draft' AND organization_id IS NOT NULL;

CREATE TRIGGER connections_come AFTER INSERT ON connections WHEN NEW.organization_id IS NOT NULL
BEGIN
    UPDATE organizations SET sso = NEW.state,
            certificate_end = CASE WHEN NEW.state = 'active' THEN NEW.certificate_end END
        WHERE id = NEW.organization_id;
    INSERT INTO set_ups (connection_id, environment_id, started_at)
        SELECT NEW.id, NEW.environment_id, NEW.created_at WHERE NEW.state = 'draft'
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER connections_change AFTER UPDATE OF state, certificate_end ON connections
WHEN NEW.organization_id IS NOT NULL
    AND (OLD.state <> NEW.state OR OLD.certificate_end IS NOT NEW.certificate_end)
BEGIN
    UPDATE organizations SET sso = NEW.state,
            certificate_end = CASE WHEN NEW.state = 'active' THEN NEW.certificate_end END,
            failing_at = CASE WHEN NEW.state = 'active' THEN failing_at END
        WHERE id = NEW.organization_id;
    UPDATE set_ups SET finished_at = NEW.updated_at
        WHERE NEW.state <> 'draft' AND connection_id = NEW.id AND finished_at IS NULL;
END;
CREATE TRIGGER connections_go AFTER DELETE ON connections WHEN OLD.organization_id IS NOT NULL
BEGIN
    UPDATE organizations SET sso = 'none', certificate_end = NULL, failing_at = NULL
        WHERE id = OLD.organization_id;
END;

CREATE TRIGGER organization_domains_come AFTER INSERT ON organization_domains
BEGIN
    UPDATE organizations SET unproven_domains = unproven_domains + (NEW.state <> 'verified')
        WHERE id = NEW.organization_id;
END;
CREATE TRIGGER organization_domains_change AFTER UPDATE OF state ON organization_domains
BEGIN
    UPDATE organizations
        SET unproven_domains = unproven_domains + (NEW.state <> 'verified') - (OLD.state <> 'verified')
        WHERE id = NEW.organization_id;
END;
CREATE TRIGGER organization_domains_go AFTER DELETE ON organization_domains
BEGIN
    UPDATE organizations SET unproven_domains = unproven_domains - (OLD.state <> 'verified')
        WHERE id = OLD.organization_id;
END;

CREATE TRIGGER portal_links_come AFTER INSERT ON portal_links WHEN NEW.exclusive AND NEW.state = 'open'
BEGIN
    UPDATE organizations SET set_up_moved_at = NEW.created_at, set_up_opened = 0
        WHERE id = NEW.organization_id;
END;
CREATE TRIGGER portal_links_end AFTER UPDATE OF state ON portal_links
WHEN OLD.exclusive AND OLD.state = 'open' AND NEW.state <> 'open'
BEGIN
    UPDATE organizations SET set_up_moved_at = NULL, set_up_opened = 0 WHERE id = NEW.organization_id;
END;

CREATE TRIGGER portal_sessions_come AFTER INSERT ON portal_sessions
BEGIN
    UPDATE organizations SET set_up_opened = 1,
            set_up_moved_at = max(coalesce(set_up_moved_at, ''), NEW.started_at, NEW.progress_at)
        WHERE id = NEW.organization_id AND EXISTS (SELECT 1 FROM portal_links AS link
            WHERE link.id = NEW.link_id AND link.exclusive AND link.state = 'open');
END;
CREATE TRIGGER portal_sessions_move AFTER UPDATE OF progress_at ON portal_sessions
WHEN OLD.progress_at <> NEW.progress_at
BEGIN
    UPDATE organizations SET set_up_opened = 1,
            set_up_moved_at = max(coalesce(set_up_moved_at, ''), NEW.started_at, NEW.progress_at)
        WHERE id = NEW.organization_id AND EXISTS (SELECT 1 FROM portal_links AS link
            WHERE link.id = NEW.link_id AND link.exclusive AND link.state = 'open');
END;

-- Deliveries that were given up are rare, and looked for newest first.
CREATE INDEX webhook_deliveries_given_up ON webhook_deliveries (environment_id, id) WHERE state = 'given_up';

-- Sums, made by the workers: sign-ins of an hour of the clock, set-ups of a week.
CREATE TABLE sign_in_hours (
    environment_id TEXT NOT NULL,
    hour           TEXT NOT NULL,
    successful     INTEGER NOT NULL,
    failed         INTEGER NOT NULL,
    unfinished     INTEGER NOT NULL,
    PRIMARY KEY (environment_id, hour)
) STRICT;
CREATE TABLE set_up_weeks (
    environment_id TEXT NOT NULL,
    week           TEXT NOT NULL,
    started        INTEGER NOT NULL,
    finished       INTEGER NOT NULL,
    -- Seconds; none where nothing was finished.
    median_s       INTEGER,
    PRIMARY KEY (environment_id, week)
) STRICT;
-- Hours before `settled_until` are not counted again.
CREATE TABLE tallies (
    id            TEXT NOT NULL PRIMARY KEY CHECK (id = 'only'),
    settled_until TEXT,
    counted_at    TEXT
) STRICT;
INSERT INTO tallies (id) VALUES ('only');
