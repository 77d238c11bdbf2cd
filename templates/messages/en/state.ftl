# What a connection’s state means for the customer.
state-draft = The provider is picked; nothing is saved yet.
state-validating = Your data is saved. The connection goes live by itself as soon as one of your organization’s domains is verified.
state-active = The connection is switched on.
state-inactive = The connection is switched off: nobody signs in through it.
state-word-none = not set up
state-word-draft = begun
state-word-validating = waiting for a domain
state-word-active = active
state-word-inactive = switched off
state-word-verified = verified
state-word-unverified = not verified
