# What surrounds every page.
frame-portal = Admin Portal
frame-skip = Skip to content
frame-sandbox = Sandbox
frame-for = for { $organization }
frame-back = Back to { $product }
frame-questions = Questions? Write to { $contact }.
frame-questions-sender = Questions? Ask whoever sent you the link.
frame-language = Language
