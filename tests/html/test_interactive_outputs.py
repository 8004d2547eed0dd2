"""Charts and widgets are drawn by what the site itself serves; nothing is loaded from another host unasked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import bokeh.embed.notebook
import bokeh.plotting
import ipywidgets
import ipywidgets.embed
import plotly.graph_objects as go
import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Project
from tests.notebook_files import PYTHON, code, encoded, notebook, png, prose, shown

pytestmark = [pytest.mark.browser, pytest.mark.long]

PLOTLY, VEGA = "application/vnd.plotly.v1+json", "application/vnd.vegalite.v6+json"
BOKEH, VIEW = "application/vnd.bokehjs_exec.v0+json", "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
MAP = (
    '<div><span>Make this Notebook Trusted to load map</span><iframe srcdoc="&lt;script src=&quot;'
    'https://maps.invalid/leaflet.js&quot;&gt;&lt;/script&gt;&lt;p&gt;The map&lt;/p&gt;"></iframe></div>'
)


def plotly_cells() -> Iterator[dict[str, Any]]:
    figure = go.Figure(go.Bar(x=["a", "b"], y=[1, 2]))
    figure.update_layout(title="Bars of Plotly", height=300)
    data = json.loads(figure.to_json())
    connected = figure.to_html(full_html=False, include_plotlyjs="cdn", include_mathjax="cdn")
    yield code("data", shown({PLOTLY: data}))
    yield code("html", shown({"text/html": connected}))
    yield code("library", shown({"text/html": '<script src="https://cdn.plot.ly/plotly-3.0.0.min.js"></script>'}))
    yield code("picture", shown({PLOTLY: data, "image/png": encoded(png(1))}))
    yield code("globe", shown({PLOTLY: {"data": [{"type": "scattergeo", "lat": [1], "lon": [2]}], "layout": {}}}))


def bokeh_cells() -> Iterator[dict[str, Any]]:
    plot = bokeh.plotting.figure(title="Line of Bokeh", width=300, height=200)
    plot.line([1, 2, 3], [3, 1, 2])
    script, div, _document = bokeh.embed.notebook.notebook_content(plot)
    loading = '<a class="bk-notebook-logo"></a><span>Loading BokehJS ...</span>'
    yield code(
        "load",
        shown({"text/html": loading}),
        shown({"application/javascript": "load()", "application/vnd.bokehjs_load.v0+json": "load()"}),
    )
    yield code("show", shown({"text/html": div}), shown({"application/javascript": script, BOKEH: ""}))


def altair_cells() -> Iterator[dict[str, Any]]:
    marks = alt.Chart(alt.Data(values=[{"x": 1, "y": 2}, {"x": 2, "y": 1}]), title="Marks of Altair")
    chart = marks.mark_bar().encode(x="x:O", y="y:Q")
    with alt.renderers.enable("html"):
        (html, *_rest) = (chart._repr_mimebundle_() or {},)
    yield code("html", shown({**html, "text/plain": "alt.Chart(...)"}))
    yield code("data", shown({VEGA: chart.to_dict(), "text/plain": "<VegaLite 6 object>\n\nIf you see this message"}))
    away = alt.Chart("https://data.invalid/cars.json").mark_point().encode(x="a:Q")
    yield code("away", shown({VEGA: away.to_dict()}))


def widget_page() -> str:
    slider = ipywidgets.IntSlider(value=7, description="Steps")
    number = ipywidgets.IntText(value=7)
    box = ipywidgets.VBox(
        [slider, number, ipywidgets.jslink((slider, "value"), (number, "value")) and ipywidgets.Label("x")]
    )
    output = ipywidgets.Output(outputs=({"output_type": "stream", "name": "stdout", "text": "printed inside"},))
    data = ipywidgets.embed.embed_data(views=[box, output], drop_defaults=False)
    cells = [
        code(f"view {number}", shown({VIEW: view, "text/plain": f"TEXT-OF-{number}"}))
        for number, view in enumerate(data["view_specs"])
    ]
    return notebook(prose("# Widgets"), *cells, metadata={**PYTHON, "widgets": {STATE: data["manager_state"]}})


def pages() -> dict[str, str]:
    tail = {"text/plain": "<folium.folium.Map object at 0x7f>"}
    return {
        "index.md": "# Root\n\n```{toctree}\nplotly\nbokeh\naltair\nwidgets\nmaps\nplain\n```\n",
        "plotly.ipynb": notebook(prose("# Plotly"), *plotly_cells()),
        "bokeh.ipynb": notebook(prose("# Bokeh"), *bokeh_cells()),
        "altair.ipynb": notebook(prose("# Altair"), *altair_cells()),
        "widgets.ipynb": widget_page(),
        "maps.ipynb": notebook(prose("# Maps"), code("map", shown({"text/html": MAP, **tail}))),
        "plain.ipynb": notebook(prose("# Plain"), code("x", shown({"text/html": "<b>bold</b>"}))),
    }


CONF = """extensions = ['sphinxcontrib_d2lbook']
project = 'Drawn'
nb_execution_mode = 'off'
html_baseurl = 'https://book.example/'
suppress_warnings = ['d2lbook.remote']
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page for each package."""
    project = Project(tmp_path_factory.mktemp("drawn"))
    project.conf = CONF
    return project.website(pages())


class Tab:
    """A page in a browser, with what it asked other hosts for and what went wrong on it."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.server = page, server
        self.asked: list[str] = []
        self.faults: list[str] = []
        page.on("request", lambda request: self._note(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)

    def _note(self, url: str) -> None:
        if not url.startswith((self.server, "data:", "blob:", "about:")):
            self.asked.append(url)

    def visit(self, name: str) -> Page:
        self.page.goto(f"{self.server}{name}.html")
        return self.page

    def reach(self, number: int) -> Any:
        """Scroll to an output, and return it when it is drawn."""
        output = self.page.locator(".d2lbook-interactive").nth(number)
        output.scroll_into_view_if_needed()
        self.page.wait_for_function(
            "n => document.querySelectorAll('.d2lbook-interactive')[n].classList.contains('d2lbook-is-drawn')",
            arg=number,
        )
        return output


@pytest.fixture
def tab(browser: Browser, server: str) -> Iterator[Tab]:
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    yield Tab(context.new_page(), server)
    context.close()


def test_plotly_draws_data_and_html(tab: Tab) -> None:
    tab.visit("plotly")
    for number in (0, 1):
        output = tab.reach(number)
        assert output.locator(".bars path").count() == 2
        assert output.locator(".gtitle").text_content() == "Bars of Plotly"
        assert output.locator(".d2lbook-still").is_hidden()
    assert (tab.asked, tab.faults) == ([], [])


def test_what_only_loads_a_library_is_no_output(site: Path) -> None:
    text = (site / "plotly.html").read_text("utf-8")
    assert "plotly-3.0.0" not in text
    assert text.count('class="d2lbook-interactive"') == 4
    assert "Loading BokehJS" not in (site / "bokeh.html").read_text("utf-8")


def test_a_library_is_loaded_when_its_output_comes_into_view(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 1000, "height": 200})
    page = context.new_page()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{server}plain.html")
    assert not [url for url in loaded if "interactive" in url]
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => document.body.style.paddingTop = '2000px')"
    )
    page.goto(f"{server}plotly.html")
    page.wait_for_timeout(300)
    assert not [url for url in loaded if "/interactive/" in url]
    page.locator(".d2lbook-interactive").first.scroll_into_view_if_needed()
    page.wait_for_selector(".d2lbook-is-drawn")
    assert [url for url in loaded if "/interactive/" in url] == [f"{server}_static/interactive/plotly.js"]
    context.close()


def test_outlines_of_countries_wait_until_a_reader_asks(tab: Tab) -> None:
    page = tab.visit("plotly")
    tab.reach(0)
    button = page.get_by_role("button", name="Show, and load files from cdn.plot.ly")
    button.scroll_into_view_if_needed()
    assert tab.asked == []
    page.route("https://cdn.plot.ly/**", lambda route: route.fulfill(json={}))
    button.click()
    page.wait_for_function("document.querySelectorAll('.d2lbook-interactive-button').length === 0")


def test_a_picture_of_an_output_stands_where_it_is_not_drawn(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}plotly.html")
    stills = page.locator(".d2lbook-still")
    assert stills.nth(0).inner_text().strip() == "Interactive output: Bars of Plotly"
    assert stills.nth(2).locator("img").count() == 1
    page.emulate_media(media="print")
    assert "(https://book.example/plotly.html)" in stills.nth(0).inner_text()
    page.goto(f"{server}altair.html")
    assert page.locator(".d2lbook-still img").count() == 2
    page.goto(f"{server}widgets.html")
    assert "TEXT-OF-0" in page.locator(".d2lbook-still").first.inner_text()
    context.close()


def test_bokeh_draws_in_its_place(tab: Tab) -> None:
    page = tab.visit("bokeh")
    output = tab.reach(0)
    page.wait_for_selector(".d2lbook-drawn .bk-Figure")
    assert (output.bounding_box() or {})["height"] > 150
    assert page.locator(".d2lbook-interactive").count() == 1
    assert (tab.asked, tab.faults) == ([], [])


def test_altair_draws_data_and_html(tab: Tab) -> None:
    page = tab.visit("altair")
    for number in (0, 1):
        output = tab.reach(number)
        assert output.locator(".mark-rect path").count() == 2
        assert output.locator("summary").get_attribute("aria-label")
        assert "Marks of Altair" in output.inner_text()
    assert page.get_by_role("button", name="Show, and load files from data.invalid").count() == 1
    assert (tab.asked, tab.faults) == ([], [])


def test_widgets_are_shown_with_their_links(tab: Tab) -> None:
    page = tab.visit("widgets")
    output = tab.reach(0)
    slider = output.locator(".noUi-handle")
    assert output.locator(".widget-readout").inner_text() == "7"
    assert slider.get_attribute("aria-label") == "Steps"
    assert output.locator(".widget-text input").get_attribute("aria-label") == "TEXT-OF-0"
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.widget-text input').value === '8'")
    tab.reach(1)
    page.get_by_text("printed inside").wait_for()
    assert (tab.asked, tab.faults) == ([], [])


def test_a_map_waits_until_a_reader_asks(tab: Tab) -> None:
    page = tab.visit("maps")
    page.wait_for_timeout(200)
    assert tab.asked == []
    assert page.locator("iframe").count() == 0
    page.route("https://maps.invalid/**", lambda route: route.fulfill(body=""))
    page.get_by_role("button", name="Show, and load files from maps.invalid").click()
    page.frame_locator("iframe").get_by_text("The map").wait_for()
    assert tab.asked == ["https://maps.invalid/leaflet.js"]


def test_pages_work_from_a_folder(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    page.goto((site / "plotly.html").as_uri())
    page.wait_for_selector(".d2lbook-is-drawn")
    page.close()


def warnings_of(project: Project, conf: str) -> list[str]:
    project.conf = conf
    project.write({name: text for name, text in pages().items() if name in ("index.md", "maps.ipynb", "plotly.ipynb")})
    project.build("html", confoverrides={"d2lbook_outputs": ["html"], "templates_path": [], "nb_execution_mode": "off"})
    return [line for line in project.warnings.splitlines() if "d2lbook.remote" in line]


def test_each_host_is_told(project: Project) -> None:
    lines = warnings_of(
        project, CONF.replace("['d2lbook.remote']", "[]") + "suppress_warnings = ['toc.not_readable']\n"
    )
    assert len(lines) == 2
    assert re.search(r"plotly\.ipynb, cell 6, line 1: WARNING: .*loads files from cdn\.plot\.ly;", lines[1])
    assert "loads files from maps.invalid;" in lines[0]


def test_an_author_can_let_pages_load_them(project: Project) -> None:
    conf = CONF.replace("['d2lbook.remote']", "['toc.not_readable']") + "d2lbook_remote_outputs = 'load'\n"
    assert warnings_of(project, conf) == []
    assert "<iframe" in (project.build_folder / "html/maps.html").read_text("utf-8")
    assert "data-hosts" not in (project.build_folder / "html/plotly.html").read_text("utf-8")


def test_a_project_that_lists_myst_nb_keeps_its_maps(project: Project) -> None:
    conf = CONF.replace("['d2lbook.remote']", "['toc.not_readable']").replace("['sph", "['myst_nb', 'sph")
    assert warnings_of(project, conf) == []
    assert "<iframe" in (project.build_folder / "html/maps.html").read_text("utf-8")


def test_a_package_that_is_not_installed_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    whole = metadata.distribution

    def distribution(name: str) -> metadata.Distribution:
        if name == "plotly":
            raise metadata.PackageNotFoundError(name)
        return whole(name)

    monkeypatch.setattr(metadata, "distribution", distribution)
    lines = warnings_of(project, CONF.replace("['d2lbook.remote']", "['toc.not_readable']"))
    assert any("the package plotly, whose script the site would serve, is not installed" in line for line in lines)
    assert not (project.build_folder / "html/_static/interactive/plotly.js").exists()
