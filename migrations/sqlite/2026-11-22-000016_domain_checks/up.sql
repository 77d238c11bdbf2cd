-- How the record of an organization's domain is looked for, and why a domain is not waited for any more.

-- Since when. None: the domain was added by a version that did not look, and no job stands for it.
ALTER TABLE organization_domains ADD COLUMN sought_since TEXT;
ALTER TABLE organization_domains ADD COLUMN asked_at TEXT;
ALTER TABLE organization_domains ADD COLUMN found TEXT;
ALTER TABLE organization_domains ADD COLUMN failure TEXT;

CREATE INDEX organization_domains_unsought ON organization_domains (id)
    WHERE state = 'pending' AND sought_since IS NULL;
