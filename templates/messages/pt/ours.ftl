# Nossos valores, como são levados ao console.
ours-app-name = Nome do aplicativo
ours-acs-url = URL do ACS
ours-sp-entity-id = ID da entidade do SP
ours-sp-metadata-url = URL dos metadados do SP
ours-sp-metadata = Metadados do SP
ours-sign-in-url = URL de login
ours-acs-url-regex = URL do ACS como expressão regular
ours-signing-certificate = Certificado de assinatura
ours-client-certificate = Certificado público
ours-redirect-uri = URI de redirecionamento
ours-login-initiation-uri = URI de início do login
