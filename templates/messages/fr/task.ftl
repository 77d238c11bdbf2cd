# À quoi sert un lien, dans une phrase : « vous invite à configurer … ».
task-sso = l’authentification unique (SSO)
task-dsync = la synchronisation d’annuaire
task-domain-verification = la vérification de domaine
task-audit-logs = les journaux d’audit
task-log-streams = les flux de journaux
task-certificate-renewal = le renouvellement de certificat
