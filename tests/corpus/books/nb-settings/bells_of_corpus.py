"""Notebooks in a format of their own: a line is a cell, `>` begins one of code."""

import nbformat


def read(text, title):
    cells = [nbformat.v4.new_markdown_cell(f"# {title}")]
    for line in text.splitlines():
        if line.startswith(">"):
            output = nbformat.v4.new_output("stream", name="stdout", text="ding\n")
            cells.append(nbformat.v4.new_code_cell(line[1:].strip(), outputs=[output], execution_count=1))
        else:
            cells.append(nbformat.v4.new_markdown_cell(line))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
