# The steps of a walkthrough, sent to a colleague: the form.
sheet-open = Send these steps to a colleague
sheet-lead = Does somebody else have the console? They get all steps with your values by e-mail, in the language of this page. The link to the portal is not in it: saving stays with you.
sheet-field = Your colleague’s e-mail address
sheet-send = Send the steps
sheet-address-wrong = Enter an address such as name@example.com.
sheet-too-many = The steps were sent { $count } times already, which is the most that this link allows. Print this page instead, or forward the message that you sent before.
# The mail.
sheet-subject = Steps in { $provider } for { $product }
sheet-from = { $admin } asks you to prepare { $provider }, so that the people of { $organization } can sign in to { $product } with it.
sheet-from-somebody = An administrator of { $organization } asks you to prepare { $provider }, so that your people can sign in to { $product } with it.
sheet-how = Take these steps in the console, and give back to whoever asked you what the steps say. You need no access to { $product }.
sheet-bring = Give back from here:
sheet-unexpected = Did you not expect this message? Then ask the person before you change anything, or ignore it.
