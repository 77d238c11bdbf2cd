# Prouver une adresse par un code : la page qui le demande.
code-title = Saisissez le code
code-sent = Nous avons envoyé un code à six chiffres à { $address }. Il est valable { $minutes } minutes.
code-sent-if = Si { $address } est l’une des adresses auxquelles ce lien est destiné, un code à six chiffres vient d’y être envoyé. Il est valable { $minutes } minutes.
code-field = Code
code-newest = Seul le code le plus récent est valable.
code-confirm = Continuer
code-nothing-came = Rien n’est arrivé au bout d’une minute ? Vérifiez vos courriers indésirables, ou demandez un autre code.
code-again = Envoyer un autre code
code-again-sent = Un autre code vient d’être envoyé. Les précédents ne sont plus valables.
code-other-address = Utiliser une autre adresse
code-syntax = Un code comporte six chiffres.
code-wrong = Ce ne sont pas les chiffres du code le plus récent. { $left ->
    [one] Il vous reste { $left } essai.
   *[other] Il vous reste { $left } essais.
 }
code-tried-too-often = Ce code a été essayé trop souvent. Demandez-en un autre.
code-over = Ce code n’est plus valable. Demandez-en un autre.
code-too-many = Trop de codes ont été demandés avec ce lien. { $minutes ->
    [one] Vous pourrez en demander un autre dans { $minutes } minute.
   *[other] Vous pourrez en demander un autre dans { $minutes } minutes.
 }
# Le message qui le contient.
code-mail-subject = { $code } est votre code pour { $product }
code-mail-why = Quelqu’un, probablement vous, souhaite ouvrir un lien pour configurer { $product } pour { $organization }. Voici le code :
code-mail-until = Saisissez-le sur la page qui l’a demandé. Il est valable jusqu’au { $until }, sauf si vous en avez demandé un plus récent.
code-mail-warning = Ne communiquez ce code à personne. Nous ne le demandons jamais par téléphone ni par message.
code-mail-unexpected = Ce n’était pas vous ? Ignorez alors ce message : sans le code, le lien reste fermé.
code-mail-questions = Des questions ? Répondez à ce message, ou écrivez à { $contact }.
