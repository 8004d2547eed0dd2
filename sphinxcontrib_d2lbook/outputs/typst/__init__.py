"""Set the PDF with the embedded Typst compiler.

The tree of all pages (from `outputs/paper`) becomes Typst markup (`translator`), the markup and the images go into a
working folder, and the compiler makes the PDF of them (`builder`). Text reaches Typst only as string literals
(`escape`); structure is calls to the functions of `template/` (`markup`); every number comes from the table of numbers:
Typst counts nothing but pages.
"""
