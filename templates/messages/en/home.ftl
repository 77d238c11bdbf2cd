# The home of a visit.
home-title = Set-up for { $product }
home-heading = What would you like to set up?
home-heading-none = This cannot be set up here yet
home-sso = Single sign-on
home-sso-why = Let your people sign in with your identity provider
home-domains = Verified domain
home-domains-why = Only people with an e-mail address in a verified domain can sign in. { $product } verifies it; ask there if yours is missing.
home-missing-also = Your link also names { $tasks }. This installation cannot set that up in the portal yet; ask { $contact } how to go on.
home-missing = Your link is for { $tasks }. This installation cannot set that up in the portal yet; ask { $contact } how to go on.
home-sender = whoever sent you the link
