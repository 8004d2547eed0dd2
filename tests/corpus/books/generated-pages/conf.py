"""Three hundred pages that conf.py writes before Sphinx looks for them, as gazetteers and catalogues do."""

from pathlib import Path

project = "A Gazetteer"
html_title = "A Gazetteer"
html_theme = "basic"
html_use_index = False
html_copy_source = False
exclude_patterns = ["_build"]
folder = Path(__file__).parent / "places"
folder.mkdir(exist_ok=True)
for number in range(300):
    text = f"Place {number}\n{'=' * 10}\n\nIt lies *beside* :doc:`p{(number * 7 + 1) % 300:03}`.\n\n.. _l{number}:\n"
    text += f"\nRiver\n-----\n\nOf place {number}, length {number * 13 % 97}.\n"
    file = folder / f"p{number:03}.rst"
    if not file.is_file():
        file.write_text(text, encoding="utf-8")
