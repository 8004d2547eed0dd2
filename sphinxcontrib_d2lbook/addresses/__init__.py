"""ADDRESSES: what in the book has an address for good, and what becomes of it.

A label that an author writes is an identifier: `go/<label>/` below the site leads to what it names, whatever number,
title or file that has by then. `paths` quotes labels, `permanent` puts addresses together, `targets` says what has one,
`published` keeps the promise: a committed file of all that was published, and of what took the place of what is gone.
`internal` is for outputs that have no address for each page.
"""
