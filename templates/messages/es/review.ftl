# Lo que se ha entendido, antes de guardarlo.
review-title = Revisar y guardar
review-title-error = Error: revisar y guardar
review-heading = ¿Es este su { $provider }?
review-lead = Esto es lo que hemos entendido. Al guardar se activa el inicio de sesión único para { $organization }.
review-lead-replaces = Esto es lo que hemos entendido. Al guardar se sustituyen los datos actuales de la conexión.
review-understood = Lo que hemos entendido
review-change = Cambiar algo
review-save = Guardar y activar
review-email = Su dirección de correo electrónico
review-email-note = Se guarda con la conexión, para que se sepa a quién preguntar.
# Otro proveedor que el elegido.
review-other = Esto parece { $found }, pero eligió { $picked }
review-other-why = El inicio de sesión puede funcionar en ambos casos. Con { $found }, las indicaciones, los nombres de atributos y los pasos de renovación corresponden a lo que usa de verdad. No se pierde nada de lo que aportó.
review-other-switch = Cambiar a { $found }
# Avisos: se puede guardar de todos modos.
review-cautions =
    { $count ->
        [one] Compruebe un punto
       *[other] Compruebe { $count } puntos
    }
review-cautions-why = Puede guardar de todos modos.
review-http = Una dirección no empieza por https://, así que lo que se escriba allí podría leerse por el camino: { $address }
review-sha1 = Los metadatos solo muestran firmas con SHA-1, que no aceptamos al iniciar sesión. Elija SHA-256 en su proveedor.
review-same = El ID de entidad y la dirección de inicio de sesión son iguales, lo que es raro. Compruebe que no se haya pegado dos veces el mismo valor.
review-out-of-date = Los metadatos indican que están caducados. Descárguelos de nuevo si su proveedor ofrece otros más recientes.
review-preview-mixed = Se mezclan vista previa y producción: «{ $preview }» es una vista previa y «{ $production }» no. Tome todos los valores de la misma consola.
review-preview = «{ $host }» es la vista previa de su proveedor, pero esta es una configuración de producción. Compruebe que su personal inicie sesión realmente allí.
review-unusual = «{ $label }» es poco habitual para { $product }: { $value }.
review-unusual-example = «{ $label }» es poco habitual para { $product }: { $value }. Normalmente se parece a { $example }.
# Datos.
review-entity-id = ID de entidad
review-sign-in = Dirección de inicio de sesión
review-sign-in-redirect = Dirección de inicio de sesión (redirección)
review-sign-in-post = Dirección de inicio de sesión (POST)
review-sign-out-redirect = Dirección de cierre de sesión (redirección)
review-sign-out-post = Dirección de cierre de sesión (POST)
review-metadata-from = Metadatos leídos de
review-issuer = Emisor (issuer)
review-client-id = ID de cliente
review-client-secret = Secreto de cliente
review-secret-kept = Guardado y sellado, no se vuelve a mostrar
review-secret-none = Ninguno
review-token = Dirección de tokens
review-key-set = Conjunto de claves
review-userinfo = Dirección de userinfo
review-methods = Métodos de autenticación en común
review-discovery-from = Descubrimiento leído de
review-test-why = La prueba inicia su sesión en el proveedor de identidad en una pestaña nueva con los datos que se muestran aquí. No se guarda nada y nadie inicia sesión en la aplicación.
