# Nuestros valores, tal como se llevan a la consola.
ours-app-name = Nombre de la aplicación
ours-acs-url = URL de ACS
ours-sp-entity-id = ID de entidad del SP
ours-sp-metadata-url = URL de metadatos del SP
ours-sp-metadata = Metadatos del SP
ours-sign-in-url = URL de inicio de sesión
ours-acs-url-regex = URL de ACS como expresión regular
ours-signing-certificate = Certificado de firma
ours-client-certificate = Certificado público
ours-redirect-uri = URI de redirección
ours-login-initiation-uri = URI de inicio del proceso de sesión
