"""A project of d2lbook -> a book of this plugin.

`settings` makes conf.py of `config.ini`, `blocks` divides a page into text, fences and tabs, `frameworks`, `aliases`,
`saving` and `cells` bring code cells over, `inline` and `text` the Markdown around them, and `project` puts all
together. The format is told by https://book.d2l.ai.
"""
