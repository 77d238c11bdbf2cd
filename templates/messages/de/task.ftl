# Wozu ein Link dient, innerhalb eines Satzes: „lädt Sie ein, … einzurichten“ (Akkusativ).
task-sso = Single Sign-on
task-dsync = die Verzeichnissynchronisierung
task-domain-verification = die Domain-Bestätigung
task-audit-logs = Audit-Logs
task-log-streams = Log-Streams
task-certificate-renewal = die Zertifikatserneuerung
