# The mail that tells that a connection went live.
live-subject-admin = Single sign-on for { $organization } is on
live-subject-team = { $organization } has set up single sign-on
live-admin = Single sign-on with { $connection } is switched on for { $organization } in { $product }.
live-team = { $organization } has finished setting up single sign-on with { $connection } for { $product }.
live-by = Set up by { $admin } on { $at }.
live-at = Set up on { $at }.
live-open = Whoever is assigned to the app there can sign in from now on.
live-domain-admin = Nobody can sign in yet: your organization has no verified domain. { $product } verifies the domain of your people’s e-mail addresses; nothing more has to be done in the portal.
live-domain-team = Nobody can sign in yet: the organization has no verified domain. Please verify the domain of its people’s e-mail addresses.
live-questions = Questions? Reply to this message, or write to { $contact }.
live-unexpected = Did nobody at { $organization } do this? Then tell { $product } at once.
live-why-team = You get this message because this is the support address of { $product }.
live-why-member = You get this message because you asked for it in your account on the Vestibule dashboard of { $product }.
