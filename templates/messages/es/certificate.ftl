# Certificados: qué son y qué les ocurre.
certificate-heading = Certificados de firma
certificate-valid = Validez
certificate-from-until = del { $from } al { $until }
certificate-key = Clave
certificate-fingerprint = Huella SHA-256
certificate-rsa = RSA, { $bits } bits
certificate-ec = EC, { $curve }
certificate-other-key = De un tipo con el que aquí no se pueden comprobar firmas
certificate-not-yet = Este certificado solo es válido a partir del { $from }. Compruebe que el proveedor ya firma con otro.
certificate-expires-soon = Este certificado caduca el { $until }, en menos de { $days } días. Renuévelo en su proveedor y después aporte los metadatos nuevos.
certificate-expired = Este certificado caducó el { $until }. Renuévelo en su proveedor y aporte los metadatos nuevos antes de que alguien inicie sesión.
certificate-weak = Su clave solo tiene { $bits } bits; use una de al menos { $bits_min }.
certificate-weak-kind = Su tipo de clave no se puede usar aquí para firmas.
