"""Define the options of readers' notebooks."""

from __future__ import annotations

from .option import Option, launch_check, one_of

LAUNCH = Option(
    "launch",
    {},
    (dict,),
    help="Says where launch buttons, on the website and in the readers' notebooks, find the notebooks: the "
    "`repository`, its `branch`, the `folder` in it, and the `content` of that folder, which is the published "
    '"site" or the "notebooks" that `sphinx-d2lbook publish notebooks` puts there. Where nothing is said, '
    "those are the theme's `repository_url`, `gh-pages` or `notebooks`, and the branch's root. `services` are "
    "further services by name: True for the public server, the address of another server, or a template of "
    "the address of a notebook.",
    example={
        "repository": "https://github.com/tales/site",
        "content": "notebooks",
        "services": {"Colab": True, "Studio Lab": "https://lab.example/{owner}/{name}/{branch}/{path}"},
    },
    check=launch_check(),
    rebuild="html",
)
NOTEBOOK_SOLUTIONS = Option(
    "notebook_solutions",
    "include",
    (str,),
    help='Says what readers\' notebooks have of the solutions of exercises: "include" keeps them in their places, '
    '"separate" puts them into a notebook beside, `<page>-solutions.ipynb`, and "omit" leaves them out.',
    example="separate",
    check=one_of("include", "separate", "omit"),
    rebuild="html",
)
