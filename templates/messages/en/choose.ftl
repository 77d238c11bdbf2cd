# Choosing one of several providers in a metadata document.
choose-title = Which identity provider is yours?
choose-title-error = Error: Which identity provider is yours?
choose-lead =
    { $total ->
        [one] The metadata describes { $total } identity provider.
       *[other] The metadata describes { $total } identity providers.
    } Choose the one your people sign in with.
choose-legend = Identity provider
choose-none = Choose the identity provider that your people sign in with.
choose-other = Not in the list? Type its entity ID
choose-back = Back
choose-continue = Continue
