# Para qué sirve un enlace, dentro de una frase: «le invita a configurar …».
task-sso = el inicio de sesión único (SSO)
task-dsync = la sincronización de directorios
task-domain-verification = la verificación de dominios
task-audit-logs = los registros de auditoría
task-log-streams = los flujos de registros
task-certificate-renewal = la renovación de certificados
