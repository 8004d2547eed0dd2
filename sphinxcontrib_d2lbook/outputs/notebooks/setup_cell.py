"""Write the first code cell of a reader's notebook, which finds or installs what the notebook needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from textwrap import TextWrapper

from ...common.translations import _
from ...library.distribution_closure import Pin


@dataclass(frozen=True)
class Needs:
    """Distributions and files that a notebook needs to run."""

    pins: Sequence[Pin]
    """Pins of every distribution, also of those that only others require."""
    python: str
    """Version of Python that the pins were made with, as "3.11"."""
    package: str = ""
    """Import name of the book's package; "" if the notebook does not use it."""
    distribution: str = ""
    """Name of the package's distribution."""
    wheel: str = ""
    """File name of the package's wheel."""
    site: str = ""
    """Address of the site, or "" if it has none; the wheel is at `_downloads/` there."""
    kernel: Collection[str] = ()
    """Names of the distributions that run a kernel, which are never replaced where they are installed."""


COLAB_LIMITS = {
    "mxnet": "MXNet has no version for the GPUs of Colab: this notebook computes on the CPU, whatever the runtime.",
}
"""What Colab cannot do, by the distribution that cannot do it there. None of these can use a GPU on Colab."""
_HEAD = '''\
# @title {title}
# Finds what this notebook needs, and installs what is missing; silent where all is there.
import importlib.metadata, importlib.util, pathlib, platform, re, subprocess, sys

PYTHON = {python!r}  # of these versions; on another Python they, or newer ones, are taken
PINS = """
{pins}
""".split()
KERNEL = {kernel!r}.split()  # runs this notebook, and stays as it is
'''

_PACKAGE = """\
PACKAGE, DISTRIBUTION, WHEEL = {package!r}, {distribution!r}, {wheel!r}
SITE = {site!r}
"""

_FUNCTIONS = """

def installed(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def at_least(found, wanted):
    numbers = [[int(part) for part in re.findall(r"\\d+", text)[:3]] for text in (found, wanted)]
    return numbers[0] >= numbers[1]


def missing():
    for pin in PINS:
        name, version = pin.split("==")
        found = installed(name)
        if found is None or not at_least(found, version) and name not in KERNEL:
            yield pin if sys.version_info[:2] == tuple(map(int, PYTHON.split("."))) else f"{name}>={version}"
"""

_WHEEL = """

def package_is_there():
    if installed(DISTRIBUTION):
        return at_least(installed(DISTRIBUTION), WHEEL.split("-")[1])
    spec = importlib.util.find_spec(PACKAGE)  # the book's own folder; another package of that name does not count
    return spec is not None and "site-packages" not in str(spec.origin)


def find_wheel():
    here = pathlib.Path.cwd()
    for folder in (here, *here.parents):
        if (folder / WHEEL).is_file():
            return str(folder / WHEEL)
    if SITE:
        return f"{SITE}_downloads/{WHEEL}"
    raise SystemExit(f"Put {WHEEL}, which comes with the book's notebooks, beside this one and run this cell again.")
"""

_INSTALL = """

def loaded(what):
    for item in what:
        name = DISTRIBUTION if item.endswith(".whl") else re.split("[=>]=", item)[0]
        if installed(name):
            files = importlib.metadata.files(name) or ()
            if {file.parts[0].removesuffix(".py") for file in files} & set(sys.modules):
                yield name


def install(what, *options):
    stale = list(loaded(what))
    print("Installing", *(re.sub(r".*/|[=>]=.*", "", item) for item in what))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options, *what]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(
            f"Could not install what this notebook needs on Python {platform.python_version()},"
            f" {platform.system()} {platform.machine()}.\\n{done.stderr.strip()[-1500:]}\\n"
            f"Remedy: run it with Python {PYTHON} on Linux x86-64 (Colab is), or install the packages by hand."
        )
    importlib.invalidate_caches()
    if stale:
        raise SystemExit(f"Restart the kernel, and run this cell again: it still has the old {', '.join(stale)}.")

"""
_NEEDED = """if needed:
    install(needed, "--no-deps")"""
_NEEDED_AND_BUILDS = """BUILDS = {builds!r}.split()  # other machines have other builds, which may require more
builds = [item for item in needed if re.split("[=>]=", item)[0] in BUILDS]
others = [item for item in needed if item not in builds]
if others:
    install(others, "--no-deps")
if builds:
    install(builds)"""
_LIMIT = """if "google.colab" in sys.modules:
    print({limit!r})
"""


def is_without_gpu_on_colab(needs: Needs) -> bool:
    """Return whether what a notebook needs cannot use a GPU on Colab."""
    return any(pin.name in COLAB_LIMITS for pin in needs.pins)


def framework_source(framework: str, label: str) -> str:
    """Return the source of the cell that says for which framework a notebook is; ``label`` is its name for readers."""
    return "\n".join(
        [
            f"# @title {_('Framework')}: {' '.join(label.split())}",
            "# Code that the notebooks of all frameworks share asks for it.",
            "import os",
            "",
            f'os.environ["D2LBOOK_FRAMEWORK"] = "{framework}"',
        ]
    )


def setup_source(needs: Needs) -> str:
    """Return the source of the cell, as short as the needs of the notebook allow."""
    wrapper = TextWrapper(width=110, break_long_words=False, break_on_hyphens=False)
    source = _HEAD.format(
        title=_("Set up this notebook"),
        python=needs.python,
        pins="\n".join(wrapper.wrap(" ".join(map(str, needs.pins)))),
        kernel=" ".join(sorted({pin.name for pin in needs.pins} & set(needs.kernel))),
    )
    if needs.package:
        source += _PACKAGE.format(
            package=needs.package, distribution=needs.distribution, wheel=needs.wheel, site=needs.site
        )
    source += _FUNCTIONS + (_WHEEL if needs.package else "") + _INSTALL + "\n"
    source += "".join(_LIMIT.format(limit=COLAB_LIMITS[pin.name]) for pin in needs.pins if pin.name in COLAB_LIMITS)
    source += "needed = list(missing())\n"
    if needs.package:
        source += "if not package_is_there():\n    needed.append(find_wheel())\n"
    builds = " ".join(pin.name for pin in needs.pins if pin.is_own_build)
    return source + (_NEEDED_AND_BUILDS.format(builds=builds) if builds else _NEEDED)
