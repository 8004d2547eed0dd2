"""Test what every provider of a forum must do.

    class TestIsso(ProviderContract):
        @pytest.fixture
        def provider(self):
            return Isso.from_options(Options({"url": "https://isso.example"}))

The tests use no network.
"""

from __future__ import annotations

import json
import pickle
import socket
from typing import NoReturn

import pytest

from ..forum.interfaces import Embed, Provider, Topic, embed_fault
from ..forum.options import address_fault
from ..forum.rate_limited_client import ForumConnection, Headers, Response

TOPIC = Topic(7, "A Title", 3)
IDENTIFIERS = ("sec_a", "sec a/\u00e9", "</script>\"'&", "title", "x" * 300)
"""Labels of sections: authors may write any text."""


class NoTransport:
    """Transport that sends nothing."""

    def send(self, method: str, url: str, headers: Headers, body: bytes | None) -> Response:
        """Fail: a service must not send anything while it is made."""
        raise AssertionError(f"{method} {url} was sent")


class ProviderContract:
    """Contract of a provider as a book has configured it, which the fixture `provider` returns."""

    @pytest.fixture
    def provider(self) -> Provider:
        """Return the provider that is tested."""
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def without_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Forbid all connections, because a build never uses the network for a forum."""

        def refuse(*_given: object, **_named: object) -> NoReturn:
            raise AssertionError("a build does not use the network")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)

    def test_it_pickles_and_is_then_the_same(self, provider: Provider) -> None:
        """Pickle it, because a build has several processes."""
        assert pickle.loads(pickle.dumps(provider)) == provider

    @pytest.mark.parametrize("identifier", IDENTIFIERS)
    @pytest.mark.parametrize("topic", [None, TOPIC])
    def test_a_thread_has_an_address_of_the_web_or_none(
        self, provider: Provider, identifier: str, topic: Topic | None
    ) -> None:
        """Readers must not be led to any other address."""
        address = provider.thread(identifier, topic)
        assert not address or address_fault(address) is None

    @pytest.mark.parametrize("identifier", IDENTIFIERS)
    @pytest.mark.parametrize("topic", [None, TOPIC])
    def test_what_it_embeds_is_what_a_page_can_have(
        self, provider: Provider, identifier: str, topic: Topic | None
    ) -> None:
        """Check that the page's loader can make elements of it, and a variable."""
        embed = provider.embed(identifier, 'A "<Title>"', topic)
        if embed is None:
            return
        assert isinstance(embed, Embed)
        assert address_fault(embed.script) is None
        assert embed_fault(embed) is None
        assert json.loads(json.dumps(dict(embed.settings))) == embed.settings

    @pytest.mark.parametrize("topic", [None, TOPIC])
    def test_it_gives_the_same_each_time(self, provider: Provider, topic: Topic | None) -> None:
        """Otherwise pages would be written again that nobody changed."""
        first, second = (provider.embed("sec_a", "A", topic) for _ in range(2))
        assert first == second
        assert provider.thread("sec_a", topic) == provider.thread("sec_a", topic)

    def test_its_service_has_what_a_sync_asks_for(self, provider: Provider) -> None:
        """Allow None, for providers whose threads need no sync."""
        service = provider.service(ForumConnection(NoTransport(), None), "A Book")
        names = ("find", "fetch", "create", "rename")
        assert service is None or all(callable(getattr(service, name, None)) for name in names)
