def grind(grain):
    return grain.replace("corn", "flour")


def open_sluice():
    # begin
    gate = "up"
    # end
    return gate
