// The unmodified Node SDK exchanges the code of a sign-in with a public provider.

import assert from 'node:assert/strict';
import { WorkOS } from '@workos-inc/node';

const { VESTIBULE_URL, VESTIBULE_API_KEY, CLIENT_ID, CODES } = process.env;
const { hostname, port } = new URL(VESTIBULE_URL);
const workos = new WorkOS(VESTIBULE_API_KEY, { apiHostname: hostname, port: Number(port), https: false, clientId: CLIENT_ID });

const line = { check: 'a code of google is a profile without organization, and tokens' };
try {
  const [code] = CODES.split(' ');
  const { profile, oauthTokens } = await workos.sso.getProfileAndToken({ code, clientId: CLIENT_ID });
  assert.equal(profile.connectionType, 'GoogleOAuth');
  assert.equal(profile.organizationId ?? null, null);
  assert.equal(profile.email, 'jane@acme.example');
  // SDKs before 9 leave the provider out.
  assert.ok(oauthTokens.accessToken.length > 0 && oauthTokens.expiresAt > 0, JSON.stringify(oauthTokens));
} catch (error) {
  line.error = String(error?.stack ?? error);
}
console.log(JSON.stringify(line));
