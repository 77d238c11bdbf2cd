# Nos valeurs, à reporter dans la console.
ours-app-name = Nom de l’application
ours-acs-url = URL ACS
ours-sp-entity-id = ID d’entité du SP
ours-sp-metadata-url = URL des métadonnées du SP
ours-sp-metadata = Métadonnées du SP
ours-sign-in-url = URL de connexion
ours-acs-url-regex = URL ACS sous forme d’expression régulière
ours-signing-certificate = Certificat de signature
ours-client-certificate = Certificat public
ours-redirect-uri = URI de redirection
ours-login-initiation-uri = URI de lancement de la connexion
