# Our values, as an admin carries them to their console.
ours-app-name = App name
ours-acs-url = ACS URL
ours-sp-entity-id = SP entity ID
ours-sp-metadata-url = SP metadata URL
ours-sp-metadata = SP metadata
ours-sign-in-url = Sign-in URL
ours-acs-url-regex = ACS URL as a regular expression
ours-signing-certificate = Signing certificate
ours-client-certificate = Public certificate
ours-redirect-uri = Redirect URI
ours-login-initiation-uri = Login initiation URI
