import { WorkOS } from '@workos-inc/node';

const workos = new WorkOS('{{api_key}}', { {{node_address}}, clientId: '{{client_id}}' });

// Throws unless the signature is right.
export const verified = (body, headers) =>
  workos.webhooks.constructEvent({
    payload: JSON.parse(body),
    sigHeader: headers['workos-signature'],
    secret: 'whsec_…',
  });
