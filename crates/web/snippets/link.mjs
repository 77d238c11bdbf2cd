import { WorkOS } from '@workos-inc/node';

const workos = new WorkOS('{{api_key}}', { {{node_address}}, clientId: '{{client_id}}' });

const { link } = await workos.portal.generateLink({
  organization: 'org_…',
  intent: 'sso',
  returnUrl: '{{redirect_uri}}',
});
