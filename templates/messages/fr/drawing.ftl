# Dessins des pages de console.
drawing-title = Dessin d’une page dans { $provider }
drawing-caption = Un dessin, pas une capture d’écran : votre console peut avoir un autre aspect.
