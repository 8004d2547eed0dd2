"""EXECUTION: decide which pages must run and why, run them, and keep their outputs.

Notebook + library -> `Task` with a key and its parts (plan.py, code_inputs.py) -> stale tasks run in a process of their
own (executors/, runner.py) -> `Result` -> store (store.py) -> the parser attaches the outputs (attached_outputs.py).
extension.py connects these steps to the events of a Sphinx build.
"""
