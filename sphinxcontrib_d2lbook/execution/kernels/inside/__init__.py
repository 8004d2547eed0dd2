"""Programs that run in a kernel's own Python; they are run by their paths and never imported from this package."""
