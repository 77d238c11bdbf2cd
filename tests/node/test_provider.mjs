// The unmodified Node SDK and the test identity provider of a sandbox. This script is the developer
// in front of the browser, too: it presses what the provider's page has to press.

import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';

import { browse, check, client, formOf, unescape } from './harness.mjs';

const { VESTIBULE_URL, VESTIBULE_API_KEY, CLIENT_ID, REDIRECT_URI, SAML, OIDC } = process.env;

const workos = client(VESTIBULE_API_KEY);

// The way to the app, with what the developer chooses on the provider's page.
const answering = (start, chosen = {}) =>
  browse(start, (page, fields) => {
    if (!page.includes('data-testid="test-provider"')) return;
    for (const [name, value] of Object.entries(chosen)) fields.set(name, value);
  });

const authorize = (connection) =>
  workos.sso.getAuthorizationUrl({ clientId: CLIENT_ID, redirectUri: REDIRECT_URI, connection, state: 's&1' });

for (const [protocol, connection, domain] of [['saml', SAML, 'acme.example'], ['oidc', OIDC, 'globex.example']]) {
  await check(`somebody of the organization signs in by ${protocol}`, async () => {
    const chosen = { answer: 'member', email: `jane@${domain}`, first_name: 'Jane', last_name: "D'Oe & <Żółć>", groups: 'Ops, Staff' };
    const brought = await answering(authorize(connection), chosen);
    assert.equal(brought.state, 's&1');
    const { profile, accessToken } = await workos.sso.getProfileAndToken({ code: brought.code, clientId: CLIENT_ID });
    assert.equal(profile.connectionType, 'TestIdp');
    assert.equal(profile.connectionId, connection);
    assert.equal(profile.email, `jane@${domain}`);
    assert.deepEqual([profile.firstName, profile.lastName], ['Jane', "D'Oe & <Żółć>"]);
    assert.deepEqual(profile.groups, ['Ops', 'Staff']);
    assert.deepEqual(await workos.sso.getProfile({ accessToken }), profile);
  });

  await check(`a guest is refused by ${protocol}`, async () => {
    const brought = await answering(authorize(connection), { answer: 'guest' });
    assert.equal(brought.error, 'profile_not_allowed_outside_organization');
  });

  await check(`the provider refuses by ${protocol}`, async () => {
    const brought = await answering(authorize(connection), { answer: 'refusal', refusal: 'denied' });
    assert.equal(brought.error, 'access_denied');
  });

  await check(`a sign-in begins at the provider by ${protocol}`, async () => {
    const page = await (await fetch(`${VESTIBULE_URL}/test-idp/${connection}`)).text();
    const begin = page.match(/<form method="get" action="([^"]*)"/)?.[1];
    const brought = await answering(begin ? unescape(begin) : `${VESTIBULE_URL}/test-idp/${connection}`);
    const { profile } = await workos.sso.getProfileAndToken({ code: brought.code, clientId: CLIENT_ID });
    assert.equal(profile.email, `ada@${domain}`);
  });
}

// The provider's own documents, read by somebody who is not us.
await check("the published documents are a provider's", async () => {
  const base = `${VESTIBULE_URL}/test-idp/${OIDC}/oidc`;
  const discovery = await (await fetch(`${base}/.well-known/openid-configuration`)).json();
  assert.equal(discovery.issuer, base);
  const { keys } = await (await fetch(discovery.jwks_uri)).json();
  const key = createPublicKey({ key: keys[0], format: 'jwk' });
  assert.deepEqual([key.asymmetricKeyType, key.asymmetricKeyDetails.modulusLength], ['rsa', 2048]);
  const away = (await fetch(authorize(OIDC), { redirect: 'manual' })).headers.get('location');
  assert.ok(away.startsWith(discovery.authorization_endpoint), away);
  // The client's secret is the deployment's: nobody else gets the tokens of a code.
  const { action, fields } = formOf(await (await fetch(away)).text(), away);
  const answer = await fetch(action, { method: 'POST', body: new URLSearchParams([...fields]), redirect: 'manual' });
  const landed = new URL(answer.headers.get('location')).searchParams;
  assert.equal(landed.get('iss'), discovery.issuer);
  const form = { grant_type: 'authorization_code', client_id: OIDC, client_secret: 'guess', code: landed.get('code'), redirect_uri: `${VESTIBULE_URL}/sso/oidc/callback` };
  const tokens = await fetch(discovery.token_endpoint, { method: 'POST', body: new URLSearchParams(form) });
  assert.deepEqual([tokens.status, await tokens.json()], [401, { error: 'invalid_client' }]);
});
