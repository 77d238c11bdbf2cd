# Certificates: what they are, and what is wrong with them.
certificate-heading = Signing certificates
certificate-valid = Valid
certificate-from-until = { $from } to { $until }
certificate-key = Key
certificate-fingerprint = SHA-256 fingerprint
certificate-rsa = RSA, { $bits } bits
certificate-ec = EC, { $curve }
certificate-other-key = Of a kind that signatures cannot be checked with here
certificate-not-yet = This certificate is valid only from { $from }. Check that the provider already signs with another one.
certificate-expires-soon = This certificate expires on { $until }, in less than { $days } days. Renew it at your provider, then bring the new metadata.
certificate-expired = This certificate expired on { $until }. Renew it at your provider and bring the new metadata before people sign in.
certificate-weak = Its key has only { $bits } bits; use one with at least { $bits_min }.
certificate-weak-kind = Its kind of key cannot be used for signatures here.
