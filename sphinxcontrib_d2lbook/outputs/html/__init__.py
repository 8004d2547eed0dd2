"""The website: Sphinx's own HTML builder and theme, with native mathematics and the book's downloads."""
