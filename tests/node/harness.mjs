// What the scripts here share: an application with the unmodified SDK, and the browser in front of it.
//
// Every check prints one line of JSON: {"check": name} or {"check": name, "error": why}.

import assert from 'node:assert/strict';
import { WorkOS } from '@workos-inc/node';

const { VESTIBULE_URL, CLIENT_ID, REDIRECT_URI } = process.env;

// An application's SDK, pointed at the deployment; without a key it is a public client.
export function client(key) {
  const { hostname, port } = new URL(VESTIBULE_URL);
  const deployment = { apiHostname: hostname, port: Number(port), https: false, clientId: CLIENT_ID };
  return key === undefined ? new WorkOS(deployment) : new WorkOS(key, deployment);
}

export async function check(name, run) {
  const line = { check: name };
  try {
    await run();
  } catch (error) {
    line.error = String(error?.stack ?? error);
  }
  console.log(JSON.stringify(line));
}

// What a promise was rejected with. (`ConflictException` is not exported by version 8 of the SDK; its
// name is part of the contract all the same.)
export async function thrown(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const ENTITIES = { '&quot;': '"', '&#x27;': "'", '&lt;': '<', '&gt;': '>', '&amp;': '&' };

export const unescape = (text) => text.replaceAll(/&(?:quot|#x27|lt|gt|amp);/g, (entity) => ENTITIES[entity]);

// The form on a page: where it goes and what stands in its fields.
export function formOf(page, address) {
  const [, tag, inside] = page.match(/<form ([^>]*method="post"[^>]*)>([\s\S]*?)<\/form>/i);
  const attribute = (text, name) => unescape(text.match(new RegExp(` ${name}="([^"]*)"`))?.[1] ?? '');
  const fields = [...inside.matchAll(/<input[^>]*>/g)].map(([input]) => [attribute(input, 'name'), attribute(input, 'value')]);
  return { action: new URL(attribute(` ${tag}`, 'action'), address), fields: new Map(fields) };
}

// Follows redirects and sends forms, up to the app; answers with what was brought there. What a
// person does on a page is `act(page, fields)`.
export async function browse(start, act = () => {}) {
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
    act(page, fields);
    address = action;
    response = await fetch(action, { method: 'POST', body: new URLSearchParams([...fields]), redirect: 'manual' });
  }
  throw new Error('too many steps');
}
