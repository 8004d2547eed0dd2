stir(5)
