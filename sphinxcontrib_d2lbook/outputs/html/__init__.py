"""Write the website with Sphinx's HTML builder and theme, native mathematics and the book's downloads."""
