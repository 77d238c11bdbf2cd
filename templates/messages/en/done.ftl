# After saving.
done-active = Single sign-on is set up
done-validating = Saved, and waiting for a domain
done-saved = Saved
done-connection = Connection to { $provider }:
done-return = Return to { $product }
done-close = You can close this page.
done-look = See the connection
