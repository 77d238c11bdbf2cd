# La page d’arrivée d’un lien.
arrival-title = { $product } vous invite à configurer { $tasks }
arrival-for = Cette configuration concerne { $organization }. Vous aurez besoin de droits d’administration chez votre fournisseur d’identité, par exemple Okta, Microsoft Entra ID ou Google Workspace.
arrival-begin = Commencer
arrival-continue = Reprendre là où vous en étiez
arrival-invited-by = Invitation de
arrival-organization = Pour
arrival-works-until = Lien valable jusqu’au
arrival-until-saved = { $until }, et jusqu’à l’enregistrement de la configuration
arrival-whom-to-ask = À qui s’adresser
arrival-ask-sender = à la personne qui vous a envoyé ce lien
arrival-unexpected = Vous ne vous y attendiez pas ? Fermez la page : rien ne se passe tant que vous n’avez pas commencé.
