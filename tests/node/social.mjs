// The unmodified Node SDK exchanges the code of a sign-in with a public provider.

import assert from 'node:assert/strict';

import { check, client } from './harness.mjs';

const { VESTIBULE_API_KEY, CLIENT_ID, CODES } = process.env;

await check('a code of google is a profile without organization and tokens', async () => {
  const [code] = CODES.split(' ');
  const { profile, oauthTokens } = await client(VESTIBULE_API_KEY).sso.getProfileAndToken({ code, clientId: CLIENT_ID });
  assert.equal(profile.connectionType, 'GoogleOAuth');
  assert.equal(profile.organizationId ?? null, null);
  assert.equal(profile.email, 'jane@acme.example');
  // SDKs before 9 leave the provider out.
  assert.ok(oauthTokens.accessToken.length > 0 && oauthTokens.expiresAt > 0, JSON.stringify(oauthTokens));
});
