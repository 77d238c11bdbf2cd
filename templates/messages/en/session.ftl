# All about one attempt to sign in.
session-test = Test sign-in
session-attempt = Sign-in
session-worked = The sign-in works
session-worked-lead = Your identity provider vouched for { $email }, and everything that we check is in order. It was a test: nobody was signed in to anything.
session-signed-in = The person was signed in
session-signed-in-lead = { $email } was signed in to { $product }.
session-failed = The sign-in failed
session-failed-lead = It failed at this check: { $check }.
session-waiting = Waiting for your identity provider
session-waiting-lead = Nothing has come back yet. Sign in on your provider’s page; when it sends you back, the result is shown.
session-under-way = Somebody is signing in
session-under-way-lead = The person is at your identity provider, or just on the way back to the app.
session-timed-out = No answer came
session-timed-out-lead = The identity provider sent no answer in time. The person may have given up, or the provider stopped them.
session-unclaimed = The app did not finish the sign-in
session-unclaimed-lead = Your identity provider vouched for the person and all checks passed, but { $product } did not take the result in time.
session-exactly = In detail
session-expected = Expected
session-received = Received
session-must-be = Compare in { $provider }
session-bring = Bring again from { $provider }
session-step = Back to step { $number }:
session-step-open = Open this step
session-known = Known about { $provider }
session-look-again = Look again
session-again = Test again
session-all = All attempts
session-checks = What was checked
session-person = The person as { $product } sees them
session-asserted = Attributes as they came
session-subject = Subject
session-no-value = without a value
session-more-values = { $count ->
     [one] one more
    *[other] { $count } more
 }
session-not-sent = not sent
session-messages = Messages
session-about = About this attempt
session-started = Started
session-ended = Ended
session-begun-by = Begun by
session-ip-address = Address of the browser
session-browser = Browser
session-id = Id
