"""What readers of the book would ask finds the right page among the first three, and so nearly always."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page

from tests.conftest import Project

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]

ROOT = Path(__file__).parents[2]
QUESTIONS = {
    "linear regression": ["linear-networks/linear-regression"],
    "dropout": ["multilayer-perceptrons/dropout"],
    "weight decay": ["multilayer-perceptrons/weight-decay"],
    "softmax": ["linear-networks/softmax-regression", "linear-networks/softmax-scratch"],
    "cross entropy loss": ["linear-networks/softmax-regression", "appendix-mathematics/information"],
    "max pooling": ["convolutional-networks/pooling"],
    "chain rule": ["preliminaries/calculus", "multilayer-perceptrons/backprop"],
    "backpropagation": ["multilayer-perceptrons/backprop"],
    "learning rate": ["linear-networks/linear-scratch", "linear-networks/linear-regression"],
    "install mxnet": ["installation"],
    "broadcasting": ["preliminaries/data-manipulation"],
    "overfitting": ["linear-networks/generalization", "multilayer-perceptrons/model-selection"],
    "how to save a model": ["library/saving"],
    "gpu": ["library/devices", "appendix-tools/hardware"],
    "eigenvalues": ["appendix-mathematics/linear-algebra", "preliminaries/linear-algebra"],
    "bayes theorem": ["preliminaries/probability"],
    "d2l.squared_loss": ["linear-networks/linear-scratch", "appendix-tools/api"],
    "corr2d": ["convolutional-networks/convolution-scratch", "appendix-tools/api"],
    "normal equations": ["linear-networks/linear-regression"],
    "covariate shift": ["multilayer-perceptrons/distribution-shift"],
}
"""Question -> the pages that answer it. They were written before anyone looked at the ranking."""
FRESH = {
    "gradient descent": [
        "linear-networks/linear-scratch",
        "preliminaries/calculus",
        "linear-networks/linear-regression",
    ],
    "residual connection": ["modern-convolutional-networks/residual-networks"],
    "batch norm": ["modern-convolutional-networks/batch-normalization"],
    "missing values": ["preliminaries/data-preprocessing"],
    "vanishing gradients": ["multilayer-perceptrons/initialization"],
    "xavier initialization": ["multilayer-perceptrons/initialization", "library/parameters"],
    "regularization": [
        "multilayer-perceptrons/weight-decay",
        "multilayer-perceptrons/dropout",
        "linear-networks/generalization",
    ],
    "one-hot": [
        "linear-networks/softmax-regression",
        "linear-networks/softmax-scratch",
        "preliminaries/data-preprocessing",
    ],
    "minibatch": ["linear-networks/linear-scratch", "linear-networks/linear-regression"],
    "activation function": ["multilayer-perceptrons/mlp", "multilayer-perceptrons/index"],
    "cross-validation": [
        "multilayer-perceptrons/model-selection",
        "multilayer-perceptrons/competition",
        "linear-networks/generalization",
    ],
    "edge detection": ["convolutional-networks/edges-textures"],
    "receptive field": [
        "convolutional-networks/padding-stride",
        "convolutional-networks/convolution-scratch",
        "modern-convolutional-networks/deep-stacks",
    ],
    "save parameters to a file": ["library/saving"],
    "d2l.Residual": ["modern-convolutional-networks/residual-networks", "appendix-tools/api"],
    "singular value decomposition": ["appendix-mathematics/linear-algebra", "preliminaries/linear-algebra"],
    "maximum likelihood": [
        "preliminaries/probability",
        "appendix-mathematics/probability",
        "linear-networks/linear-regression",
    ],
    "what is entropy": ["appendix-mathematics/information"],
    "run on colab": ["appendix-tools/machines", "installation", "appendix-tools/jupyter"],
    "support vector machine": ["modern-convolutional-networks/deep-stacks", "convolutional-networks/lenet"],
}
"""The same, by someone who has had no part in the ranking, and after it was made."""
SHOWN = 3
WANTED = 18


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The website of the book, whose cells have not run."""
    folder = tmp_path_factory.mktemp("questions") / "project"
    shutil.copytree(ROOT / "book", folder / "book")
    shutil.copytree(ROOT / "d2l", folder / "d2l", ignore=shutil.ignore_patterns("__pycache__"))
    project = Project(folder)
    project.conf = (ROOT / "conf.py").read_text("utf-8")
    done = project.run("html", "-D", "nb_execution_mode=off", "-Q")
    assert done.returncode in (0, 1), done.stderr
    return project.build_folder / "html"


@pytest.mark.parametrize("questions", [QUESTIONS, FRESH], ids=["before", "fresh"])
def test_nearly_all_questions_are_answered_at_once(page: Page, site: Path, questions: dict[str, list[str]]) -> None:
    answered = {question: hits(page, site, question) for question in questions}
    missed = {question: found for question, found in answered.items() if not {*found} & {*questions[question]}}
    assert len(questions) == 20
    assert len(questions) - len(missed) >= WANTED, missed


def hits(page: Page, site: Path, question: str) -> list[str]:
    """The pages of the first results."""
    page.goto(f"{site.as_uri()}/search.html?q={quote_plus(question)}")
    page.wait_for_function(f"document.querySelectorAll('ul.search li a').length >= {SHOWN}")
    links = page.locator("ul.search li a").evaluate_all("links => links.map(link => link.pathname)")
    return [link.removeprefix(f"{site.as_posix()}/").removesuffix(".html") for link in links[:SHOWN]]
