# Certificados: o que são e o que há de errado com eles.
certificate-heading = Certificados de assinatura
certificate-valid = Validade
certificate-from-until = de { $from } a { $until }
certificate-key = Chave
certificate-fingerprint = Impressão digital SHA-256
certificate-rsa = RSA, { $bits } bits
certificate-ec = EC, { $curve }
certificate-other-key = De um tipo com o qual não é possível verificar assinaturas aqui
certificate-not-yet = Este certificado só é válido a partir de { $from }. Verifique se o provedor já assina com outro.
certificate-expires-soon = Este certificado expira em { $until }, em menos de { $days } dias. Renove-o no seu provedor e depois traga os novos metadados.
certificate-expired = Este certificado expirou em { $until }. Renove-o no seu provedor e traga os novos metadados antes que alguém faça login.
certificate-weak = A chave tem apenas { $bits } bits; use uma com pelo menos { $bits_min }.
certificate-weak-kind = O tipo de chave não pode ser usado aqui para assinaturas.
