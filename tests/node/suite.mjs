// The unmodified Node SDK drives the service, as a vendor's application does.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';

import {
  BadRequestException,
  GeneratePortalLinkIntent,
  NotFoundException,
  RateLimitExceededException,
  SignatureVerificationException,
  UnauthorizedException,
  UnprocessableEntityException,
} from '@workos-inc/node';

import { check, client, thrown } from './harness.mjs';

const { VESTIBULE_URL, VESTIBULE_API_KEY, RECEIVER_PORT, CERTIFICATE, NAME_SERVER_DESK } = process.env;

const workos = client(VESTIBULE_API_KEY);
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const saml = (organization, more = {}) => ({
  organization_id: organization,
  connection_type: 'OktaSAML',
  saml_options: {
    idp_entity_id: 'http://www.okta.com/exk1',
    idp_sso_url: 'https://example.okta.com/app/exk1/sso/saml',
    idp_signing_certs: [CERTIFICATE],
  },
  ...more,
});

let acme;

await check('an organization is created with domains, external id and metadata', async () => {
  acme = await workos.organizations.createOrganization({
    name: 'Acme, Żółć & 東京 <b>',
    domainData: [
      { domain: 'acme.example', state: 'verified' },
      { domain: 'acme.test', state: 'pending' },
    ],
    externalId: 'customer 1/a',
    metadata: { plan: 'gold', seats: '40' },
  });
  assert.equal(acme.object, 'organization');
  assert.match(acme.id, /^org_[0-9A-HJKMNP-TV-Z]{26}$/);
  assert.equal(acme.name, 'Acme, Żółć & 東京 <b>');
  assert.equal(acme.externalId, 'customer 1/a');
  assert.deepEqual(acme.metadata, { plan: 'gold', seats: '40' });
  assert.match(acme.createdAt, TIMESTAMP);
  assert.match(acme.updatedAt, TIMESTAMP);
  const states = Object.fromEntries(acme.domains.map((d) => [d.domain, d.state]));
  assert.deepEqual(states, { 'acme.example': 'verified', 'acme.test': 'pending' });
});

await check('an organization is read by its id', async () => {
  assert.deepEqual(await workos.organizations.getOrganization(acme.id), acme);
});

await check('an organization is read by its external id', async () => {
  const found = await workos.organizations.getOrganizationByExternalId(encodeURIComponent(acme.externalId));
  assert.equal(found.id, acme.id);
});

await check('organizations are listed by domain', async () => {
  const found = await workos.organizations.listOrganizations({ domains: ['acme.example', 'nobody.example'] });
  assert.deepEqual(found.data.map((o) => o.id), [acme.id]);
});

await check('metadata is merged, and null takes a key away', async () => {
  const updated = await workos.organizations.updateOrganization({
    organization: acme.id,
    metadata: { seats: '50', region: 'eu', plan: null },
  });
  assert.deepEqual(updated.metadata, { seats: '50', region: 'eu' });
  assert.equal(updated.name, acme.name);
  assert.equal(updated.externalId, acme.externalId);
});

await check('an external id is cleared by null and kept when absent', async () => {
  const kept = await workos.organizations.updateOrganization({ organization: acme.id, name: 'Acme' });
  assert.equal(kept.externalId, acme.externalId);
  assert.equal(kept.name, 'Acme');
  const cleared = await workos.organizations.updateOrganization({ organization: acme.id, externalId: null });
  assert.equal(cleared.externalId, null);
});

await check('domain data replaces the domains', async () => {
  const updated = await workos.organizations.updateOrganization({
    organization: acme.id,
    domainData: [{ domain: 'acme.example', state: 'verified' }],
  });
  assert.deepEqual(updated.domains.map((d) => d.domain), ['acme.example']);
});

await check('an idempotency key makes one organization of two requests', async () => {
  const make = () => workos.organizations.createOrganization({ name: 'Once' }, { idempotencyKey: 'node-suite-once' });
  const [first, second] = [await make(), await make()];
  assert.deepEqual(first, second);
});

await check('organizations are listed page by page', async () => {
  const made = [];
  for (let i = 0; i < 12; i += 1) {
    made.push((await workos.organizations.createOrganization({ name: `Page ${i}` })).id);
  }
  const seen = [];
  let after;
  for (let page = 0; page < 20; page += 1) {
    const { data, listMetadata } = await workos.organizations.listOrganizations({ limit: 5, after, order: 'asc' });
    seen.push(...data.map((o) => o.id));
    ({ after } = listMetadata);
    if (!after) break;
    assert.equal(data.length, 5);
    assert.equal(after, data.at(-1).id);
  }
  assert.equal(after, null);
  assert.deepEqual(seen, [...seen].sort());
  assert.equal(new Set(seen).size, seen.length);
  for (const id of made) assert.ok(seen.includes(id));
  const newest = await workos.organizations.listOrganizations({ limit: 3 });
  assert.deepEqual(newest.data.map((o) => o.id), made.slice(-3).reverse());
  const back = await workos.organizations.listOrganizations({ limit: 3, before: newest.data[2].id });
  assert.deepEqual(back.data.map((o) => o.id), made.slice(-2).reverse());
});

await check('an exactly full last page says that nothing follows', async () => {
  const all = (await workos.organizations.listOrganizations({ limit: 100 })).data;
  const page = await workos.organizations.listOrganizations({ limit: all.length });
  assert.equal(page.data.length, all.length);
  assert.equal(page.listMetadata.after, null);
});

await check('the SDK pages through everything by itself', async () => {
  for (let batch = 0; batch < 13; batch += 1) {
    const names = Array.from({ length: 8 }, (_, i) => `Auto ${batch}-${i}`);
    await Promise.all(names.map((name) => workos.organizations.createOrganization({ name })));
  }
  const list = await workos.organizations.listOrganizations();
  assert.equal(list.data.length, 10);
  const everything = await list.autoPagination();
  assert.ok(everything.length > 104, `only ${everything.length}`);
  assert.equal(new Set(everything.map((o) => o.id)).size, everything.length);
});

await check('an organization is deleted', async () => {
  const gone = await workos.organizations.createOrganization({ name: 'Gone' });
  await workos.organizations.deleteOrganization(gone.id);
  assert.ok((await thrown(workos.organizations.getOrganization(gone.id))) instanceof NotFoundException);
});

await check('domains are added, read and removed', async () => {
  const domain = await workos.organizationDomains.create({ organizationId: acme.id, domain: 'added.example' });
  assert.equal(domain.object, 'organization_domain');
  assert.equal(domain.organizationId, acme.id);
  assert.equal(domain.state, 'pending');
  assert.equal((await workos.organizationDomains.get(domain.id)).domain, 'added.example');
  await workos.organizationDomains.delete(domain.id);
  assert.ok((await thrown(workos.organizationDomains.get(domain.id))) instanceof NotFoundException);
});

await check('a domain is verified once its record is there', async () => {
  const domain = await workos.organizationDomains.create({ organizationId: acme.id, domain: 'proven.example' });
  assert.deepEqual([domain.state, domain.verificationStrategy], ['pending', 'dns']);
  const record = `verification_token=${domain.verificationToken}`;
  await fetch(`${NAME_SERVER_DESK}/proven.example`, { method: 'POST', body: `v=spf1 -all\n${record}` });
  const verified = await workos.organizationDomains.verify(domain.id);
  assert.equal(verified.state, 'verified');
  assert.deepEqual(await workos.organizationDomains.get(domain.id), verified);
  const error = await thrown(workos.organizationDomains.verify(domain.id));
  assert.equal(error.status, 400, String(error));
  await workos.organizationDomains.delete(domain.id);
});

const links = new Set();
for (const intent of Object.values(GeneratePortalLinkIntent)) {
  // The customer's own encryption keys are no business of this portal.
  if (intent === 'bring_your_own_key') continue;
  await check(`a portal link is made for the intent ${intent}`, async () => {
    const { link } = await workos.portal.generateLink({
      organization: acme.id,
      intent,
      returnUrl: 'https://app.example.com/settings',
      successUrl: 'https://app.example.com/done',
    });
    const url = new URL(link);
    assert.equal(url.origin, VESTIBULE_URL);
    assert.match(url.searchParams.get('token'), /^vpt_[A-Za-z0-9_-]{43}$/);
    assert.ok(!links.has(link));
    links.add(link);
  });
}

let connection;
await check('connections are listed and read', async () => {
  const { data: made } = await workos.post('/connections', saml(acme.id, { name: 'Acme Okta' }));
  connection = await workos.sso.getConnection(made.id);
  assert.equal(connection.id, made.id);
  assert.equal(connection.organizationId, acme.id);
  assert.equal(connection.type, 'OktaSAML');
  assert.equal(connection.state, 'active');
  assert.equal(connection.name, 'Acme Okta');
  assert.match(connection.createdAt, TIMESTAMP);
  const ids = async (options) => (await workos.sso.listConnections(options)).data.map((c) => c.id);
  assert.deepEqual(await ids({ organizationId: acme.id }), [made.id]);
  assert.deepEqual(await ids({ connectionType: 'OktaSAML' }), [made.id]);
  assert.deepEqual(await ids({ connectionType: 'AzureSAML' }), []);
  assert.deepEqual(await ids({ domain: 'acme.example' }), [made.id]);
});

await check('a connection is changed', async () => {
  const { data } = await workos.patch(`/connections/${connection.id}`, { name: 'Renamed' });
  assert.equal(data.name, 'Renamed');
  assert.equal((await workos.sso.getConnection(connection.id)).name, 'Renamed');
});

await check('a connection is deleted', async () => {
  await workos.sso.deleteConnection(connection.id);
  assert.ok((await thrown(workos.sso.getConnection(connection.id))) instanceof NotFoundException);
  assert.deepEqual((await workos.sso.listConnections({ organizationId: acme.id })).data, []);
});

await check('events are listed oldest first and page on', async () => {
  const events = ['connection.activated', 'connection.deleted'];
  const all = await workos.events.listEvents({ events, organizationId: acme.id });
  assert.deepEqual(all.data.map((e) => e.event), events);
  assert.equal(all.data[0].data.id, connection.id);
  assert.equal(all.data[0].data.type, 'OktaSAML');
  const first = await workos.events.listEvents({ events, organizationId: acme.id, limit: 1 });
  assert.equal(first.listMetadata.after, first.data[0].id);
  const next = await workos.events.listEvents({ events, organizationId: acme.id, after: first.data[0].id });
  assert.deepEqual(next.data.map((e) => e.id), [all.data[1].id]);
  const hour = 3_600_000;
  const before = await workos.events.listEvents({
    events,
    rangeStart: new Date(Date.now() - 2 * hour).toISOString(),
    rangeEnd: new Date(Date.now() - hour).toISOString(),
  });
  assert.deepEqual(before.data, []);
});

const deliveries = [];
const receiver = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  deliveries.push({ signature: request.headers['workos-signature'], payload: JSON.parse(body) });
  receiver.emit('delivery');
  response.end('ok');
});
receiver.listen(Number(RECEIVER_PORT), '127.0.0.1');
await once(receiver, 'listening');

await check('a real webhook is verified and becomes an event', async () => {
  const { data: endpoint } = await workos.post('/webhook_endpoints', {
    endpoint_url: `http://127.0.0.1:${RECEIVER_PORT}/webhooks`,
    events: ['organization.created'],
  });
  const name = 'Ünïcode "quoted" \\ 東京 \u2028 🦀';
  const made = await workos.organizations.createOrganization({ name, metadata: { 10: 'b', 9: 'a', z: '1', a: '2' } });
  while (deliveries.length === 0) await once(receiver, 'delivery', { signal: AbortSignal.timeout(30_000) });
  const { payload, signature } = deliveries[0];
  const event = await workos.webhooks.constructEvent({ payload, sigHeader: signature, secret: endpoint.secret });
  assert.equal(event.event, 'organization.created');
  assert.equal(event.data.id, made.id);
  assert.equal(event.data.name, name);
  const wrong = workos.webhooks.constructEvent({ payload, sigHeader: signature, secret: 'whsec_wrong' });
  assert.ok((await thrown(wrong)) instanceof SignatureVerificationException);
  const changed = { ...payload, event: 'organization.deleted' };
  const forged = workos.webhooks.constructEvent({ payload: changed, sigHeader: signature, secret: endpoint.secret });
  assert.ok((await thrown(forged)) instanceof SignatureVerificationException);
  const [listed] = (await workos.events.listEvents({ events: ['organization.created'], organizationId: made.id })).data;
  assert.equal(listed.id, event.id);
});
receiver.close();

await check('400 is BadRequestException and names the field', async () => {
  const error = await thrown(
    workos.portal.generateLink({ organization: acme.id, intent: 'sso', returnUrl: 'http://app.example.com' }),
  );
  assert.equal(error.status, 400, String(error));
  assert.ok(error instanceof BadRequestException, error.name);
  assert.match(error.message, /return_url/);
});

await check('401 is UnauthorizedException', async () => {
  const error = await thrown(client('sk_test_wrong').organizations.getOrganization(acme.id));
  assert.ok(error instanceof UnauthorizedException, error.name);
});

await check('404 is NotFoundException with its code', async () => {
  const error = await thrown(workos.organizations.getOrganization('org_01ARZ3NDEKTSV4RRFFQ69G5FAV'));
  assert.ok(error instanceof NotFoundException, error.name);
  assert.equal(error.code, 'entity_not_found');
  assert.ok(error.message);
});

await check('409 is ConflictException', async () => {
  const error = await thrown(workos.organizationDomains.create({ organizationId: acme.id, domain: 'acme.example' }));
  assert.equal(error.status, 409);
  assert.equal(error.name, 'ConflictException');
});

await check('422 is UnprocessableEntityException with its codes', async () => {
  const error = await thrown(workos.organizations.createOrganization({ name: '' }));
  assert.ok(error instanceof UnprocessableEntityException, error.name);
  assert.ok(error.message.length > 0 && !error.message.includes('undefined'), error.message);
});

// Whoever fails to prove a key too often is told to slow down.
await check('429 is RateLimitExceededException with the time to wait', async () => {
  const guessing = client('sk_test_wrong');
  const ask = () => guessing.organizations.listOrganizations().catch((error) => error);
  let error;
  for (let round = 0; round < 20 && !error; round += 1) {
    error = (await Promise.all(Array.from({ length: 20 }, ask))).find((e) => e.status === 429);
  }
  assert.ok(error instanceof RateLimitExceededException, String(error));
  assert.ok(Number.isInteger(error.retryAfter) && error.retryAfter > 0, String(error.retryAfter));
  // Those who have a key are not hindered by those who guess.
  await workos.organizations.getOrganization(acme.id);
});
