# Después de guardar.
done-active = El inicio de sesión único está configurado
done-validating = Guardado, a la espera de un dominio
done-saved = Guardado
done-connection = Conexión con { $provider }:
done-return = Volver a { $product }
done-close = Puede cerrar esta página.
done-look = Ver la conexión
