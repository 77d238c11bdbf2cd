# Pages that people see on their way through a sign-in.
sso-onward = To your sign-in page
sso-onward-go = Continue
sso-client = This sign-in link is not complete
sso-client-why = The app that sent you here did not say who it is, or is not known to us. Go back to the app and try again; if that does not help, its makers have to look at it.
sso-redirect-uri = This sign-in cannot go back to the app
sso-redirect-uri-why = The address that the app wants you sent back to is not registered. The makers of the app have to add it.
sso-refused = You could not be signed in
sso-refused-why = Your organization’s identity provider answered, but the answer was not accepted. Your IT department finds the reason in the session log.
sso-late = This sign-in took too long
sso-late-why = It was not finished in time, or was finished already. Go back to the app and start again.
sso-unreadable = We could not read that answer
sso-unreadable-why = What your identity provider sent is not an answer to a sign-in. Go back to the app and start again.
sso-busy = We are busy for a moment
sso-busy-why = Please go back to the app and try again in a few seconds.
