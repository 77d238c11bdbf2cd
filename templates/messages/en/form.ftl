# What forms have in common.
form-errors = { $count ->
     [one] One thing needs your attention
    *[other] { $count } things need your attention
 }
form-error-title = Error: { $title }
form-optional = (optional)
form-found-at = Found at: { $place }
form-kept = Kept from before and not shown again. Leave empty to keep it, or type to replace it.
form-example = For example { $example }
form-copy = Copy
form-copied = Copied
form-copy-by-hand = Select it
form-back = Back
form-drop = or drop it here
form-checking = Checking…
form-fetching = Fetching…
form-copy-label = Copy { $label }
