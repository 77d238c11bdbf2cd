# Die Seite, auf der ein Link ankommt.
arrival-title = { $product } lädt Sie ein, { $tasks } einzurichten
arrival-for = Es geht um { $organization }. Sie benötigen Administratorrechte bei Ihrem Identitätsanbieter, etwa Okta, Microsoft Entra ID oder Google Workspace.
arrival-begin = Beginnen
arrival-continue = Dort weitermachen, wo Sie waren
arrival-invited-by = Eingeladen von
arrival-organization = Für
arrival-works-until = Dieser Link gilt bis
arrival-until-saved = { $until } und bis die Einrichtung gespeichert ist
arrival-whom-to-ask = Ansprechperson
arrival-ask-sender = die Person, die Ihnen diesen Link geschickt hat
arrival-unexpected = Haben Sie das nicht erwartet? Dann schließen Sie die Seite: Es geschieht nichts, bevor Sie beginnen.
