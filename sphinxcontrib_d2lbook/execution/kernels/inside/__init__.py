"""What runs in a kernel's own Python; these files are run by their paths and never imported from here."""
