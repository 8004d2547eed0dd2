"""The PDF set by LaTeX, and its sources, for publishers who ask for them.

The tree of all pages (from `outputs/paper`) is written by Sphinx's own LaTeX writer, with visitors of ours for what has
a number, a target, or a look of the book's (`translator`). Its commands are defined in `template/d2lbook.sty`, which a
publisher may replace. Every number is in the source as text, from the table: LaTeX counts nothing but pages and
marks. `tex` escapes text and names targets, `sources` lays out the folder, `compiler` runs XeLaTeX, `messages` reads
what it says.
"""
