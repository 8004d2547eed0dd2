def grind(grain):
    return grain
