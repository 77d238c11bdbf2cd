# Para que serve um link, dentro de uma frase: “convida você a configurar …”.
task-sso = o login único (SSO)
task-dsync = a sincronização de diretórios
task-domain-verification = a verificação de domínios
task-audit-logs = os logs de auditoria
task-log-streams = os fluxos de logs
task-certificate-renewal = a renovação de certificados
