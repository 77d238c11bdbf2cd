import { WorkOS } from '@workos-inc/node';

const workos = new WorkOS('{{api_key}}', { {{node_address}}, clientId: '{{client_id}}' });

// The code is in the query of your redirect URI.
const { profile } = await workos.sso.getProfileAndToken({ code: 'CODE', clientId: '{{client_id}}' });
