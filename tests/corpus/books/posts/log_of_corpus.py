"""Posts, lists of them, and archives."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class PostList(nodes.General, nodes.Element):
    pass


class Post(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"tags": str}

    def run(self):
        tags = [tag.strip() for tag in self.options.get("tags", "").split(",")]
        self.env.log_posts = {**getattr(self.env, "log_posts", {}), self.env.docname: (self.arguments[0], tags)}
        self.env.metadata[self.env.docname]["orphan"] = True
        return [nodes.paragraph("", f"Posted on {self.arguments[0]}")]


class ListOfPosts(SphinxDirective):
    def run(self):
        return [PostList("")]


def fill(app, doctree, docname):
    for node in list(doctree.findall(PostList)):
        items = nodes.bullet_list()
        for name, (date, tags) in sorted(getattr(app.env, "log_posts", {}).items()):
            title = app.env.titles[name].astext()
            uri = app.builder.get_relative_uri(docname, name)
            link = nodes.reference("", title, internal=True, refuri=uri)
            items += nodes.list_item("", nodes.paragraph("", "", link, nodes.Text(f" ({date}; {', '.join(tags)})")))
        node.replace_self(items)


def archives(app):
    posts = getattr(app.env, "log_posts", {})
    for tag in sorted({tag for _date, tags in posts.values() for tag in tags}):
        names = [app.env.titles[name].astext() for name, (_date, tags) in sorted(posts.items()) if tag in tags]
        yield f"log/tag/{tag}", {"title": f"Posts about {tag}", "posts": names}, "archive.html"


def setup(app):
    app.add_node(PostList)
    app.add_directive("post", Post)
    app.add_directive("postlist", ListOfPosts)
    app.connect("doctree-resolved", fill)
    app.connect("html-collect-pages", archives)
