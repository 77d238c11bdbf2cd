# Uma etapa de um guia. O que consta em consoles de terceiros fica no idioma deles.
step-choose = Escolher
step-tick = Marcar a caixa:
step-switch = Chave seletora:
step-check = Verificar e continuar
step-known-metadata = Entendemos os metadados de { $entity_id }. Traga novos dados para substituí-los ou continue.
step-known-issuer = Entendemos o provedor { $issuer }. Altere algo para substituí-lo ou continue.
step-by-address = Metadados pelo endereço
step-by-document = Metadados como arquivo ou texto
step-by-hand = Manualmente: ID da entidade, endereço e certificado
step-metadata-file = Arquivo de metadados
step-certificate-file = Arquivo do certificado, em vez do texto
step-no-discovery = Meu provedor não tem documento de descoberta
