"""What is used of jupyter_client, ipykernel and Python itself to run notebooks, beyond their documented interfaces.

`client` is for the process that holds kernels. `inside` and `pipes` are for the processes that are kernels: these run
in the Python of the kernel, which may be older than ours and without this package, so boot.py loads them by their path,
and they import nothing of it.
"""
