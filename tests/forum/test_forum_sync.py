"""What a sync does, and that nothing stops it from being finished later: a forum in this process, no clock."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from sphinxcontrib_d2lbook.forum.errors import ForumError
from sphinxcontrib_d2lbook.forum.interfaces import Topic
from sphinxcontrib_d2lbook.forum.sync import TopicAction


def acts(outcome: Any) -> list[tuple[str, str]]:
    return [(step.act.value, step.identifier) for step in outcome.steps]


def whole(forum: Any, saved: dict[str, Topic], count: int) -> bool:
    """Each section has one topic, and the map knows it."""
    once = sorted(forum.created) == sorted(f"sec_{number}" for number in range(count))
    known = {label: topic.id for label, topic in saved.items()}
    return once and known == {topic["external_id"]: number for number, topic in forum.topics.items()}


def test_a_dry_run_only_reads(forum: Any, kit: Any) -> None:
    saved: dict[str, Topic] = {"sec_old": Topic(7, "An old section's title", 2)}
    outcome = kit.sync(forum, saved, kit.sections(3), apply=False).run()
    assert acts(outcome) == [("create", f"sec_{number}") for number in range(3)]
    assert {method for method, _path in forum.requests} == {"GET"}
    assert not forum.topics
    assert saved == {"sec_old": Topic(7, "An old section's title", 2)}
    assert list(outcome.retired) == ["sec_old"]


def test_topics_are_made_once_and_a_second_sync_finds_nothing_to_do(forum: Any, kit: Any) -> None:
    saved: dict[str, Topic] = {"sec_old": Topic(7, "An old section's title", 2)}
    kit.sync(forum, saved, kit.sections(3)).run()
    assert {name: topic.id for name, topic in saved.items()} == {"sec_0": 100, "sec_1": 101, "sec_2": 102, "sec_old": 7}
    assert forum.topics[100]["category"] == 5
    assert "(<https://book.example/go/sec_0/>)" in forum.topics[100]["raw"]
    assert "What it is about" in forum.topics[100]["raw"]
    forum.topics[101]["posts_count"] = 4
    outcome = kit.sync(forum, saved, kit.sections(3)).run()
    assert acts(outcome) == [("count", "sec_1")]
    assert saved["sec_1"].replies == 3
    assert [method for method, _path in forum.requests].count("POST") == 3


def test_a_section_that_is_renamed_renames_its_topic(forum: Any, kit: Any) -> None:
    saved: dict[str, Topic] = {}
    sections = kit.sections(2)
    kit.sync(forum, saved, sections).run()
    sections[0] = replace(sections[0], title="another name for the section.")
    outcome = kit.sync(forum, saved, sections).run()
    assert acts(outcome) == [("rename", "sec_0")]
    assert forum.topics[100]["title"] == "Another name for the section"
    assert saved["sec_0"].title == "another name for the section."
    # What the forum made of it, and what a moderator makes of it, is not fought.
    forum.topics[100]["title"] = "A moderator knows better"
    assert not kit.sync(forum, saved, sections).run().steps


def test_a_topic_of_a_stranger_is_never_renamed(forum: Any, kit: Any) -> None:
    """The forum has moved, its numbers are others, and nobody said so."""
    saved: dict[str, Topic] = {}
    sections = kit.sections(2)
    kit.sync(forum, saved, sections).run()
    forum.topics[100] |= {"title": "What a stranger wrote", "external_id": "foreign"}
    forum.topics[101]["title"] = "What a moderator made of it"
    sections = [replace(section, title=f"Renamed: {section.title}") for section in sections]
    outcome = kit.sync(forum, saved, sections).run()
    (problem,) = outcome.problems
    assert problem.startswith("book/s.md:0: 'sec_0': topic 100 is 'What a stranger wrote' on the forum, which does not")
    assert forum.topics[100]["title"] == "What a stranger wrote"
    assert forum.topics[101]["title"] == "Renamed: The section with number 1"


def test_a_title_that_another_topic_gives_up_can_be_taken_in_the_same_run(forum: Any, kit: Any) -> None:
    saved: dict[str, Topic] = {}
    first, second = kit.sections(2)
    kit.sync(forum, saved, [first, second]).run()
    moved = [replace(first, title=second.title), replace(second, title="Something else altogether")]
    outcome = kit.sync(forum, saved, moved).run()
    assert not outcome.problems
    assert forum.topics[100]["title"] == second.title


def test_what_the_forum_refuses_is_told_with_its_place_and_the_rest_goes_on(forum: Any, kit: Any) -> None:
    forum.topics[1] = {"title": "The section with number 1", "external_id": "foreign", "posts_count": 1}
    saved: dict[str, Topic] = {}
    outcome = kit.sync(forum, saved, kit.sections(3)).run()
    (problem,) = outcome.problems
    assert problem == (
        "book/s.md:1: 'sec_1': the forum does not take a topic 'The section with number 1': Title has already been"
        " used; give the section another title, or see whether its topic is deleted or hidden there"
    )
    assert sorted(saved) == ["sec_0", "sec_2"]


def test_a_topic_that_is_gone_is_told_and_not_made_again(forum: Any, kit: Any) -> None:
    saved: dict[str, Topic] = {}
    kit.sync(forum, saved, kit.sections(2)).run()
    del forum.topics[100]
    before = dict(saved)
    outcome = kit.sync(forum, saved, kit.sections(2)).run()
    assert len(outcome.problems) == 1
    assert outcome.problems[0].startswith("book/s.md:0: 'sec_0': topic 100 is gone; restore it there, or")
    assert saved == before
    assert len(forum.created) == 2


def test_a_forum_whose_numbers_changed_is_mapped_again(forum: Any, kit: Any) -> None:
    saved: dict[str, Topic] = {}
    kit.sync(forum, saved, kit.sections(3)).run()
    moved = kit.FakeDiscourse()
    # The numbers of the old forum are other topics on the new one, and one topic got lost on the way.
    moved.topics = {number + 1: topic for number, topic in forum.topics.items() if number != 101}
    moved.created = ["sec_0", "sec_2"]
    moved.first_id = 500
    outcome = kit.sync(moved, saved, kit.sections(3), apply=False, remap=True).run()
    assert acts(outcome) == [("move", "sec_0"), ("create", "sec_1"), ("move", "sec_2")]
    kit.sync(moved, saved, kit.sections(3), remap=True).run()
    assert {name: topic.id for name, topic in saved.items()} == {"sec_0": 101, "sec_1": 502, "sec_2": 103}


def test_a_topic_whose_number_changed_is_found_without_being_told(forum: Any, kit: Any) -> None:
    saved: dict[str, Topic] = {}
    kit.sync(forum, saved, kit.sections(2)).run()
    forum.topics[300] = forum.topics.pop(100)
    assert acts(kit.sync(forum, saved, kit.sections(2)).run()) == [("move", "sec_0")]
    assert saved["sec_0"].id == 300


@pytest.mark.parametrize("moment", ["drop before", "drop after"])
def test_a_connection_that_drops_anywhere_makes_no_double(kit: Any, moment: str) -> None:
    for stop in range(6):
        forum, saved = kit.FakeDiscourse(), {}
        forum.trouble = lambda index, method, path, stop=stop: moment if index == stop else None
        kit.sync(forum, saved, kit.sections(3)).run()
        assert whole(forum, saved, 3)
        tried = [method for method, _path in forum.requests].count("POST")
        # A topic that was made and not confirmed is looked for, not posted again.
        assert tried == 3 + (moment == "drop before" and forum.requests[stop][0] == "POST")


def test_a_topic_that_comes_late_is_not_made_again(forum: Any, kit: Any) -> None:
    """The forum answers nothing in time, is asked whether it has the topic, says no, and makes it only then."""
    late: list[Any] = []

    def trouble(index: int, method: str, path: str) -> Any:
        if method == "POST" and not late:
            late.append("waiting")
            return "drop before"
        if method == "POST" and late == ["waiting"]:
            late.append("made")
            forum.create(
                {"title": "The section with number 0", "external_id": "sec_0", "raw": "A first post that came late."}
            )
        return None

    forum.trouble = trouble
    saved: dict[str, Topic] = {}
    kit.sync(forum, saved, kit.sections(1)).run()
    assert whole(forum, saved, 1)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_interrupted_at_every_request_and_resumed(kit: Any, moment: str) -> None:
    """Eight sections, two of them to be renamed, stopped at each request before or after the forum has acted on it."""
    sections = kit.sections(8)
    stop, finished = 0, False
    while not finished:
        forum, saved = kit.FakeDiscourse(), {}
        kit.sync(forum, saved, [replace(section, title=f"Before: {section.title}") for section in sections[:2]]).run()
        begun = len(forum.requests)
        answer = forum.answer

        def stopped(*request: Any, forum: Any = forum, answer: Any = answer, at: int = begun + stop) -> Any:
            if len(forum.requests) - 1 != at:
                return answer(*request)
            if moment == "after":
                answer(*request)
            raise KeyboardInterrupt

        forum.answer = stopped
        try:
            kit.sync(forum, saved, sections).run()
            finished = True
        except KeyboardInterrupt:
            pass
        forum.answer = answer
        if not finished:
            kept = set(saved)
            kit.sync(forum, saved, sections).run()
            assert kept <= set(saved)
        assert whole(forum, saved, 8)
        assert all(saved[section.identifier].title == section.title for section in sections)
        assert not kit.sync(forum, saved, sections).run().steps
        stop += 1
    assert stop > 16


def test_three_hundred_sections_on_a_bad_day(kit: Any) -> None:
    """Dropped connections, a forum in trouble, rate limits and interruptions, at random."""
    for seed in range(2):
        chance = random.Random(seed)
        forum, saved, time = kit.FakeDiscourse(), {}, kit.Time()

        def trouble(index: int, method: str, path: str, chance: random.Random = chance) -> Any:
            at = chance.random()
            if at < 0.004:
                raise KeyboardInterrupt
            if at < 0.05:
                return "drop before"
            if at < 0.08:
                return "drop after"
            if at < 0.11:
                return "fail after"
            if at < 0.15:
                return kit.Reply(503, b"<html>", {"content-type": "text/html"})
            if at < 0.2:
                return kit.Reply(429, {"errors": ["Slow down"], "extras": {"wait_seconds": 11}})
            return None

        forum.trouble = trouble
        interruptions = 0
        while True:
            before = dict(saved)
            try:
                kit.sync(forum, saved, kit.sections(300), time=time).run()
                break
            except KeyboardInterrupt:
                interruptions += 1
                assert before.items() <= saved.items()
        assert interruptions
        assert whole(forum, saved, 300)


def test_a_forum_that_stays_in_trouble_ends_the_sync_and_keeps_what_is_done(forum: Any, kit: Any) -> None:
    forum.trouble = lambda index, method, path: kit.Reply(502, {}) if index >= 4 else None
    saved: dict[str, Topic] = {}
    time = kit.Time()
    with pytest.raises(ForumError, match=r"a fault of its own \(status 502\), 6 times; what is done is kept"):
        kit.sync(forum, saved, kit.sections(5), time=time).run()
    assert sorted(saved) == ["sec_0", "sec_1"]
    assert [seconds for seconds, _reason in time.waits] == [1, 2, 4, 8, 16]


def test_a_post_that_waits_for_review_is_no_topic(forum: Any, kit: Any) -> None:
    forum.trouble = lambda index, method, path: (
        kit.Reply(200, {"action": "enqueued", "success": True}) if method == "POST" else None
    )
    with pytest.raises(ForumError, match="keeps new topics for review"):
        kit.sync(forum, {}, kit.sections(1)).run()


@pytest.mark.parametrize("act", list(TopicAction))
def test_every_act_has_its_words(act: TopicAction) -> None:
    from sphinxcontrib_d2lbook.commands.forum import WORDS

    assert len(WORDS[act]) == 2
