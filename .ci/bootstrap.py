"""Make the virtual environment that the Makefile works in, or do nothing if it is there already.

Run by whatever Python the machine has, so the syntax here stays old: an unsuitable interpreter must
get as far as the sentence that says so.

    python3 .ci/bootstrap.py VENV [--book]

``--book`` also checks what only the book needs: MXNet's platform and the system's libgomp.
"""

import ctypes
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOCK = os.path.join(ROOT, "requirements.lock")
OLDEST = (3, 11)


def refuse(sentence):
    sys.stderr.write("error: " + sentence + "\n")
    sys.exit(2)


def check_system(book):
    if sys.version_info[:2] < OLDEST:
        refuse(
            "Python %d.%d or newer is needed, and %s is Python %s; name another: make book PYTHON=python3.12"
            % (OLDEST[0], OLDEST[1], sys.executable, platform.python_version())
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        refuse("this Python has no venv module; install it first (on Debian and Ubuntu: apt-get install python3-venv).")
    if not book:
        return
    if sys.platform != "linux" or platform.machine() != "x86_64":
        refuse(
            "the book's notebooks need MXNet 1.9.1 and were tried on Linux on x86-64 only, and this is %s on %s; "
            "the plugin itself installs anywhere: pip install ." % (platform.system(), platform.machine())
        )
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        refuse(
            "MXNet needs the system library libgomp; install it first (on Debian and Ubuntu: apt-get install libgomp1)."
        )


def digests():
    """Return what the environment depends on: lock and interpreter, and what pyproject.toml says of the plugin."""
    import tomllib  # here, after older interpreters have been told that they are too old

    with open(LOCK, "rb") as stream:
        lock = hashlib.sha256(stream.read())
    lock.update(("%s %s %s" % (sys.version, platform.machine(), ROOT)).encode())
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as stream:
        declared = tomllib.load(stream)
    # The settings of ruff, pytest and mypy stand there, too, and change more often.
    plugin = [declared["build-system"], declared["project"], declared["tool"]["hatch"]]
    return [lock.hexdigest(), hashlib.sha256(json.dumps(plugin, sort_keys=True).encode()).hexdigest()]


def install_lock(python, pip):
    """Install what the lock lists, which is complete: nothing is left to resolve, and each file has its hash.

    uv, itself from the lock, does so several times as fast as pip. Where it cannot reach an index that pip is
    configured for, pip takes over. Neither compiles: that would take longer than all the rest, and Python compiles what
    is imported when it is first imported, which is a part; see `compile_ahead` for where it does not keep that.
    """
    with tempfile.TemporaryDirectory() as folder:
        only_uv = os.path.join(folder, "uv.txt")
        with open(only_uv, "w") as stream:
            stream.write(locked("uv"))
        subprocess.check_call(pip + ["--require-hashes", "-r", only_uv])
    uv = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python, "--no-deps"]
    if subprocess.call(uv + ["--require-hashes", "-r", LOCK]) != 0:
        sys.stderr.write("note: uv could not install the pinned dependencies (see above); pip tries now.\n")
        subprocess.check_call(pip + ["--no-compile", "--require-hashes", "-r", LOCK])


def compile_ahead(python):
    """Compile what is installed, and the plugin, where Python is told not to keep what it compiles.

    Containers often tell it so. Each process would then compile all that it imports, which takes longer than its work:
    the import of what a build imports took 2.7 s of the processor instead of 1.1 s.
    """
    if not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    installed = subprocess.check_output([python, "-c", where]).decode().strip()
    # In the folder, so that only tests in it are passed over. Files that are no valid Python stay as they are.
    command = [python, "-W", "ignore", "-m", "compileall", "-qq", "-j", "0", "-x", r"[/\\]tests?[/\\]", "."]
    for folder in (installed, os.path.join(ROOT, "sphinxcontrib_d2lbook")):
        subprocess.call(command, cwd=folder)


def locked(name):
    """Return the entry of a distribution in the lock: its version and hashes."""
    lines, inside = [], False
    with open(LOCK) as stream:
        for line in stream:
            if not line.startswith((" ", "#")):
                inside = line.startswith(name + "==")
            if inside and not line.lstrip().startswith("#"):
                lines.append(line)
    return "".join(lines)


def main(arguments):
    book = "--book" in arguments
    target = os.path.abspath([a for a in arguments if not a.startswith("--")][0])
    check_system(book)
    stamp = os.path.join(target, ".complete")
    wanted = digests()
    found = []
    if os.path.exists(stamp):
        with open(stamp) as stream:
            found = stream.read().split()
        if found == wanted:
            return
        os.remove(stamp)
    python = os.path.join(target, "Scripts" if os.name == "nt" else "bin", "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    try:
        if found[:1] != wanted[:1]:
            print("Setting up %s (once; it takes about a minute) ..." % os.path.relpath(target))
            sys.stdout.flush()
            subprocess.check_call([sys.executable, "-m", "venv", "--clear", target])
            install_lock(python, pip)
        subprocess.check_call(pip + ["--no-build-isolation", "--editable", ROOT])
        compile_ahead(python)
    except subprocess.CalledProcessError as error:
        refuse("installing the pinned dependencies failed (see above; the installer ended with %d)." % error.returncode)
    with open(stamp, "w") as stream:
        stream.write("\n".join(wanted))


if __name__ == "__main__":
    main(sys.argv[1:])
