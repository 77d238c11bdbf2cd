# The page of a connection that exists.
connection-title = Connection to { $provider }
connection-heading = Single sign-on with { $provider }
connection-has = { $organization } has a connection:
connection-validating = Waiting for a verified domain of { $organization }. Ask { $product } to verify the domain of your people’s e-mail addresses; the connection then goes live by itself.
connection-unproven = Nobody can sign in yet: { $organization } has no verified domain. Ask { $product } to verify the domain of your people’s e-mail addresses; nothing more has to be done here.
connection-certificates = { $count ->
     [one] A certificate needs your attention, see below.
    *[other] { $count } certificates need your attention, see below.
 }
connection-details = Details
connection-set-up-by = Set up by
connection-begun = Set-up begun
connection-changed = Last changed
connection-attributes = Attributes
connection-attributes-change = Change the attribute names
connection-change = Change it
connection-renewed = Certificate renewed, or another address? { $link }.
connection-read-again = Read the provider’s data again
connection-reset = Reset the connection
connection-reset-why = Resetting deletes this connection: nobody can sign in through it any more, and the values in your provider’s console have to be entered anew.
connection-reset-understood = I understand that people cannot sign in until it is set up again
connection-reset-button = Reset connection
connection-set-up-only = This link can set up a connection, not change one. To change it, open the portal from within { $product }, or ask whoever sent you the link.
connection-test = Test sign-in
connection-test-why = Signs you in at your identity provider in a new tab and shows everything that we check. Nobody is signed in to { $product }, and nothing changes.
connection-log = Session log
connection-options = How sign-ins are taken
connection-is-on = Yes
connection-is-off = No
connection-idp-initiated = Sign-ins may begin at the identity provider
connection-signed-requests = Our requests are signed
connection-clock-skew = How far its clock may be from ours
connection-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
connection-sha1 = Signatures with SHA-1 are accepted
connection-short-rsa = RSA keys below 2048 bits are accepted
connection-idp-initiated-why = People can start from their list of apps at { $provider }. Whoever can make somebody’s browser send such an answer can sign them in to { $product } with another account; switch it off if nobody starts there.
connection-idp-initiated-off = Switch off sign-ins that begin at the provider
connection-idp-initiated-on = Allow sign-ins that begin at the provider
connection-distrust = Certificates that are trusted
connection-distrust-why = Once { $provider } signs with the next certificate, stop trusting the old one.
connection-distrust-button = Stop trusting
connection-distrust-label = Stop trusting { $subject }
