"""Kernels: how one starts, from nothing or as a copy of a process that has imported what pages share.

inside/ is what runs in the Python of the kernel, which may be of another environment than that of the build: its files
import the standard library, and nothing of ours but the files of upstream/kernels that are made for it. The other files
run in the process that holds the kernels.
"""
