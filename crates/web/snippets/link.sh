curl -X POST {{base_url}}/portal/generate_link \
  -H 'Authorization: Bearer {{api_key}}' -H 'Content-Type: application/json' \
  -d '{"organization":"org_…","intent":"sso","return_url":"{{redirect_uri}}"}'
