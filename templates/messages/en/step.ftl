# One step of a walkthrough. What stands in foreign consoles stays in their language.
step-choose = Choose
step-tick = Tick box:
step-switch = Switch:
step-check = Check and continue
step-known-metadata = We have understood the metadata of { $entity_id }. Bring new data to replace it, or go on.
step-known-issuer = We have understood the provider { $issuer }. Change something to replace it, or go on.
step-by-address = Metadata by its address
step-by-document = Metadata as a file or text
step-by-hand = By hand: entity ID, address and certificate
step-metadata-file = Metadata file
step-certificate-file = Certificate file, instead of its text
step-no-discovery = My provider has no discovery document
