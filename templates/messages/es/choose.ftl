# Elegir uno de varios proveedores en un documento de metadatos.
choose-title = ¿Cuál es su proveedor de identidad?
choose-title-error = Error: ¿cuál es su proveedor de identidad?
choose-lead =
    { $total ->
        [one] Los metadatos describen { $total } proveedor de identidad.
       *[other] Los metadatos describen { $total } proveedores de identidad.
    } Elija aquel con el que inicia sesión su personal.
choose-legend = Proveedor de identidad
choose-none = Elija el proveedor de identidad con el que inicia sesión su personal.
choose-other = ¿No está en la lista? Escriba su ID de entidad
choose-back = Atrás
choose-continue = Continuar
