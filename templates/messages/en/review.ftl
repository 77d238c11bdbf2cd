# What was understood, before it is saved.
review-title = Review and save
review-title-error = Error: Review and save
review-heading = Is this your { $provider }?
review-lead = This is what we understood. Saving it switches single sign-on on for { $organization }.
review-lead-replaces = This is what we understood. Saving it replaces what the connection has now.
review-understood = What we understood
review-change = Change something
review-save = Save and switch on
review-email = Your e-mail address
review-email-note = Kept with the connection, so that people know whom to ask about it.
# Another provider than was picked.
review-other = This looks like { $found }, but you picked { $picked }
review-other-why = Sign-in may work either way. With { $found }, hints, attribute names and renewal steps fit what you really use. Nothing that you brought is lost.
review-other-switch = Switch to { $found }
# Cautions: the data may be saved nevertheless.
review-cautions =
    { $count ->
        [one] Please check one thing
       *[other] Please check { $count } things
    }
review-cautions-why = You may save nevertheless.
review-http = An address does not begin with https://, so what people type there could be read on its way: { $address }
review-sha1 = The metadata shows signatures with SHA-1 only, which we do not accept at sign-in. Choose SHA-256 at your provider.
review-same = Entity ID and sign-in address are the same, which is rare. Check that neither was pasted twice.
review-out-of-date = The metadata says that it is out of date. Download it again, if your provider offers a newer one.
review-preview-mixed = Preview and production are mixed: “{ $preview }” is a preview, “{ $production }” is not. Take all values from the same console.
review-preview = “{ $host }” is your provider’s preview, but this is a production set-up. Check that your people really sign in there.
review-unusual = “{ $label }” looks unusual for { $product }: { $value }.
review-unusual-example = “{ $label }” looks unusual for { $product }: { $value }. Usually it looks like { $example }.
# Facts.
review-entity-id = Entity ID
review-sign-in = Sign-in address
review-sign-in-redirect = Sign-in address (redirect)
review-sign-in-post = Sign-in address (POST)
review-sign-out-redirect = Sign-out address (redirect)
review-sign-out-post = Sign-out address (POST)
review-metadata-from = Metadata read from
review-issuer = Issuer
review-client-id = Client ID
review-client-secret = Client secret
review-secret-kept = Kept sealed, never shown again
review-secret-none = None
review-token = Token address
review-key-set = Key set
review-userinfo = Userinfo address
review-methods = Authentication methods that we share
review-discovery-from = Discovery read from
review-test-why = The test signs you in at your identity provider in a new tab with what is shown here. Nothing is saved by it, and nobody is signed in.
