curl -X POST {{base_url}}/sso/token \
  -d grant_type=authorization_code -d client_id={{client_id}} -d client_secret={{api_key}} \
  -d code=CODE
