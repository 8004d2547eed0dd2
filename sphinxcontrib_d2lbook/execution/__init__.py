"""EXECUTION: which pages must run and why, running them, and keeping what they gave.

Notebook + library -> `Task` with a key and its parts (plan.py, code_inputs.py) -> stale tasks run in a process of their
own (executors/, runner.py) -> `Result` -> store (store.py) -> the parser attaches the outputs (attached_outputs.py).
extension.py says at which moments of a build this happens.
"""
