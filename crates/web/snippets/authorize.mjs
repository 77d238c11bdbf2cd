import { WorkOS } from '@workos-inc/node';

const workos = new WorkOS('{{api_key}}', { {{node_address}}, clientId: '{{client_id}}' });

// Send the person's browser there.
const url = workos.sso.getAuthorizationUrl({
  clientId: '{{client_id}}',
  redirectUri: '{{redirect_uri}}',
  organization: 'org_…',
  state: '…',
});
