"""Give labelled items of the book permanent addresses, and check that published ones stay valid.

A label that an author writes is an identifier: `go/<label>/` below the site leads to the item that has it, whatever its
number, title or file is then. `label_paths` turns labels into paths, `permanent_addresses` builds addresses, `targets`
lists the items that have one, and `published_list` reads the committed file of all identifiers that were published,
with the replacements of those that are gone. `url_schemes` checks addresses that readers follow, and `internal_uris`
serves outputs without an address for each page.
"""
