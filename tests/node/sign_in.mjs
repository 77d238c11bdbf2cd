// The unmodified Node SDK signs people in, as a vendor's application does. The identity provider
// signs everybody in at once; this script is the browser, too.

import assert from 'node:assert/strict';
import { BadRequestException, OauthException, UnauthorizedException, WorkOS } from '@workos-inc/node';

import { browse, check, client, thrown } from './harness.mjs';

const { VESTIBULE_URL, VESTIBULE_API_KEY, CLIENT_ID, REDIRECT_URI, CONNECTION, ORGANIZATION, SAMPLE } = process.env;

const workos = client(VESTIBULE_API_KEY);

const common = { clientId: CLIENT_ID, redirectUri: REDIRECT_URI };

async function assertProfile({ profile, accessToken }) {
  assert.equal(profile.connectionId, CONNECTION);
  assert.equal(profile.connectionType, 'GenericSAML');
  assert.equal(profile.organizationId, ORGANIZATION);
  assert.equal(profile.idpId, 'id of jane@acme.example');
  assert.equal(profile.email, 'jane@acme.example');
  assert.equal(profile.firstName, 'Jane');
  assert.equal(profile.lastName, 'Doe-Żółć');
  assert.deepEqual([profile.role, profile.roles], [{ slug: 'member' }, [{ slug: 'member' }]]);
  assert.match(profile.id, /^prof_[0-9A-HJKMNP-TV-Z]{26}$/);
  assert.deepEqual(await workos.sso.getProfile({ accessToken }), profile);
}

let used;
await check('a person signs in by connection', async () => {
  const { code } = await browse(workos.sso.getAuthorizationUrl({ ...common, connection: CONNECTION }));
  await assertProfile(await workos.sso.getProfileAndToken({ code, clientId: CLIENT_ID }));
  used = code;
});

await check('a person signs in by organization with a state', async () => {
  const state = "a b&c='d'\"*!<é🦀>";
  const options = { ...common, organization: ORGANIZATION, state, loginHint: 'jane@acme.example', domainHint: 'acme.example' };
  const brought = await browse(workos.sso.getAuthorizationUrl(options));
  assert.equal(brought.state, state);
  await assertProfile(await workos.sso.getProfileAndToken({ code: brought.code, clientId: CLIENT_ID }));
});

await check('a person signs in by pkce and a secret', async () => {
  const { url, state, codeVerifier } = await workos.sso.getAuthorizationUrlWithPKCE({ ...common, connection: CONNECTION });
  const brought = await browse(url);
  assert.equal(brought.state, state);
  await assertProfile(await workos.sso.getProfileAndToken({ code: brought.code, clientId: CLIENT_ID, codeVerifier }));
});

await check('a person signs in by pkce without a secret', async () => {
  const app = client();
  const { url, codeVerifier } = await app.sso.getAuthorizationUrlWithPKCE({ ...common, connection: CONNECTION });
  const { code } = await browse(url);
  await assertProfile(await app.sso.getProfileAndToken({ code, clientId: CLIENT_ID, codeVerifier }));
});

await check('a person signs in by the sample of the guide', async () => {
  const { hostname, port } = new URL(VESTIBULE_URL);
  const sample = SAMPLE.replace('localhost\'', `${hostname}'`).replace('8080', port)
    .replace('org_…', ORGANIZATION).replace('http://localhost:3000/callback', REDIRECT_URI);
  const handlers = {};
  const app = { get: (path, handler) => { handlers[path] = handler; } };
  const env = { VESTIBULE_API_KEY, VESTIBULE_CLIENT_ID: CLIENT_ID };
  new Function('WorkOS', 'app', 'process', sample)(WorkOS, app, { env });
  let to, said;
  handlers['/login']({ session: { state: 'its state' } }, { redirect: (url) => { to = url; } });
  const query = await browse(to);
  assert.equal(query.state, 'its state');
  await handlers['/callback']({ query }, { send: (text) => { said = text; } });
  assert.equal(said, 'Hello, Jane!');
});

await check('a used code is BadRequestException with its error', async () => {
  const error = await thrown(workos.sso.getProfileAndToken({ code: used, clientId: CLIENT_ID }));
  assert.equal(error.status, 400);
  assert.ok(error instanceof OauthException || error instanceof BadRequestException, error.name);
  assert.match(JSON.stringify({ ...error, message: error.message }), /invalid_grant/);
});

await check('a wrong secret is an exception with its error', async () => {
  const { code } = await browse(workos.sso.getAuthorizationUrl({ ...common, connection: CONNECTION }));
  const guessing = client('sk_test_wrong');
  const error = await thrown(guessing.sso.getProfileAndToken({ code, clientId: CLIENT_ID }));
  assert.equal(error.status, 400, String(error));
  assert.match(JSON.stringify({ ...error, message: error.message }), /invalid_client/);
});

await check('a wrong token is UnauthorizedException', async () => {
  const error = await thrown(workos.sso.getProfile({ accessToken: 'wrong' }));
  assert.ok(error instanceof UnauthorizedException, error.name);
});
