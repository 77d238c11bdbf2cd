# Seiten, die Menschen auf dem Weg durch eine Anmeldung sehen.
sso-onward = Zu Ihrer Anmeldeseite
sso-onward-go = Weiter
sso-client = Dieser Anmeldelink ist nicht vollständig
sso-client-why = Die Anwendung, die Sie hierher geschickt hat, hat nicht gesagt, wer sie ist, oder ist uns nicht bekannt. Gehen Sie zur Anwendung zurück und versuchen Sie es erneut; hilft das nicht, müssen ihre Hersteller nachsehen.
sso-redirect-uri = Diese Anmeldung kann nicht zur Anwendung zurück
sso-redirect-uri-why = Die Adresse, an die die Anwendung Sie zurückschicken will, ist nicht eingetragen. Die Hersteller der Anwendung müssen sie hinzufügen.
sso-refused = Sie konnten nicht angemeldet werden
sso-refused-why = Der Identitätsanbieter Ihrer Organisation hat geantwortet, aber die Antwort wurde nicht angenommen. Ihre IT-Abteilung findet den Grund im Sitzungsprotokoll.
sso-late = Diese Anmeldung hat zu lange gedauert
sso-late-why = Sie wurde nicht rechtzeitig beendet oder war schon beendet. Gehen Sie zur Anwendung zurück und beginnen Sie von vorn.
sso-unreadable = Wir konnten diese Antwort nicht lesen
sso-unreadable-why = Was Ihr Identitätsanbieter geschickt hat, ist keine Antwort auf eine Anmeldung. Gehen Sie zur Anwendung zurück und beginnen Sie von vorn.
sso-busy = Wir sind gerade beschäftigt
sso-busy-why = Bitte gehen Sie zur Anwendung zurück und versuchen Sie es in einigen Sekunden erneut.
