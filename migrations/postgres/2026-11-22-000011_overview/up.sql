-- What the dashboard shows at a glance, and counts: kept where it can be found without a search.

-- Where an organization stands is written beside it by triggers, in the transaction that changes
-- it, also by processes of the version before. Each filter of the list is then an index's.
ALTER TABLE connections ADD COLUMN certificate_end TIMESTAMPTZ;
ALTER TABLE organizations
    -- The state of its connection.
    ADD COLUMN sso              TEXT COLLATE "C" NOT NULL DEFAULT 'none',
    -- When the last of the provider's certificates ends, while people sign in by it.
    ADD COLUMN certificate_end  TIMESTAMPTZ,
    ADD COLUMN unproven_domains INTEGER NOT NULL DEFAULT 0,
    -- When something last moved at its open set-up link, and whether that was ever opened.
    ADD COLUMN set_up_moved_at  TIMESTAMPTZ,
    ADD COLUMN set_up_opened    BOOLEAN NOT NULL DEFAULT FALSE,
    -- When the newest of its failures began, while sign-ins fail in a row. Counted, not triggered:
    -- sign-ins write nothing for it.
    ADD COLUMN failing_at       TIMESTAMPTZ;

-- A document with \u0000 cannot be looked into; such a connection gets its date when it is saved.
UPDATE connections SET certificate_end = (
        SELECT max((held -> 'certificate' ->> 'not_after')::timestamptz)
        FROM json_array_elements(settings -> 'idp' -> 'signing_certificates') AS held)
    WHERE settings::text LIKE '%"signing_certificates":[{%' AND settings::text NOT LIKE '%\\u0000%';
UPDATE organizations SET sso = connections.state,
        certificate_end = CASE WHEN connections.state = 'active' THEN connections.certificate_end END
    FROM connections WHERE connections.organization_id = organizations.id;
UPDATE organizations SET unproven_domains = unproven.domains
    FROM (SELECT organization_id, count(*) AS domains FROM organization_domains
        WHERE state <> 'verified' GROUP BY organization_id) AS unproven
    WHERE unproven.organization_id = organizations.id;
UPDATE organizations SET set_up_opened = under_way.visits > 0, set_up_moved_at = under_way.moved_at
    FROM (SELECT link.organization_id, count(visit.id) AS visits,
            greatest(link.created_at, max(visit.started_at), max(visit.progress_at)) AS moved_at
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
    connection_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    environment_id TEXT COLLATE "C" NOT NULL,
    started_at     TIMESTAMPTZ NOT NULL,
    finished_at    TIMESTAMPTZ
);
CREATE INDEX set_ups_started ON set_ups (started_at, environment_id);
CREATE INDEX set_ups_finished ON set_ups (finished_at, environment_id) WHERE finished_at IS NOT NULL;
INSERT INTO set_ups (connection_id, environment_id, started_at)
    SELECT id, environment_id, created_at FROM connections WHERE state = 'draft' AND organization_id IS NOT NULL;

CREATE FUNCTION connection_stands() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE organizations SET sso = 'none', certificate_end = NULL, failing_at = NULL
            WHERE id = OLD.organization_id;
        RETURN NULL;
    END IF;
    UPDATE organizations SET sso = NEW.state,
            certificate_end = CASE WHEN NEW.state = 'active' THEN NEW.certificate_end END,
            failing_at = CASE WHEN NEW.state = 'active' THEN failing_at END
        WHERE id = NEW.organization_id;
    IF TG_OP = 'INSERT' AND NEW.state = 'draft' THEN
        INSERT INTO set_ups (connection_id, environment_id, started_at)
            VALUES (NEW.id, NEW.environment_id, NEW.created_at) ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'UPDATE' AND NEW.state <> 'draft' THEN
        UPDATE set_ups SET finished_at = NEW.updated_at
            WHERE connection_id = NEW.id AND finished_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER connections_come AFTER INSERT ON connections
    FOR EACH ROW WHEN (NEW.organization_id IS NOT NULL) EXECUTE FUNCTION connection_stands();
CREATE TRIGGER connections_change AFTER UPDATE OF state, certificate_end ON connections
    FOR EACH ROW WHEN (NEW.organization_id IS NOT NULL AND (OLD.state <> NEW.state
        OR OLD.certificate_end IS DISTINCT FROM NEW.certificate_end))
    EXECUTE FUNCTION connection_stands();
CREATE TRIGGER connections_go AFTER DELETE ON connections
    FOR EACH ROW WHEN (OLD.organization_id IS NOT NULL) EXECUTE FUNCTION connection_stands();

-- Added to and taken from, not counted anew: of two transactions that each prove one domain, neither
-- sees the other's.
CREATE FUNCTION domain_stands() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    more INTEGER := 0;
BEGIN
    IF TG_OP <> 'DELETE' AND NEW.state <> 'verified' THEN more := more + 1; END IF;
    IF TG_OP <> 'INSERT' AND OLD.state <> 'verified' THEN more := more - 1; END IF;
    IF more <> 0 THEN
        UPDATE organizations SET unproven_domains = unproven_domains + more
            WHERE id = coalesce(NEW.organization_id, OLD.organization_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER organization_domains_stand AFTER INSERT OR UPDATE OR DELETE ON organization_domains
    FOR EACH ROW EXECUTE FUNCTION domain_stands();

CREATE FUNCTION set_up_stands() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'open' THEN
        UPDATE organizations SET set_up_moved_at = NEW.created_at, set_up_opened = FALSE
            WHERE id = NEW.organization_id;
    ELSE
        UPDATE organizations SET set_up_moved_at = NULL, set_up_opened = FALSE
            WHERE id = NEW.organization_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER portal_links_come AFTER INSERT ON portal_links
    FOR EACH ROW WHEN (NEW.exclusive AND NEW.state = 'open') EXECUTE FUNCTION set_up_stands();
CREATE TRIGGER portal_links_end AFTER UPDATE OF state ON portal_links
    FOR EACH ROW WHEN (OLD.exclusive AND OLD.state = 'open' AND NEW.state <> 'open')
    EXECUTE FUNCTION set_up_stands();

CREATE FUNCTION set_up_moves() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE organizations SET set_up_opened = TRUE,
            set_up_moved_at = greatest(set_up_moved_at, NEW.started_at, NEW.progress_at)
        WHERE id = NEW.organization_id AND EXISTS (SELECT 1 FROM portal_links AS link
            WHERE link.id = NEW.link_id AND link.exclusive AND link.state = 'open');
    RETURN NULL;
END $$;
CREATE TRIGGER portal_sessions_come AFTER INSERT ON portal_sessions
    FOR EACH ROW EXECUTE FUNCTION set_up_moves();
CREATE TRIGGER portal_sessions_move AFTER UPDATE OF progress_at ON portal_sessions
    FOR EACH ROW WHEN (OLD.progress_at <> NEW.progress_at) EXECUTE FUNCTION set_up_moves();

-- Deliveries that were given up are rare, and looked for newest first.
CREATE INDEX webhook_deliveries_given_up ON webhook_deliveries (environment_id, id) WHERE state = 'given_up';

-- Sums, made by the workers: sign-ins of an hour of the clock, set-ups of a week.
CREATE TABLE sign_in_hours (
    environment_id TEXT COLLATE "C" NOT NULL,
    hour           TIMESTAMPTZ NOT NULL,
    successful     BIGINT NOT NULL,
    failed         BIGINT NOT NULL,
    unfinished     BIGINT NOT NULL,
    PRIMARY KEY (environment_id, hour)
);
CREATE TABLE set_up_weeks (
    environment_id TEXT COLLATE "C" NOT NULL,
    week           TIMESTAMPTZ NOT NULL,
    started        BIGINT NOT NULL,
    finished       BIGINT NOT NULL,
    -- Seconds; none where nothing was finished.
    median_s       BIGINT,
    PRIMARY KEY (environment_id, week)
);
-- Hours before `settled_until` are not counted again.
CREATE TABLE tallies (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (id = 'only'),
    settled_until TIMESTAMPTZ,
    counted_at    TIMESTAMPTZ
);
INSERT INTO tallies (id) VALUES ('only');
