"""Connect sections of the book to discussions on a forum, whatever the forum is.

`d2lbook_forum` of conf.py names a provider (`providers.py`). From it a build makes a `Forum`, which tells pages how to
show a thread. A build reads the committed topic map (`topic_map.py`) and never uses the network. The command
`sphinx-d2lbook forum sync` (`sync.py`) does: it updates forum and map, through a `Service` of the provider and a client
that waits and tries again (`rate_limited_client.py`). One file sends requests (`http.py`). Only `extension.py` imports
Sphinx.
"""

from .errors import ForumError, OptionError
from .extension import configured_forum
from .interfaces import Embed, Forum, Mount, Topic, embed_fault

__all__ = ["Embed", "Forum", "ForumError", "Mount", "OptionError", "Topic", "configured_forum", "embed_fault"]
