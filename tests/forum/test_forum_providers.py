"""What conf.py may say of a forum, what pages get of it, and the topic map."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook import forum as room
from sphinxcontrib_d2lbook.common.errors import BookError
from sphinxcontrib_d2lbook.forum import Forum, ForumError, OptionError, Topic
from sphinxcontrib_d2lbook.forum.providers import read
from sphinxcontrib_d2lbook.forum.topic_map import read_topics, topics_text, write_topics

DISCOURSE = {"provider": "discourse", "url": "https://forum.example/", "category": 5}
GISCUS = {"provider": "giscus", "repo": "o/r", "repo_id": "R_1", "category": "Book", "category_id": "DIC_1"}
TOPICS = {"sec_a": Topic(12, "A", 3)}


def forum(value: dict[str, Any]) -> Forum:
    setting = read(value)
    assert setting
    made = Forum(setting.provider, TOPICS, Path(setting.topics))
    return pickle.loads(pickle.dumps(made))


def test_a_plain_address() -> None:
    made = forum({"url": "https://forum.example/{label}#a"})
    assert made.thread("sec a/é</script>") == "https://forum.example/sec%20a%2F%C3%A9%3C%2Fscript%3E#a"
    assert made.embed("sec_a", "A") is None


def test_discourse() -> None:
    made = forum(DISCOURSE)
    assert (made.thread("sec_a"), made.thread("sec_b")) == ("https://forum.example/t/12", "")
    assert (made.replies("sec_a"), made.replies("sec_b")) == (3, None)
    embed = made.embed("sec_a", "A")
    assert embed
    assert embed.kind == "discourse"
    assert embed.script == "https://forum.example/javascripts/embed.js"
    assert embed.settings == {"discourseUrl": "https://forum.example/", "topicId": 12}
    assert made.embed("sec_b", "B") is None


def test_giscus() -> None:
    embed = forum(GISCUS).embed("sec_b", "B")
    assert embed
    assert embed.script == "https://giscus.app/client.js"
    assert embed.attributes["data-mapping"] == "specific"
    assert embed.attributes["data-term"] == "sec_b"
    assert embed.attributes["data-strict"] == "1"
    assert forum(GISCUS).thread("sec_b") == ""


def test_utterances_and_hypothesis() -> None:
    made = forum({"provider": "utterances", "repo": "o/r", "label": "book"})
    embed = made.embed("sec_b", "B")
    assert embed
    assert (embed.script, embed.attributes["issue-term"]) == ("https://utteranc.es/client.js", "sec_b")
    # "title" would mean the page's title to it.
    assert made.embed("title", "B") != made.embed("section-b", "B")
    named = made.embed("title", "B")
    assert named
    assert named.attributes["issue-term"] == "section-title"
    embed = forum({"provider": "hypothesis"}).embed("sec_b", "B")
    assert embed
    assert embed.script == "https://hypothes.is/embed.js"


@pytest.mark.parametrize("value", [None, {"provider": "none"}])
def test_no_forum(value: Any) -> None:
    assert read(value) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"provider": "phpbb"}, "no provider 'phpbb'; there are 'discourse', 'giscus', 'hypothesis', 'link', 'none'"),
        ({}, "'provider' is missing; it takes one of 'discourse'"),
        ({"category": 5}, "'provider' is missing"),
        ({"provider": 7}, "'provider' takes one of"),
        ({"provider": "discourse"}, "'url' is missing"),
        ({**DISCOURSE, "url": "javascript:alert(1)"}, "'url' takes an address.*begins with https://"),
        ({**DISCOURSE, "url": "https://"}, "names no host"),
        ({**DISCOURSE, "url": "https://[x"}, "cannot be read"),
        ({**DISCOURSE, "url": 'https://forum.example/"><script>'}, None),
        ({**DISCOURSE, "url": "https://a b"}, "no spaces"),
        ({**DISCOURSE, "url": "https://name:pass@forum.example"}, "no name or password"),
        ({**DISCOURSE, "url": "https://" + "x" * 4000}, "1,000"),
        ({**DISCOURSE, "url": "https://forum.example\n"}, "ASCII"),
        ({**DISCOURSE, "url": 5}, "it is no text"),
        ({**DISCOURSE, "category": "5"}, "'category' takes a number"),
        ({**DISCOURSE, "category": True}, "'category' takes a number"),
        ({**DISCOURSE, "prefix": "A B"}, "'prefix' takes up to 20"),
        ({**DISCOURSE, "requests_per_minute": 0}, "takes a number from 1"),
        ({**DISCOURSE, "topics": "../topics.json"}, "beside conf.py or below"),
        ({**DISCOURSE, "topics": "/tmp/topics.json"}, "beside conf.py or below"),  # noqa: S108
        ({**DISCOURSE, "topics": "conf.py"}, "name of a JSON file"),
        ({**DISCOURSE, "colour": 1}, "takes the keys 'provider', 'url', 'category', .*, not 'colour'"),
        ({**GISCUS, "repo": 'o/r"><script>'}, "owner/name"),
        ({"url": "https://forum.example/{label}\u202e"}, "'url' takes an address"),
        ({"url": "data:text/html,{label}"}, "begins with https://"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_takes(value: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message) as caught:
        read(value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", ["key", "api_key", "API-Token", "password", "secret"])
def test_a_key_in_conf_py_is_refused_and_not_shown(project: Any, name: str) -> None:
    project.conf += f"d2lbook_forum = {{**{DISCOURSE!r}, {name!r}: 'abcdef0123456789'}}\n"
    project.write({"index.md": "# B\n"})
    with pytest.raises(BookError, match=r"conf\.py is no place for a key.* D2LBOOK_FORUM_KEY") as caught, project.app():
        pass
    assert "abcdef0123456789" not in str(caught.value) + project.warnings
    assert "conf.py: d2lbook_forum: " in str(caught.value)


def test_a_key_under_a_wrong_name_is_not_shown_either(project: Any) -> None:
    project.conf += f"d2lbook_forum = {{**{DISCOURSE!r}, 'url': 'abcdef0123456789'}}\n"
    project.write({"index.md": "# B\n"})
    with pytest.raises(BookError, match="'url' takes an address") as caught, project.app():
        pass
    assert "abcdef0123456789" not in str(caught.value)


def test_the_forum_of_a_build(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("D2LBOOK_FORUM_KEY", "0123456789")
    project.conf += f"d2lbook_forum = {DISCOURSE!r}\n"
    project.write({"index.md": "# B\n"})
    write_topics(project.folder / "forum-topics.json", TOPICS)
    with project.app() as app:
        made = room.configured_forum(app)
        assert made
        assert made.thread("sec_a") == "https://forum.example/t/12"
        assert made.file == project.folder / "forum-topics.json"
        assert room.configured_forum(app) is made
        assert "D2LBOOK_FORUM_KEY" not in os.environ
    (project.folder / "forum-topics.json").write_text("{\n<<<<<<< HEAD\n}")
    with project.app() as app, pytest.raises(BookError, match=r"forum-topics\.json:2: is not JSON"):
        room.configured_forum(app)


def test_what_a_build_loads_knows_no_http() -> None:
    program = (
        "import sys, sphinxcontrib_d2lbook.forum.providers, sphinxcontrib_d2lbook.elements.extension\n"
        "room = 'sphinxcontrib_d2lbook.forum'\n"
        "print(f'{room}.http' in sys.modules, f'{room}.rate_limited_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed distribution with a forum of its own."""
    folder = tmp_path / "site"
    info = folder / "our_forum-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-forum\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[sphinxcontrib_d2lbook.forums]\nours = our_forum_of_a_test:Ours\nbroken = our_forum_of_a_test:Missing\n"
    )
    (folder / "our_forum_of_a_test.py").write_text(
        "class Ours:\n"
        "    @classmethod\n"
        "    def from_options(cls, options):\n"
        "        made = cls()\n"
        "        made.room = options.text('room', 'a room', '[a-z]+')\n"
        "        return made\n"
        "    def thread(self, identifier, topic):\n"
        "        return f'https://ours.example/{self.room}/{identifier}'\n"
    )
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_another_distribution_adds_a_forum(distribution: Path) -> None:
    setting = read({"provider": "ours", "room": "den"})
    assert setting
    assert setting.provider.thread("sec_a", None) == "https://ours.example/den/sec_a"
    with pytest.raises(OptionError, match="'room' takes a room"):
        read({"provider": "ours", "room": "DEN"})
    with pytest.raises(OptionError, match=r"there are .*'ours'"):
        read({"provider": "theirs"})
    with pytest.raises(OptionError, match=r"'broken' of our-forum cannot be loaded: .*Missing"):
        read({"provider": "broken"})


def test_a_forum_that_two_offer_is_refused(distribution: Path) -> None:
    info = distribution / "more_forum-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: more-forum\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[sphinxcontrib_d2lbook.forums]\nours = our_forum_of_a_test:Ours\n")
    with pytest.raises(OptionError, match="offered by more-forum, our-forum: uninstall all but one"):
        read({"provider": "ours"})


def test_the_topic_map_is_sorted_and_has_a_line_for_each_topic(tmp_path: Path) -> None:
    topics = {
        "sec_b": Topic(2, 'Quotes " and \\ and </script>', 0),
        "sec_a": Topic(10, "Zeilen\u2028und\x85Umlaute ü\ud800\nund \u202e", 3),
    }
    text = topics_text(topics)
    lines = text.splitlines()
    assert [line[:8] for line in lines] == ["{", '"version', '"topics"', '"sec_a":', '"sec_b":', "}", "}"]
    assert lines[3].startswith('"sec_a": {"id": 10, "title": "Zeilen\\u2028und\\u0085Umlaute ü')
    file = tmp_path / "topics.json"
    assert write_topics(file, topics)
    assert not write_topics(file, dict(reversed(topics.items())))
    assert read_topics(file) == topics
    assert read_topics(tmp_path / "none.json") == {}
    assert topics_text({}) == '{\n"version": 1,\n"topics": {}\n}\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n"a": {"id": 1, "title": "A", "replies": 0},\n}', ":3: is not JSON"),
        (
            '{\n"a": {"id": 1, "title": "A", "replies": 0},\n"a": {"id": 2, "title": "A", "replies": 0}\n}',
            ":3: 'a' is there twice",
        ),
        ("[]", "takes one object"),
        ('{\n"version": 1\n}', "takes one object"),
        ('{\n"version": 1,\n"topics": {},\n"more": {}\n}', "takes one object"),
        ('{\n"version": "1",\n"topics": {}\n}', ":2: its 'version' is '1'"),
        ('{\n"a": 1\n}', ":2: 'a' takes"),
        ('{\n"a": {"id": 1}\n}', ":2: 'a' takes"),
        ('{\n"a": {"id": 0, "title": "A", "replies": 0}\n}', ":2: 'a': its 'id' takes a number"),
        ('{\n"a": {"id": "1/../2", "title": "A", "replies": 0}\n}', ":2: 'a': its 'id' takes a number"),
        ('{\n"a": {"id": 1, "title": 4, "replies": 0}\n}', ":2: 'a': its 'title' takes a text"),
        ('{\n"a": {"id": 1, "title": "A", "replies": -1}\n}', ":2: 'a': its 'replies' takes a number"),
        ("\x00\xff", "is not JSON"),
    ],
)
def test_a_map_that_is_none_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "topics.json"
    file.write_text(text)
    with pytest.raises(ForumError, match=message) as caught:
        read_topics(file)
    assert str(file) in str(caught.value)
