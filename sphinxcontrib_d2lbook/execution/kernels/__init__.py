"""Kernels: how one starts, from nothing or as a copy of a process that has imported what pages share.

inside/ is what runs in the Python of the kernel, which may be of another environment than that of the build: its files
import the standard library and ipykernel, and nothing of ours. The other files run in the process that holds the
kernels.
"""
