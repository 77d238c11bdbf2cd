# Le message qui avertit de l’expiration d’un certificat de signature.
expiry-subject = { $days ->
    [one] Le certificat de signature de { $organization } expire dans { $days } jour
   *[other] Le certificat de signature de { $organization } expire dans { $days } jours
 }
expiry-subject-ended = Le certificat de signature de { $organization } a expiré
expiry-ends = Le certificat avec lequel { $connection } signe les connexions de { $organization } à { $product } expire à cette date : { $at }.
expiry-ended = Le certificat avec lequel { $connection } signe les connexions de { $organization } à { $product } a expiré à cette date : { $at }.
expiry-effect = Dès que le fournisseur d’identité signera avec un autre certificat, personne ne pourra se connecter tant que { $product } ne le connaîtra pas.
expiry-by-metadata = Veuillez faire renouveler le certificat auprès du fournisseur d’identité. Ses métadonnées sont lues chaque jour : un nouveau certificat y est repris automatiquement. Laissez passer un jour entre la publication du nouveau certificat et son utilisation pour signer. Les métadonnées sont lues ici :
expiry-by-hand-admin = Veuillez renouveler le certificat auprès de votre fournisseur d’identité et demander à { $product } un lien pour fournir le nouveau. Faites-le avant que le fournisseur ne signe avec celui-ci : entre-temps, les deux sont acceptés.
expiry-by-link = Veuillez renouveler le certificat auprès de votre fournisseur d’identité et fournir le nouveau par le lien ci-dessous. Faites-le avant que le fournisseur ne signe avec celui-ci : entre-temps, les deux sont acceptés.
expiry-renew = Renouveler le certificat
expiry-by-hand-team = La personne qui a configuré l’authentification, ou à défaut les contacts de l’organisation, ont reçu un lien pour fournir le nouveau. S’il n’atteint personne, envoyez à l’organisation un lien pour renouveler son certificat. Entre-temps, les deux sont acceptés.
expiry-questions = Des questions ? Répondez à ce message, ou écrivez à { $contact }.
expiry-why-admin = Vous recevez ce message car vous avez configuré l’authentification unique pour { $organization } ou en êtes l’un des contacts.
expiry-why-team = Vous recevez ce message car cette adresse est celle de l’assistance de { $product }.
expiry-why-member = Vous recevez ce message car vous l’avez demandé dans votre compte du tableau de bord Vestibule de { $product }.
expiry-ours-subject = Un certificat de { $product } pour les connexions de { $organization } arrive à expiration
expiry-ours-signing = Le certificat avec lequel { $product } signe ses requêtes vers { $connection } pour { $organization } est valable jusqu’au { $at }. Certains fournisseurs d’identité refusent ensuite les requêtes.
expiry-ours-encryption = Le certificat avec lequel { $connection } chiffre les connexions de { $organization } à { $product } est valable jusqu’au { $at }. Certains fournisseurs d’identité ne l’utilisent plus ensuite.
expiry-ours-admin = Le prochain certificat est prêt. Saisissez-le chez votre fournisseur d’identité, ou faites-lui relire nos métadonnées :
expiry-ours-switch = Une fois qu’il y est saisi, essayez-le et passez à celui-ci par ce lien :
expiry-ours-team = Veuillez convenir du moment avec l’organisation : son fournisseur d’identité doit connaître le prochain certificat, qui figure déjà dans nos métadonnées. Pour un certificat de signature, effectuez ensuite le changement dans le tableau de bord ou par l’API de gestion, ou laissez l’organisation le faire par un lien de renouvellement de certificat ; supprimez un ancien certificat de chiffrement dès que le fournisseur utilise le prochain. Le fournisseur les lit ici :
