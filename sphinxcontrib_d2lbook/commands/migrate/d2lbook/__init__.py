"""A project of d2lbook -> a book of this plugin.

`config_ini` reads `config.ini`, and `config_keys` says what becomes of its keys. `notedown_blocks` divides a page into
text, fences and tabs; `fences` brings over fences, with `frameworks`, `aliases` and `saved_code` for cells, and
`markdown_text` the text, with `markdown_elements` and `inline_markup`. `page_conversion` and `d2lbook_project` put all
together. The format is told by https://book.d2l.ai.
"""
