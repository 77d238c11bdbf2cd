# Pages that people see on their way through a sign-in.
sso-onward = Vers votre page de connexion
sso-onward-go = Continuer
sso-client = Ce lien de connexion est incomplet
sso-client-why = L’application qui vous a envoyé ici n’a pas dit qui elle est, ou nous est inconnue. Revenez à l’application et réessayez ; si cela ne suffit pas, ses éditeurs doivent vérifier.
sso-redirect-uri = Cette connexion ne peut pas revenir à l’application
sso-redirect-uri-why = L’adresse vers laquelle l’application veut vous renvoyer n’est pas enregistrée. Les éditeurs de l’application doivent l’ajouter.
sso-refused = La connexion n’a pas abouti
sso-refused-why = Le fournisseur d’identité de votre organisation a répondu, mais la réponse n’a pas été acceptée. Votre service informatique trouvera la raison dans le journal des sessions.
sso-late = Cette connexion a pris trop de temps
sso-late-why = Elle n’a pas été terminée à temps, ou l’était déjà. Revenez à l’application et recommencez.
sso-unreadable = Nous n’avons pas pu lire cette réponse
sso-unreadable-why = Ce que votre fournisseur d’identité a envoyé n’est pas une réponse à une connexion. Revenez à l’application et recommencez.
sso-busy = Nous sommes occupés pour un instant
sso-busy-why = Veuillez revenir à l’application et réessayer dans quelques secondes.
