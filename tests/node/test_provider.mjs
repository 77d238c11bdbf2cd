// The unmodified Node SDK and the test identity provider of a sandbox. This script is the developer
// in front of the browser, too: it presses what the provider's page has to press.
//
// Every check prints one line of JSON: {"check": name} or {"check": name, "error": why}.

import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { WorkOS } from '@workos-inc/node';

const { VESTIBULE_URL, VESTIBULE_API_KEY, CLIENT_ID, REDIRECT_URI, SAML, OIDC } = process.env;

const { hostname, port } = new URL(VESTIBULE_URL);
const deployment = { apiHostname: hostname, port: Number(port), https: false, clientId: CLIENT_ID };
const workos = new WorkOS(VESTIBULE_API_KEY, deployment);

async function check(name, run) {
  const line = { check: name };
  try {
    await run();
  } catch (error) {
    line.error = String(error?.stack ?? error);
  }
  console.log(JSON.stringify(line));
}

const unescape = (text) =>
  text.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

// The form on a page: where it goes and what stands in its fields.
function formOf(page, address) {
  const [, tag, inside] = page.match(/<form ([^>]*method="post"[^>]*)>([\s\S]*?)<\/form>/);
  const attribute = (text, name) => unescape(text.match(new RegExp(` ${name}="([^"]*)"`))?.[1] ?? '');
  const fields = [...inside.matchAll(/<input[^>]*>/g)].map(([input]) => [attribute(input, 'name'), attribute(input, 'value')]);
  return { action: new URL(attribute(` ${tag}`, 'action'), address), fields: new Map(fields) };
}

// Follows redirects and sends forms, up to the app; answers with what was brought there. What the
// developer does on the provider's page is `choose`.
async function browse(start, choose = {}) {
  let address = start;
  let response = await fetch(address, { redirect: 'manual' });
  for (let step = 0; step < 10; step += 1) {
    const to = response.headers.get('location');
    if (to?.startsWith(REDIRECT_URI)) return Object.fromEntries(new URL(to).searchParams);
    if (to) {
      address = new URL(to, address);
      response = await fetch(address, { redirect: 'manual' });
      continue;
    }
    const page = await response.text();
    assert.equal(response.status, 200, page);
    const { action, fields } = formOf(page, address);
    if (page.includes('data-testid="test-provider"')) {
      for (const [name, value] of Object.entries(choose)) fields.set(name, value);
    }
    address = action;
    response = await fetch(action, { method: 'POST', body: new URLSearchParams([...fields]), redirect: 'manual' });
  }
  throw new Error('too many steps');
}

const authorize = (connection) =>
  workos.sso.getAuthorizationUrl({ clientId: CLIENT_ID, redirectUri: REDIRECT_URI, connection, state: 's&1' });

for (const [protocol, connection, domain] of [['saml', SAML, 'acme.example'], ['oidc', OIDC, 'globex.example']]) {
  await check(`somebody of the organization signs in by ${protocol}`, async () => {
    const chosen = { answer: 'member', email: `jane@${domain}`, first_name: 'Jane', last_name: "D'Oe & <Żółć>", groups: 'Ops, Staff' };
    const brought = await browse(authorize(connection), chosen);
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
    const brought = await browse(authorize(connection), { answer: 'guest' });
    assert.equal(brought.error, 'profile_not_allowed_outside_organization');
  });

  await check(`the provider refuses by ${protocol}`, async () => {
    const brought = await browse(authorize(connection), { answer: 'refusal', refusal: 'denied' });
    assert.equal(brought.error, 'access_denied');
  });

  await check(`a sign-in begins at the provider by ${protocol}`, async () => {
    const page = await (await fetch(`${VESTIBULE_URL}/test-idp/${connection}`)).text();
    const begin = page.match(/<form method="get" action="([^"]*)"/)?.[1];
    const brought = await browse(begin ? unescape(begin) : `${VESTIBULE_URL}/test-idp/${connection}`);
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
