"""Use jupyter_client, ipykernel and Python beyond their documented interfaces, to run notebooks.

`client` is for the process that holds kernels. `inside` and `pipes` are for the processes that are kernels. These run
in the Python of the kernel, which may be older than ours and without this package. So `boot.py` loads the two modules
by path, and they import nothing of the package.
"""
