"""What is the same for all that makes the PDF: Typst, which is embedded, and LaTeX, for publishers who ask for it.

All pages become one tree (`assembly`), places get names (`keys`), images are looked into (`images`), generated sources
tell which pages they come from (`marks`). Translators have a base in common (`translator`), walk the division of the
book alike (`structure`), and read the doctree alike (`boxes`, `figures`). What was made is noted (`record`): where
everything stands, so that numbers can be read back, and where QR codes are, which are read back here (`codes`). The
Typst compiler (`compiler`) sets the pages of one engine, and turns the drawings of the other into PDFs.
"""
