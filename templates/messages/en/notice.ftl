# What happened just now.
notice-already-connected = There is a connection already, so nothing was changed. An organization has one connection at most.
notice-stale = This has changed since you saw it, perhaps in another tab. Please check it once more.
notice-still-needed = This is still needed before you can review and save.
notice-understood = What you brought was understood. Please finish the steps that remain.
notice-unconfirmed = Nothing was reset: the box has to be ticked first.
notice-reset = The connection was reset. You can set up a new one now.
notice-attributes-saved = The attribute names are saved.
notice-sheet-sent = The steps are on their way to your colleague.
notice-options-saved = Saved. It counts from the next sign-in on.
notice-distrusted = The certificate is not trusted any more.
notice-signing-key-switched = From now on, requests are signed with the next certificate.
