Ring the *bell*:
> ring()
It rang.
