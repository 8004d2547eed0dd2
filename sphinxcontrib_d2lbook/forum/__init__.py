"""FORUM: where readers talk about a section, whatever the forum is.

`d2lbook_forum` of conf.py -> a provider (providers.py) -> what pages show of a thread (`Forum`). A build reads the
committed topic map (topic_map.py) and never asks the network. `sphinx-d2lbook forum sync` (sync.py) does: it brings
forum and map together, through a `Service` of the provider, a client that waits and tries again (client.py), and one
file that knows HTTP (http.py). Only extension.py knows Sphinx.
"""

from .errors import ForumError, OptionError
from .extension import configured_forum
from .interfaces import Embed, Forum, Mount, Topic, embed_fault

__all__ = ["Embed", "Forum", "ForumError", "Mount", "OptionError", "Topic", "configured_forum", "embed_fault"]
