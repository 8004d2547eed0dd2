"""Set the PDF with LaTeX, and write its sources, for publishers who ask for them.

Sphinx's own LaTeX writer writes the tree of all pages (from `outputs/paper`), with visitors of ours for everything that
has a number, a target, or a look of the book's own (`translator`). The commands that they emit are defined in
`template/d2lbook.sty`, which a publisher may replace. Every number is in the source as text, from the table of numbers:
LaTeX counts nothing but pages and marks. `escape` escapes text and names targets, `sources` fills the folder of
sources, `compiler` runs XeLaTeX, `log_messages` reads its log.
"""
