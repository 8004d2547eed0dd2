"""Draw the picture of README: one figure of a book on its website, in its PDF and in its notebook, beside each other.

    .venv/bin/python .ci/readme_picture.py _build/book docs/three-outputs.png --label fig_lr_engel --jupyter jupyter-lab

The book is one that `-M book` has built, and its `numbers.json` says where the figure is. `--jupyter` names JupyterLab,
which is no dependency: install it into another environment. The website and the notebook are shown by Chromium.
"""

import argparse
import contextlib
import io
import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Error, Page, sync_playwright

SIZE = (640, 800)
"""Of each part, in the browser's pixels."""
GAP, TITLE = 24, 44
LIMIT = 200_000
"""Bytes that the picture may have."""


def place_of(book: Path, label: str) -> dict:
    rows = json.loads((book / "numbers.json").read_text("utf-8"))["numbers"]
    return next(row for row in rows if row["label"] == label)


def shot(page: Page, middle: str) -> Image.Image:
    """Scroll the element that a selector names into the middle, and return a picture of the window."""
    page.locator(middle).first.evaluate("element => element.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(1500)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def website(page: Page, book: Path, row: dict) -> Image.Image:
    file, _, anchor = row["html"].partition("#")
    page.goto(f"file://{(book / 'html' / file).resolve()}")
    return shot(page, f"[id='{anchor}'] img")


def pdf(book: Path, row: dict) -> Image.Image:
    (file,) = (book / "pdf").glob("*.pdf")
    sheet = pypdfium2.PdfDocument(file)[row["pdf"]["page"] - 1]
    picture = sheet.render(scale=SIZE[1] / sheet.get_height()).to_pil().convert("RGB")
    whole = Image.new("RGB", SIZE, "#e8e8e8")
    whole.paste(picture, ((SIZE[0] - picture.width) // 2, 0))
    return whole


@contextlib.contextmanager
def jupyter_lab(program: str, folder: Path):
    """Serve a folder; yield the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--no-browser", "--allow-root", f"--port={port}", f"--ServerApp.root_dir={folder}"]
    command += ["--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api")
                break
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def notebook(page: Page, book: Path, row: dict, program: str) -> Image.Image:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, Path(row["notebook"]).name)
        shutil.copy(book / "notebooks" / row["notebook"], file)
        # JupyterLab shows SVG only in notebooks that are trusted, or that were run there.
        subprocess.run([Path(shutil.which(program)).with_name("jupyter-trust"), file], check=True, capture_output=True)
        with jupyter_lab(program, Path(folder)) as address:
            page.goto(f"{address}/doc/tree/{file.name}")
            page.wait_for_selector(".jp-Notebook .jp-RenderedMarkdown")
            with contextlib.suppress(Error):
                page.get_by_role("button", name="No", exact=True).click(timeout=5000)  # no news of Jupyter, please
            caption = page.locator(".jp-Cell", has_text=row["title"].split(".")[0]).last
            for _ in range(3):  # cells get their heights when they come near the window
                caption.evaluate("cell => cell.scrollIntoView({block: 'end'})")
                page.wait_for_timeout(1500)
            return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def beside_each_other(parts: dict[str, Image.Image]) -> Image.Image:
    width, height = SIZE
    whole = Image.new("RGB", (len(parts) * (width + GAP) + GAP, height + TITLE + GAP), "white")
    draw = ImageDraw.Draw(whole)
    for number, (title, picture) in enumerate(parts.items()):
        left = GAP + number * (width + GAP)
        draw.text((left + width / 2, TITLE / 2), title, fill="#333", font=ImageFont.load_default(22), anchor="mm")
        whole.paste(picture, (left, TITLE))
        draw.rectangle((left - 1, TITLE - 1, left + width, TITLE + height), outline="#bbb")
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("book", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--label", required=True)
    parser.add_argument("--jupyter", default="jupyter-lab")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    row = place_of(options.book, options.label)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        parts = {
            "Website": website(page, options.book, row),
            "PDF": pdf(options.book, row),
            "Notebook": notebook(page, options.book, row, options.jupyter),
        }
        browser.close()
    whole = beside_each_other(parts)
    for colours in (256, 128, 64, 32):
        data = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
        if data.tell() < LIMIT:
            break
    options.target.write_bytes(data.getvalue())
    print(f"{options.target}: {data.tell()} bytes, {colours} colours")


if __name__ == "__main__":
    main()
