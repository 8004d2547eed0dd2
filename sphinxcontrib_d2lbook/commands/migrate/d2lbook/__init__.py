"""Convert a project of d2lbook to a book of this extension.

`config_ini` reads `config.ini`, and `config_keys` converts its keys. `notedown_blocks` divides a page into text, fences
and tabs. `fences` converts fences, with `frameworks`, `aliases` and `saved_code` for cells; `markdown_text` converts
text, with `markdown_elements` and `inline_markup`. `page_conversion` converts a whole page, `d2lbook_project` the
project. https://book.d2l.ai describes the format.
"""
