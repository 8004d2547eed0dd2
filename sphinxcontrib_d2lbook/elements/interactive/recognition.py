"""Recognize outputs of Plotly, Vega and Bokeh, and take their data out of what they give.

Each of these packages gives either its data alone, in a MIME type of its own, or HTML whose scripts load the package's
library from another host and hand the data to it. Either way the data is JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PLOTLY, VEGA, BOKEH, WIDGET, HTML = "plotly", "vega", "bokeh", "widget", "html"
"""Kinds of outputs, as the site's script knows them."""
VEGA_LITE = "vega-lite"
PLOTLY_MIME = "application/vnd.plotly.v1+json"
VEGA_MIME = re.compile(r"application/vnd\.(?P<kind>vega|vegalite)\.v\d+(\.\d+)*[+.]json")
BOKEH_EXEC, BOKEH_LOAD = "application/vnd.bokehjs_exec.v0+json", "application/vnd.bokehjs_load.v0+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
NEW_PLOT, ADD_FRAMES = re.compile(r"\bPlotly\.newPlot\(\s*"), re.compile(r"\bPlotly\.addFrames\(\s*")
PLOTLY_LIBRARY = re.compile(r"plotly\.js v\d|//cdn\.plot\.ly/plotly-")
SCRIPTS = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
VEGA_CALL = re.compile(r"\bvegaEmbed\b")
CALLED = re.compile(r"\}\)\(\s*(?=\{)")
"""Beginning of the arguments with which Altair calls the function that it writes."""
BOKEH_DOCS, BOKEH_ITEMS = re.compile(r"\bdocs_json = (?=\{)"), re.compile(r"\brender_items = (?=\[)")
BOKEH_BANNER = "bk-notebook-logo"
"""Class in what Bokeh shows while it loads its library."""
BOKEH_PLACE = re.compile(r"<div id=\"[^\"]+\" data-root-id=\"[^\"]+\"[^>]*>\s*</div>")
"""Matches the output that Bokeh shows before the one with the data, which is drawn into it."""
DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Chart:
    """Output that a library of the browser draws."""

    kind: str
    data: Mapping[str, Any]
    """Data as the site's script takes it."""


def is_data(mime: str) -> bool:
    """Check whether a MIME type is that of data for a library of the browser."""
    return mime in (PLOTLY_MIME, BOKEH_EXEC, BOKEH_LOAD) or VEGA_MIME.fullmatch(mime) is not None


def mode_of(mime: str) -> str:
    """Return the language of Vega of a MIME type: Vega or Vega-Lite; "" for other types."""
    match = VEGA_MIME.fullmatch(mime)
    return "" if match is None else VEGA_LITE if match["kind"] == "vegalite" else VEGA


def chart_of(data: Mapping[str, Any], html: str, script: str) -> Chart | None:
    """Return what an output draws; None for other outputs.

    ``data`` has the forms of which `is_data` is true, by MIME type; ``html`` and ``script`` are its other forms.
    """
    for mime, value in data.items():
        if mime == PLOTLY_MIME and isinstance(value, Mapping) and isinstance(value.get("data"), list):
            return Chart(PLOTLY, {key: value[key] for key in ("data", "layout", "config", "frames") if key in value})
        if VEGA_MIME.fullmatch(mime) and isinstance(value, Mapping):
            return Chart(VEGA, {"spec": value, "options": {"mode": mode_of(mime)}})
    if BOKEH_DOCS.search(script):
        return _bokeh(script)
    if NEW_PLOT.search(html):
        return _plotly(html)
    if VEGA_CALL.search(html):
        return _vega(html)
    return None


def loads_only(data: Mapping[str, Any], html: str) -> bool:
    """Check whether an output shows nothing of its own: it loads the library, or is a place that another one fills."""
    if BOKEH_LOAD in data or BOKEH_BANNER in html or BOKEH_PLACE.fullmatch(html.strip()):
        return True
    return PLOTLY_LIBRARY.search(html) is not None and not SCRIPTS.sub("", html).strip()


def _plotly(html: str) -> Chart | None:
    for match in NEW_PLOT.finditer(html):
        values = list(arguments(html, match.end()))
        if len(values) >= 2 and isinstance(values[0], str) and isinstance(values[1], list):
            names = dict(zip(("data", "layout", "config"), values[1:], strict=False))
            frames = ADD_FRAMES.search(html, match.end())
            listed = list(arguments(html, frames.end())) if frames else []
            return Chart(PLOTLY, {**names, **({"frames": listed[1]} if len(listed) == 2 else {})})
    return None


def _vega(html: str) -> Chart | None:
    for match in CALLED.finditer(html):
        values = list(arguments(html, match.end()))
        if values and isinstance(values[0], Mapping) and "$schema" in values[0]:
            options = values[1] if len(values) > 1 and isinstance(values[1], Mapping) else {}
            return Chart(VEGA, {"spec": values[0], "options": {"mode": options.get("mode", VEGA_LITE)}})
    return None


def _bokeh(script: str) -> Chart | None:
    docs, items = BOKEH_DOCS.search(script), BOKEH_ITEMS.search(script)
    if docs is None or items is None:
        return None
    values = [*arguments(script, docs.end()), *arguments(script, items.end())]
    if len(values) != 2:
        return None
    return Chart(BOKEH, {"docs": values[0], "items": values[1]})


def arguments(text: str, start: int) -> Iterator[Any]:
    """Yield the values, written as JSON and separated by commas, that begin at a place; up to one that is no JSON."""
    while True:
        try:
            value, end = DECODER.raw_decode(text, start)
        except ValueError:
            return
        yield value
        rest = re.compile(r"\s*,\s*").match(text, end)
        if rest is None:
            return
        start = rest.end()


def title_of(content: Any) -> str:
    """Return the title in the data of a chart; "" if there is none."""
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except ValueError:
            return ""
    if not isinstance(content, Mapping):
        return ""
    if isinstance(content.get("docs"), Mapping):
        return _bokeh_title(content["docs"])
    content = content.get("spec", content)
    layout = content.get("layout")
    title = content.get("title") or (layout.get("title") if isinstance(layout, Mapping) else None)
    if isinstance(title, Mapping):
        title = title.get("text")
    if isinstance(title, Sequence) and not isinstance(title, str):
        title = " ".join(map(str, title))
    return " ".join(title.split()) if isinstance(title, str) else ""


def _bokeh_title(documents: Any) -> str:
    for value in _values(documents):
        if isinstance(value, Mapping) and value.get("name") == "Title":
            attributes = value.get("attributes")
            text = attributes.get("text") if isinstance(attributes, Mapping) else None
            if isinstance(text, str):
                return " ".join(text.split())
    return ""


def _values(value: Any) -> Iterator[Any]:
    """Yield a value of JSON and all values in it."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def texts_in(value: Any) -> Iterator[str]:
    """Yield all texts in a value of JSON, but no names."""
    return (text for text in _values(value) if isinstance(text, str))


def mappings_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield all objects in a value of JSON."""
    return (item for item in _values(value) if isinstance(item, Mapping))
