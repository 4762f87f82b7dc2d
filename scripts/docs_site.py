"""Makes one site of the documents that lie where people look for them in a checkout.

A hook of MkDocs (mkdocs.yml): documents outside docs/ become pages, and the links between all of
them lead to pages. A link to code becomes its text: the site has no code.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = {
    "README.md": "index.md",
    "benchmarks/README.md": "benchmarks.md",
    "inpaint_tf/weights/shipped/MODEL_CARD.md": "model_card.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "tests/goldens/README.md": "goldens.md",
}
"""Documents outside docs/ and their pages."""
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def on_files(files, config):
    """Add the documents outside docs/."""
    for path, page in OUTSIDE.items():
        content = (ROOT / path).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=content))
    return files


def on_page_markdown(markdown, page, config, files):
    """Turn the links of a checkout into those of the site."""
    places = {f"docs/{file.src_uri}": file.src_uri for file in files} | OUTSIDE
    own = page.file.src_uri
    document = {page: path for path, page in OUTSIDE.items()}.get(own, f"docs/{own}")

    def of_the_site(match):
        image, text, target = match.groups()
        path, hash_sign, anchor = target.partition("#")
        if not path or re.match(r"\w+:", path):
            return match[0]
        found = posixpath.normpath(posixpath.join(posixpath.dirname(document), path))
        if found not in places:
            return text
        there = posixpath.relpath(places[found], posixpath.dirname(own) or ".")
        return f"{image}[{text}]({there}{hash_sign}{anchor})"

    return LINK.sub(of_the_site, markdown)
