# The mail that warns of a signing certificate that runs out.
expiry-subject = { $days ->
    [one] The signing certificate of { $organization } expires in one day
   *[other] The signing certificate of { $organization } expires in { $days } days
 }
expiry-subject-ended = The signing certificate of { $organization } has expired
expiry-ends = The certificate with which { $connection } signs the sign-ins of { $organization } to { $product } expires on { $at }.
expiry-ended = The certificate with which { $connection } signs the sign-ins of { $organization } to { $product } expired on { $at }.
expiry-effect = Once the identity provider signs with another certificate, nobody can sign in until { $product } knows it.
expiry-by-metadata = Please have the certificate renewed at the identity provider. Its metadata is read every day: a new certificate is taken over from there by itself. Leave a day between publishing the new certificate and signing with it. The metadata is read here:
expiry-by-hand-admin = Please renew the certificate at your identity provider and ask { $product } for a link to bring the new one. Do so before the provider signs with it: both are trusted for the time in between.
expiry-by-link = Please renew the certificate at your identity provider and bring the new one by the link below. Do so before the provider signs with it: both are trusted for the time in between.
expiry-renew = Renew the certificate
expiry-by-hand-team = The IT admin who set it up, or else the organization’s contacts, have got a link to bring the new one. If nobody is reached that way, send the organization a link to renew its certificate. Both are trusted for the time in between.
expiry-questions = Questions? Reply to this message, or write to { $contact }.
expiry-why-admin = You get this message because you have set up single sign-on for { $organization } or are one of its contacts.
expiry-why-team = You get this message because this is the support address of { $product }.
expiry-why-member = You get this message because you asked for it in your account on the Vestibule dashboard of { $product }.
expiry-ours-subject = A certificate of { $product } for the sign-ins of { $organization } runs out
expiry-ours-signing = The certificate with which { $product } signs its sign-in requests to { $connection } for { $organization } is valid until { $at }. Some identity providers refuse requests after that.
expiry-ours-encryption = The certificate to which { $connection } encrypts the sign-ins of { $organization } to { $product } is valid until { $at }. Some identity providers refuse to use it after that.
expiry-ours-admin = The next certificate is ready. Enter it at your identity provider, or have the provider read our metadata again:
expiry-ours-switch = Once it is there, try it and switch to it by this link:
expiry-ours-team = Please agree with the organization when to change it: its identity provider has to know the next certificate, which is in our metadata already. Then switch to a signing certificate in the dashboard or through the management API, or let the organization do so by a link to renew its certificate; remove an old encryption certificate once the provider uses the next. The provider reads them here:
