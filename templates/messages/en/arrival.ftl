# The landing page of a link.
arrival-title = { $product } invites you to set up { $tasks }
arrival-for = It is for { $organization }. You will need administrator rights at your identity provider, such as Okta, Microsoft Entra ID or Google Workspace.
arrival-begin = Begin
arrival-continue = Continue where you were
arrival-invited-by = Invited by
arrival-organization = For
arrival-works-until = This link works until
arrival-until-saved = { $until }, and until the set-up is saved
arrival-whom-to-ask = Whom to ask
arrival-ask-sender = whoever sent you this link
arrival-unexpected = Did you not expect this? Close the page: nothing happens until you begin.
