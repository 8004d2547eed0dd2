"""What we rely on in Sphinx beyond its documented interface, held against the version that is installed."""

from __future__ import annotations

import copy
import inspect
import io
import logging
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
from packaging.specifiers import SpecifierSet
from sphinx import search
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.dummy import DummyBuilder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.builders.latex import LaTeXBuilder
from sphinx.directives.other import TocTree
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.title import TitleCollector
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.events import EventListener
from sphinx.ext.intersphinx import InventoryAdapter
from sphinx.highlighting import PygmentsBridge
from sphinx.util import logging as sphinx_logging

from sphinxcontrib_d2lbook.upstream.changed import UpstreamChanged
from sphinxcontrib_d2lbook.upstream.relied import Upstream
from sphinxcontrib_d2lbook.upstream.sphinx import (
    application,
    environment,
    errors,
    events,
    html,
    inventory,
    logs,
    output,
    registry,
)
from sphinxcontrib_d2lbook.upstream.sphinx.versions import SPHINX
from tests.conftest import Project

PAGES = {
    "index.md": "# Root\n\n```{toctree}\none\ntwo\n```\n",
    "one.md": "# One\n\nA wombat.\n",
    "two.md": "# Two\n\n{only}`x`\n",
}
EVENTS = "build-finished"


@pytest.fixture
def app(project: Project) -> Iterator[Sphinx]:
    """An application for HTML that has read and written nothing."""
    project.write({"index.md": "# Root\n"})
    with project.app() as made:
        yield made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Sphinx:
    """An application that has built a site of three pages."""
    project = Project(tmp_path_factory.mktemp("built"))
    project.write(PAGES)
    return project.build()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said to be missing."""
    missing: list[str] = []
    monkeypatch.setattr(Upstream, "do_without", lambda _self, what, _loss: missing.append(what))
    return missing


def test_the_version_is_one_that_is_known() -> None:
    assert SpecifierSet(SPHINX.holds).contains(SPHINX.version)


class TestApplication:
    def test_environment_and_builder_lead_to_it(self, app: Sphinx) -> None:
        assert application.app_of(app.env) is app
        assert application.app_of(app.builder) is app

    def test_without_the_way_to_it(self) -> None:
        with pytest.raises(UpstreamChanged, match=r"has no SimpleNamespace\._app, with which directives"):
            application.app_of(SimpleNamespace())  # type: ignore[arg-type]

    def test_given_are_the_values_of_conf_py_and_of_the_command_only(self, project: Project) -> None:
        project.write({"index.md": "# Root\n"})
        project.conf += "numfig_secnum_depth = 2\nmine = 3\n"
        overrides = {"html_title": "T", "templates_path": []}
        with project.app(confoverrides=overrides) as made:
            given = application.given_values(made.config)
        assert {name: given.get(name) for name in ("numfig_secnum_depth", "mine", "html_title")} == {
            "numfig_secnum_depth": 2,
            "mine": 3,
            "html_title": "T",
        }
        assert "html_theme" not in given

    def test_without_the_values_of_conf_py(self) -> None:
        with pytest.raises(UpstreamChanged, match="_raw_config, with which a build tells"):
            application.given_values(SimpleNamespace(overrides={}))  # type: ignore[arg-type]

    def test_the_stream_of_messages_is_the_one_that_was_given(self, project: Project) -> None:
        project.write({"index.md": "# Root\n"})
        with project.app() as made:
            assert application.status_stream(made) is project.status

    def test_without_the_stream(self, told: list[str]) -> None:
        assert application.status_stream(SimpleNamespace()) is None  # type: ignore[arg-type]
        assert told == ["Sphinx._status"]

    def test_warnings_are_counted_but_for_suppressed_ones(self, app: Sphinx) -> None:
        before = application.count_warnings(app)
        app.config.suppress_warnings = ["quiet"]
        log = sphinx_logging.getLogger("d2lbook.test")
        log.warning("one")
        log.warning("two", type="quiet", subtype="x")
        after = application.count_warnings(app)
        assert (before, after) == (0, 1)

    def test_without_the_count(self, told: list[str]) -> None:
        assert application.count_warnings(SimpleNamespace()) is None  # type: ignore[arg-type]
        assert told == ["Sphinx._warncount"]

    def test_what_is_called_last_comes_after_the_exit_code(self, project: Project) -> None:
        project.write({"index.md": "# Root\n\n{ref}`nowhere`\n"})
        codes: list[int] = []
        with project.app(warningiserror=True) as made:
            for _ in range(2):
                application.call_last(made, lambda: codes.append(made.statuscode))
            made.build()
        assert codes == [1, 1]

    def test_without_a_method_after_the_exit_code(self) -> None:
        with pytest.raises(UpstreamChanged, match=r"SimpleNamespace\.cleanup, with which a build that failed"):
            application.call_last(SimpleNamespace(builder=SimpleNamespace()), print)  # type: ignore[arg-type]


class TestEvents:
    def test_wrapped_handlers_keep_id_priority_and_place(self, app: Sphinx) -> None:
        called: list[str] = []
        first = app.connect(EVENTS, lambda *_: called.append("first"), priority=1000)
        app.connect(EVENTS, lambda *_: called.append("second"), priority=1000)
        before = [(one.id, one.priority) for one in events.listeners(app, EVENTS)]
        chosen = next(one.handler for one in events.listeners(app, EVENTS) if one.id == first)
        events.wrap_handlers(
            app, EVENTS, lambda handler: partial(called.append, "wrapped") if handler is chosen else None
        )
        found = [one for one in events.listeners(app, EVENTS) if one.priority == 1000]
        for one in found:
            one.handler() if isinstance(one.handler, partial) else one.handler(app, None)
        assert called == ["wrapped", "second"]
        assert [(one.id, one.priority) for one in events.listeners(app, EVENTS)] == before
        app.disconnect(first)
        assert first not in {one.id for one in events.listeners(app, EVENTS)}

    def test_the_one_behind_comes_before_others_of_its_priority(self, app: Sphinx) -> None:
        called: list[str] = []

        def theirs(*_: Any) -> None:
            called.append("theirs")

        app.connect("html-page-context", theirs, priority=501)
        app.connect("html-page-context", lambda *_: called.append("another"), priority=501)
        assert events.connect_behind(app, "html-page-context", theirs, lambda *_: called.append("ours"))
        for one in sorted(events.listeners(app, "html-page-context"), key=lambda one: one.priority):
            if one.priority == 501 and one.handler.__module__ == __name__:
                one.handler()
        assert called == ["theirs", "ours", "another"]

    def test_events_call_in_the_order_of_the_list(self, app: Sphinx) -> None:
        called: list[str] = []
        app.add_event("d2lbook-test")
        app.connect("d2lbook-test", lambda *_: called.append("a"))
        app.connect("d2lbook-test", lambda *_: called.append("b"))
        events.listeners(app, "d2lbook-test").reverse()
        app.emit("d2lbook-test")
        assert called == ["b", "a"]

    def test_nothing_is_connected_behind_what_is_not_there(self, app: Sphinx) -> None:
        before = list(events.listeners(app, EVENTS))
        assert not events.connect_behind(app, EVENTS, print, repr)
        assert events.listeners(app, EVENTS) == before

    @pytest.mark.parametrize("kept", [None, {EVENTS: "text"}, {EVENTS: [("id", print)]}])
    def test_without_the_list(self, kept: Any) -> None:
        with pytest.raises(UpstreamChanged, match=r"(EventManager|SimpleNamespace)\.listeners"):
            events.listeners(SimpleNamespace(events=SimpleNamespace(listeners=kept)), EVENTS)  # type: ignore[arg-type]

    def test_a_listener_is_made_of_three_values(self) -> None:
        assert EventListener._fields == ("id", "handler", "priority")

    def test_a_collector_is_removed_once_and_another_stays(self, app: Sphinx) -> None:
        def owners() -> set[type]:
            handlers = [one.handler for event in app.events.listeners.values() for one in event]
            return {type(getattr(handler, "__self__", None)) for handler in handlers}

        assert TitleCollector in owners()
        events.remove_collector(app, TitleCollector)
        assert TitleCollector not in owners()
        with pytest.raises(UpstreamChanged, match="TitleCollector among the handlers"):
            events.remove_collector(app, TitleCollector)

    def test_ours_is_the_only_collector_of_numbers(self, app: Sphinx) -> None:
        handlers = [one.handler for one in app.events.listeners["env-get-updated"]]
        found = [
            type(owner).__name__
            for h in handlers
            if isinstance(owner := getattr(h, "__self__", None), TocTreeCollector)
        ]
        assert found == ["BookTocTreeCollector"]

    @pytest.mark.parametrize(
        "name", ["process_doc", "get_updated_docs", "assign_section_numbers", "assign_figure_numbers"]
    )
    def test_the_collector_has_what_ours_overrides(self, name: str) -> None:
        assert callable(getattr(TocTreeCollector, name))


class TestEnvironment:
    def test_doctrees_are_kept_where_they_are_dropped(self, built: Sphinx) -> None:
        env = built.env
        tree = env.get_doctree("one")
        assert set(env._pickled_doctree_cache) >= {"one"}
        env._write_doc_doctree_cache["one"] = tree
        environment.forget_doctrees(env, 0)
        assert not env._pickled_doctree_cache
        assert not env._write_doc_doctree_cache
        assert env.get_doctree("one").astext() == tree.astext()
        assert env.get_and_resolve_doctree("one", built.builder, tags=built.tags).astext()

    def test_few_doctrees_stay(self, built: Sphinx) -> None:
        built.env.get_doctree("one")
        environment.forget_doctrees(built.env, 10)
        assert "one" in built.env._pickled_doctree_cache

    def test_without_them(self, told: list[str]) -> None:
        environment.forget_doctrees(SimpleNamespace(_pickled_doctree_cache={1: 1}), 0)  # type: ignore[arg-type]
        assert told == ["BuildEnvironment._write_doc_doctree_cache"]

    def test_images_are_named_again_by_public_methods(self, built: Sphinx) -> None:
        images = built.env.images
        for docname, uri in (("two", "b/a.svg"), ("one", "a/a.svg"), ("two", "a/a.svg")):
            images.add_file(docname, uri)
        assert (images["b/a.svg"][1], images["a/a.svg"][1]) == ("a.svg", "a1.svg")
        for docname in ("one", "two"):
            images.purge_doc(docname)
        assert not images
        assert images.add_file("one", "a/a.svg") == "a.svg"
        images.purge_doc("one")


class Stays:
    """Stands for another extension's post-transform."""


class Goes(Stays):
    pass


class TestRegistry:
    def test_only_those_of_the_extension_go(self, app: Sphinx) -> None:
        Goes.__module__ = "another.transforms"
        Stays.__module__ = "tests"
        app.registry.post_transforms += [Goes, Stays]  # type: ignore[list-item]
        kept = app.registry.post_transforms
        registry.remove_post_transforms(app, ["Goes"], "another", Upstream("another", ">=1"))
        assert app.registry.post_transforms is kept
        assert Stays in kept
        assert Goes not in kept
        assert app.registry.get_post_transforms() == kept

    def test_without_one_of_them(self, app: Sphinx) -> None:
        before = list(app.registry.post_transforms)
        with pytest.raises(UpstreamChanged, match="another has no post-transform Gone, with which references"):
            registry.remove_post_transforms(app, ["Gone"], "another", Upstream("another", ">=1"))
        assert app.registry.post_transforms == before

    def test_builders_are_found_by_their_names(self, app: Sphinx) -> None:
        found = registry.builder_class(app, "html")
        assert found is not None
        assert found.name == "html"
        assert registry.builder_class(app, "no-such-builder") is None

    def test_without_builders(self, app: Sphinx, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(app.registry, "builders")
        with pytest.raises(UpstreamChanged, match="builders, with which outputs are added beside"):
            registry.builder_class(app, "html")

    @pytest.mark.parametrize(("code", "name"), [("en", "English"), ("de_AT", "German"), ("zh", "Chinese")])
    def test_languages_are_found(self, code: str, name: str) -> None:
        found = registry.search_language(code)
        assert found is not None
        assert found.language_name == name

    def test_a_language_that_there_is_not(self) -> None:
        assert registry.search_language("tlh") is None

    def test_without_languages(self, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(search, "languages")
        assert registry.search_language("en") is None
        assert told == ["sphinx.search.languages"]


class TestHtml:
    def test_templates_are_made_by_the_environment(self, built: Sphinx) -> None:
        found = html.template_environment(built.builder)
        assert isinstance(found, jinja2.Environment)
        assert found.get_template("page.html") is not None

    def test_other_builders_have_none(self, told: list[str]) -> None:
        assert html.template_environment(SimpleNamespace()) is None  # type: ignore[arg-type]
        assert told == []

    def test_without_the_environment(self, told: list[str]) -> None:
        assert html.template_environment(SimpleNamespace(templates=SimpleNamespace())) is None  # type: ignore[arg-type]
        assert told == ["SimpleNamespace.environment"]

    def test_what_follows_the_pages_is_called_before_all_else_is_made(self, project: Project) -> None:
        project.write({"index.md": "# Root\n"})
        with project.app() as made:
            there: list[tuple[bool, bool]] = []
            folder = Path(made.outdir)

            def look() -> None:
                there.append(((folder / "index.html").is_file(), (folder / "genindex.html").is_file()))

            html.call_after_pages(made.builder, look)
            made.build()
        assert there == [(True, False)]
        assert (folder / "genindex.html").is_file()

    def test_without_a_last_step_nothing_is_called(self, told: list[str]) -> None:
        html.call_after_pages(SimpleNamespace(), lambda: None)  # type: ignore[arg-type]
        assert told == ["Builder.finish"]

    def test_blocks_are_formatted_by_what_the_bridge_has(self) -> None:
        made: list[dict[str, Any]] = []

        def make(**options: Any) -> Any:
            made.append(options)
            return PygmentsBridge.html_formatter(**options)

        builder = SimpleNamespace(highlighter=PygmentsBridge("html"), dark_highlighter=None)
        assert html.replace_formatter(builder, make)  # type: ignore[arg-type]
        assert "highlight" in builder.highlighter.highlight_block("a = 1\n", "python", linenos=True)
        assert made[0]["linenos"]

    def test_a_builder_of_latex_keeps_its_own(self) -> None:
        builder = SimpleNamespace(highlighter=PygmentsBridge("latex"))
        assert not html.replace_formatter(builder, dict)  # type: ignore[arg-type]
        assert builder.highlighter.formatter is PygmentsBridge.latex_formatter

    def test_without_a_formatter(self) -> None:
        bridge = PygmentsBridge("html")
        del bridge.formatter
        with pytest.raises(UpstreamChanged, match=r"PygmentsBridge\.formatter, with which code links"):
            html.replace_formatter(SimpleNamespace(highlighter=bridge), dict)  # type: ignore[arg-type]

    def test_words_are_in_the_tables(self, built: Sphinx) -> None:
        texts, titles = html.index_words(built.builder)
        assert texts["wombat"] == {"one"}
        assert "one" in titles["one"]

    def test_the_file_is_written_from_the_tables(self, built: Sphinx) -> None:
        assert isinstance(built.builder, StandaloneHTMLBuilder)
        texts, _titles = html.index_words(built.builder)
        texts["numbat"] = {"two"}
        stream = io.StringIO()
        assert built.builder.indexer is not None
        built.builder.indexer.dump(stream, "json")
        del texts["numbat"]
        assert '"numbat"' in stream.getvalue()

    def test_a_builder_without_an_index_has_no_words(self) -> None:
        assert list(html.index_words(SimpleNamespace())) == []  # type: ignore[arg-type]

    def test_without_the_tables(self) -> None:
        with pytest.raises(UpstreamChanged, match=r"SimpleNamespace\._mapping, with which words of removed pages"):
            list(html.index_words(SimpleNamespace(indexer=SimpleNamespace())))  # type: ignore[arg-type]

    def test_the_file_of_settings_has_so_many_lines(self, built: Sphinx, tmp_path: Path) -> None:
        file = Path(built.outdir, ".buildinfo")
        assert len(file.read_text("utf-8").splitlines()) == html.BUILD_INFO_LINES
        assert not html.is_cut_short(file)
        cut = tmp_path / ".buildinfo"
        cut.write_text(file.read_text("utf-8").rpartition("tags")[0])
        assert html.is_cut_short(cut)


class TestErrors:
    @pytest.fixture
    def module(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        found = import_module("sphinx._cli.util.errors")
        monkeypatch.setattr(found, "handle_exception", original)
        return found

    def test_sphinx_build_prints_by_the_wrapper(
        self, module: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from sphinx.cmd.build import main

        errors.wrap_error_printer(wrapper)
        (tmp_path / "conf.py").write_text("1 / 0\n")
        assert main([str(tmp_path), str(tmp_path / "out"), "-q"]) == 2
        assert "wrapped ConfigError" in capsys.readouterr().err

    def test_it_is_wrapped_once(self, module: Any) -> None:
        errors.wrap_error_printer(wrapper)
        first = module.handle_exception
        errors.wrap_error_printer(wrapper)
        assert module.handle_exception is first
        assert first.args == (original,)

    def test_without_the_printer(self, module: Any, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(module, "handle_exception")
        errors.wrap_error_printer(wrapper)
        assert told == ["sphinx._cli.util.errors.handle_exception"]

    def test_without_the_module(self, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(errors, "import_module", absent)
        errors.wrap_error_printer(wrapper)
        assert told == ["sphinx._cli.util.errors.handle_exception"]

    def test_red_or_plain(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from sphinx.util import console

        monkeypatch.setattr(console, "red", lambda text: f"<{text}>")
        assert errors.red("text") == "<text>"
        monkeypatch.delattr(console, "red")
        assert errors.red("text") == "text"

    def test_sphinx_has_red(self) -> None:
        from sphinx.util import console

        assert callable(console.red)


def original(exception: BaseException, /, **_options: Any) -> None:
    """Stands for Sphinx's printer."""


def wrapper(_printer: Any, exception: BaseException, /, *, stderr: Any, **_options: Any) -> None:
    print(f"wrapped {type(exception).__name__}", file=stderr)


def absent(name: str) -> Any:
    raise ImportError(name)


class TestLogs:
    @pytest.fixture
    def records(self, app: Sphinx) -> Iterator[list[logging.LogRecord]]:
        kept: list[logging.LogRecord] = []
        handler = logging.Handler(logging.WARNING)
        handler.emit = lambda record: kept.append(copy.copy(record))  # type: ignore[method-assign]
        logs.build_logger().handlers.insert(0, handler)  # those of Sphinx change the records
        yield kept
        logs.build_logger().removeHandler(handler)

    def test_every_warning_comes_to_the_logger(self, records: list[logging.LogRecord]) -> None:
        sphinx_logging.getLogger("another.extension").warning("text", type="a", subtype="b")
        assert [record.getMessage() for record in records] == ["text"]

    @pytest.mark.parametrize(
        ("suppressed", "expected"), [(["a"], True), (["a.b"], True), (["a.c"], False), ([], False)]
    )
    def test_the_rule_is_sphinx_s(
        self, app: Sphinx, records: list[logging.LogRecord], suppressed: list[str], expected: bool
    ) -> None:
        sphinx_logging.getLogger("x").warning("text", type="a", subtype="b")
        app.config.suppress_warnings = suppressed
        assert logs.is_suppressed(records[0], app.config) is expected
        assert logs.suppressing_filter(app).filter(records[0]) is not expected

    @pytest.mark.parametrize(
        ("location", "place"), [("index", "index.md"), (("index", 3), "index.md:3"), ("a.py:7", "a.py:7"), (None, None)]
    )
    def test_places_are_text_and_records_stay(
        self, built: Sphinx, records: list[logging.LogRecord], location: Any, place: str | None
    ) -> None:
        sphinx_logging.getLogger("x").warning("a %s", "word", location=location)
        found = logs.location_of(built)(records[0])
        assert (found and found.replace(f"{built.srcdir}/", "")) == place
        assert (records[0].msg, records[0].args) == ("a %s", ("word",))
        assert getattr(records[0], "location", None) == location


class TestOutput:
    def test_another_output_is_written_from_what_was_read(self, project: Project, tmp_path: Path) -> None:
        project.write({**PAGES, "two.md": "# Two\n\n```{only} html\nfor the site\n```\n"})
        read: list[str] = []
        with project.app("dummy") as app:
            app.build()
            app.connect("source-read", lambda _app, docname, _text: read.append(docname))
            builder = output.switch_builder(app, app.env, "html", tmp_path / "site", ["mine"])
            assert (app.builder, app.env._builder_cls, app.outdir) == (builder, type(builder), tmp_path / "site")
            assert {"mine", "html", "builder_html"} <= set(app.tags)
            assert "builder_dummy" not in app.tags
            output.write(app, builder, None, frozenset())
        assert read == []
        assert {path.name for path in (tmp_path / "site").glob("*.html")} >= {"index.html", "one.html", "two.html"}
        assert "for the site" in (tmp_path / "site" / "two.html").read_text("utf-8")

    def test_only_the_pages_that_are_named(self, project: Project, tmp_path: Path) -> None:
        project.write(PAGES)
        with project.app("dummy") as app:
            app.build()
            builder = output.switch_builder(app, app.env, "html", tmp_path / "site", [])
            output.write(app, builder, frozenset(), {"one", "gone"})
        written = {path.name for path in (tmp_path / "site").glob("*.html")}
        assert "one.html" in written
        assert "two.html" not in written

    def test_without_the_class_of_the_builder(
        self, app: Sphinx, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.delattr(app.env, "_builder_cls")
        with pytest.raises(UpstreamChanged, match=r"BuildEnvironment\._builder_cls, with which all outputs"):
            output.switch_builder(app, app.env, "dummy", tmp_path, [])

    def test_without_a_method_of_the_builder(self, app: Sphinx) -> None:
        builder = SimpleNamespace(get_outdated_docs=list, write=print, cleanup=print)
        with pytest.raises(UpstreamChanged, match=r"SimpleNamespace\.finish, with which all outputs"):
            output.write(app, builder, None, frozenset())  # type: ignore[arg-type]

    def test_post_transforms_look_for_the_class(self) -> None:
        from sphinx.transforms.post_transforms import SphinxPostTransform

        assert "_builder_cls" in inspect.getsource(SphinxPostTransform.is_supported)

    def test_write_takes_what_it_is_given(self) -> None:
        names = list(inspect.signature(Builder.write).parameters)
        assert names == ["self", "build_docnames", "updated_docnames", "method"]
        assert issubclass(DummyBuilder, Builder)


class TestInventory:
    def test_entries_have_what_is_used(self, app: Sphinx) -> None:
        app.setup_extension("sphinx.ext.intersphinx")
        from sphinx.util.inventory import _Inventory, _InventoryItem

        item = _InventoryItem(project_name="P", project_version="1", uri="u", display_name="4.2")
        InventoryAdapter(app.env).named_inventory["p"] = {"number:section": {"number:a": item}}
        found = inventory.inventories(app.env)["p"]["number:section"]["number:a"]
        assert (found.project_name, found.project_version, found.uri, found.display_name) == ("P", "1", "u", "4.2")
        assert _Inventory is not None

    def test_entries_that_are_plain_tuples(self, app: Sphinx) -> None:
        app.setup_extension("sphinx.ext.intersphinx")
        InventoryAdapter(app.env).named_inventory["p"] = {"std:doc": {"a": ("P", "1", "u", "t")}}  # type: ignore[dict-item]
        with pytest.raises(UpstreamChanged, match=r"tuple\.project_name, with which the numbers of other books"):
            inventory.inventories(app.env)

    def test_none_without_intersphinx(self, app: Sphinx) -> None:
        assert inventory.inventories(app.env) == {}


class TestSubclasses:
    """Public classes of Sphinx of which no documentation speaks, and what ours override or call of them."""

    @pytest.mark.parametrize(
        "name",
        [
            "init_context",
            "update_context",
            "update_doc_context",
            "write_stylesheet",
            "write_message_catalog",
            "copy_image_files",
        ],
    )
    def test_the_builder_of_latex(self, name: str) -> None:
        assert callable(getattr(LaTeXBuilder, name))

    def test_the_toctree_has_options(self) -> None:
        assert {"numbered", "caption", "titlesonly"} <= set(TocTree.option_spec)

    def test_labels_are_in_these_tables(self, built: Sphinx) -> None:
        domain = built.env.domains.standard_domain
        assert isinstance(domain, StandardDomain)
        assert isinstance(domain.labels, dict)
        assert isinstance(domain.anonlabels, dict)
        assert isinstance(domain.objects, dict)

    @pytest.mark.parametrize(
        "name", ["toc_secnumbers", "toc_fignumbers", "tocs", "titles", "longtitles", "toctree_includes"]
    )
    def test_tables_of_the_environment(self, built: Sphinx, name: str) -> None:
        assert isinstance(getattr(built.env, name), dict)
        assert isinstance(built.env, BuildEnvironment)
