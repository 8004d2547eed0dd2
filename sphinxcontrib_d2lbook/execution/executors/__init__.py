"""Executors: where tasks run. base.py says what one must do; each further file is one."""
