# Which attribute fills which field.
attributes-title = Attributes from { $provider }
attributes-lead = When somebody signs in, { $provider } sends attributes about them. Here stands which attribute fills which field of { $product }. Change a name only if your console sends another one.
attributes-fold = Attribute names: the usual ones of { $provider } are filled in
attributes-empty = A field that is left empty is filled by the attribute’s usual name, if it comes.
attributes-usual = as usual
attributes-none = not taken over
attributes-custom-note = Left empty, it is not taken over.
attributes-idp-id = Id of the person
attributes-email = E-mail address
attributes-first-name = First name
attributes-last-name = Last name
attributes-groups = Groups
attributes-roles = Roles
attributes-name = Whole name
attributes-wrong = Use { $bytes_max } bytes at most, without line breaks.
attributes-save = Save the names
attributes-back = Back to the connection
