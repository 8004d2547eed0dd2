"""Prepare the PDF for both engines: Typst, which is embedded, and LaTeX, for publishers who ask for it.

All pages become one tree (`assembled_doctree`), places get names (`destination_names`), images are checked (`images`),
generated sources tell which pages they come from (`source_marks`). Translators share a base class (`translator`), walk
the division of the book alike (`structure`), and read the doctree alike (`boxes`, `figures`). A record of each PDF
(`compilation_record`) says where everything stands, so that numbers can be read back, and where the QR codes are, which
`qr_readback` reads back. The Typst compiler (`compiler`) sets the pages of one engine, and turns the drawings of the
other into PDFs.
"""
