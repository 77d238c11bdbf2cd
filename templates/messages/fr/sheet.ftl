# Les étapes d’un guide, envoyées à un collègue : le formulaire.
sheet-open = Envoyer ces étapes à un collègue
sheet-lead = Quelqu’un d’autre a accès à la console ? Cette personne reçoit par e-mail toutes les étapes avec vos valeurs, dans la langue de cette page. Le lien du portail n’y figure pas : l’enregistrement vous revient.
sheet-field = Adresse e-mail de votre collègue
sheet-send = Envoyer les étapes
sheet-address-wrong = Saisissez une adresse telle que nom@example.com.
sheet-too-many = Les étapes ont déjà été envoyées { $count } fois, le maximum permis par ce lien. Imprimez plutôt cette page, ou faites transférer le message déjà envoyé.
# Le message.
sheet-subject = Étapes dans { $provider } pour { $product }
sheet-from = { $admin } vous demande de préparer { $provider }, afin que les collaborateurs de { $organization } puissent s’en servir pour se connecter à { $product }.
sheet-from-somebody = Un administrateur de { $organization } vous demande de préparer { $provider }, afin que vos collaborateurs puissent s’en servir pour se connecter à { $product }.
sheet-how = Suivez ces étapes dans la console, puis transmettez à la personne qui vous l’a demandé ce que les étapes indiquent. Aucun accès à { $product } n’est nécessaire.
sheet-bring = À transmettre depuis cette étape :
sheet-unexpected = Vous n’attendiez pas ce message ? Demandez confirmation avant toute modification, ou ignorez-le.
