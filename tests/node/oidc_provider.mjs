// An OpenID Connect provider out of oidc-provider, on a free port of the loopback interface.
//
// Prints one line of JSON when it listens: where it is. Ends with its standard input. Clients register
// themselves at /reg (RFC 7591). Everybody is signed in and agrees at once: as the person that
// `login_hint` names, or `jane@acme.example`. Whoever is called `refuses@…` does not agree.
//
// As `google` or `microsoft` (the first argument) it says of people in its id tokens what those do,
// and as `microsoft` it is one tenant of many. The address of `unproven@…` is not proven, and
// `strays@…` is of another tenant than the issuer.
//
//   POST /rotate   all keys are replaced, and the old ones forgotten

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import Provider, { interactionPolicy } from 'oidc-provider';

const server = createServer((request, response) => serve(request, response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const kind = process.argv[2] ?? 'oidc';
const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const origin = `http://127.0.0.1:${server.address().port}`;
const issuer = kind === 'microsoft' ? `${origin}/${tenant}/v2.0` : origin;

let generation = 0;

// The keys of a generation: one for each family of algorithms.
function keys() {
  generation += 1;
  // By way of PEM: Node.js 20 may wait for itself where a key is exported that was just made, when its
  // making is cleared away meanwhile.
  const encodings = {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  };
  const made = (kind, options) => generateKeyPairSync(kind, { ...options, ...encodings }).privateKey;
  const key = (kind, options, more) => ({
    ...createPrivateKey(made(kind, options)).export({ format: 'jwk' }),
    use: 'sig',
    kid: `${kind}-${generation}`,
    ...more,
  });
  return {
    keys: [
      key('rsa', { modulusLength: 2048 }),
      key('ec', { namedCurve: 'P-256' }, { alg: 'ES256' }),
      key('ed25519', {}, { alg: 'EdDSA' }),
    ],
  };
}

const account = (_, sub) => ({
  accountId: sub,
  claims: () => ({
    sub,
    email: sub,
    email_verified: !sub.startsWith('unproven@'),
    xms_edov: !sub.startsWith('unproven@'),
    tid: sub.startsWith('strays@') ? tenant.replace('7', '8') : tenant,
    name: 'Jane Doe-Żółć',
    given_name: 'Jane',
    family_name: 'Doe-Żółć',
    groups: ['Engineering', 'Ops & Support'],
  }),
});

// Clients, sessions and codes, kept beside the provider, so that they survive new keys.
const kept = new Map();

class Memory {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model} ${id}`;
  }

  async upsert(id, payload) {
    kept.set(this.key(id), payload);
  }

  async find(id) {
    return kept.get(this.key(id));
  }

  async findByUid(uid) {
    return [...kept].find(([key, payload]) => key.startsWith(`${this.model} `) && payload.uid === uid)?.[1];
  }

  async consume(id) {
    kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    kept.delete(this.key(id));
  }

  async revokeByGrantId(grant) {
    for (const [key, payload] of kept) if (payload.grantId === grant) kept.delete(key);
  }
}

const particular = {
  oidc: { email: ['email', 'email_verified'] },
  google: { email: ['email', 'email_verified'] },
  microsoft: { openid: ['sub', 'tid'], email: ['email', 'xms_edov'] },
};

// Whoever asks may have people choose an account anew.
function choosing() {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return policy;
}

function provider() {
  return new Provider(issuer, {
    adapter: Memory,
    jwks: keys(),
    cookies: { keys: ['for tests'] },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    // Public providers say in the id token what others say at userinfo alone.
    conformIdTokenClaims: kind === 'oidc',
    claims: { ...particular[kind], profile: ['name', 'given_name', 'family_name', 'groups'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
    features: { devInteractions: { enabled: false }, registration: { enabled: true } },
    findAccount: account,
    interactions: { policy: choosing(), url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  });
}

async function agree(request, response) {
  const { params, prompt } = await current.interactionDetails(request, response);
  const person = params.login_hint ?? 'jane@acme.example';
  let result = { login: { accountId: person }, select_account: {} };
  if (person.startsWith('refuses@')) {
    result = { error: 'access_denied', error_description: 'The person does not want to.' };
  } else if (prompt.name === 'consent') {
    const grant = new current.Grant({ accountId: person, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  await current.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

async function serve(request, response) {
  try {
    if (request.url.startsWith('/interaction/')) {
      await agree(request, response);
    } else if (request.url === '/rotate') {
      current = provider();
      response.end();
    } else {
      current.callback()(request, response);
    }
  } catch (error) {
    response.writeHead(500).end(String(error?.stack ?? error));
  }
}

let current = provider();
console.log(JSON.stringify({ origin }));
process.stdin.resume();
process.stdin.on('end', () => process.exit());
