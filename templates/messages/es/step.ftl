# Un paso de una guía. Lo que figura en consolas ajenas queda en su idioma.
step-choose = Elegir
step-tick = Marcar la casilla:
step-switch = Interruptor:
step-check = Comprobar y continuar
step-known-metadata = Hemos entendido los metadatos de { $entity_id }. Aporte datos nuevos para reemplazarlos o continúe.
step-known-issuer = Hemos entendido el proveedor { $issuer }. Cambie algo para reemplazarlo o continúe.
step-by-address = Metadatos por su dirección
step-by-document = Metadatos como archivo o texto
step-by-hand = A mano: ID de entidad, dirección y certificado
step-metadata-file = Archivo de metadatos
step-certificate-file = Archivo del certificado, en lugar de su texto
step-no-discovery = Mi proveedor no tiene documento de descubrimiento
