# Proving an address by a code: the page that asks for it.
code-title = Enter the code
code-sent = We sent a code of six digits to { $address }. It works for { $minutes } minutes.
code-sent-if = If { $address } is one of the addresses that this link was made for, a code of six digits is on its way there. It works for { $minutes } minutes.
code-field = Code
code-newest = Only the newest code works.
code-confirm = Continue
code-nothing-came = Has nothing arrived after a minute? Look into your spam folder, or have another code sent.
code-again = Send another code
code-again-sent = Another code is on its way. The ones before it work no longer.
code-other-address = Use another address
code-syntax = A code has six digits.
code-wrong = These are not the digits of the newest code. { $left ->
    [one] You have one try left.
   *[other] You have { $left } tries left.
 }
code-tried-too-often = This code was tried too often. Have another one sent.
code-over = This code works no longer. Have another one sent.
code-too-many = Too many codes were asked for with this link. { $minutes ->
    [one] You can have another one sent in a minute.
   *[other] You can have another one sent in { $minutes } minutes.
 }
# The message that carries it.
code-mail-subject = { $code } is your code for { $product }
code-mail-why = Somebody, most likely you, wants to open a link to set up { $product } for { $organization }. The code for it:
code-mail-until = Enter it on the page that asked for it. It works until { $until }, and only if you did not ask for a newer one.
code-mail-warning = Give the code to nobody. We never ask for it by phone or by message.
code-mail-unexpected = Was it not you? Then ignore this message: without the code the link stays closed.
code-mail-questions = Questions? Reply to this message, or write to { $contact }.
