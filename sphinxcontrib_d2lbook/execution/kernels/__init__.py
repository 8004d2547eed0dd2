"""Start and observe kernels, from nothing or as forks of a process that has imported what pages share.

The files in inside/ run in the Python of the kernel, which may have another environment than the build: they import the
standard library, and of this package only the files of upstream/kernels that are made for it. All other files run in
the process that holds the kernels.
"""
