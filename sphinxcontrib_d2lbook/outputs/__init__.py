"""OUTPUTS: one folder for each, and book/, which writes them together."""
