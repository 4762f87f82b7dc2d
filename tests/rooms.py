"""The rooms of the package in order, and a reader of its imports that keeps the order."""

import ast
import re
from pathlib import Path

PACKAGE = "inpaint_tf"
FLOORS = [
    ["errors", "default_config"],
    ["data"],
    ["data.sample_faces"],
    ["engines"],
    ["compositing"],
    ["masks"],
    ["networks.layers"],
    ["networks.generators"],
    ["networks"],
    ["weights"],
    ["inference"],
    ["evaluation.scores"],
    ["training", "evaluation"],
    ["doctor"],
    ["commands"],
]
"""From bottom to top. A room imports itself and the floors below, not its neighbours."""

FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
TOP = ("__init__", "__main__")  # they import anything, as commands do
MOST_ENTRIES, MOST_MODULES = 16, 12


def room_of(module):
    """The room of a module's name without the package's, "data.split": the longest that fits."""
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in FLOOR), None)


def wrong_imports(package):
    """ "file:line imports MODULE" for each import that goes up or to a neighbour.

    Reads imports anywhere in a file, in functions too, and the strings of tables that name modules,
    "inpaint_tf.module:Name".
    """
    for path in sorted(package.rglob("*.py")):
        file = path.relative_to(package)
        module = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
        if module in TOP:
            continue
        room = room_of(module)
        if room is None:
            yield f"{file} is in no room; add it to the table"
            continue
        for line, name in imported_modules(path):
            other = room_of(name)
            above = room != "commands" if other is None else FLOOR[other] > FLOOR[room]
            neighbour = other is not None and other != room and FLOOR[other] == FLOOR[room]
            if above or neighbour:
                yield f"{file}:{line} imports {name or PACKAGE}"


def imported_modules(path):
    """(line, module without the package's name) of what a file imports from the package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "." * node.level  # in no room: relative imports are not used
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = re.findall(rf"^({PACKAGE}(?:\.\w+)+)(?::\w+)?$", node.value)
        for name in names:
            # The version is text: anybody may tell it.
            if name.split(".")[0] == PACKAGE and name != f"{PACKAGE}.__version__":
                yield node.lineno, name.removeprefix(PACKAGE).removeprefix(".")


def crowded(package, entries=None):
    """A line for each folder with too many modules, and for the package's own if too full.

    entries: the names in the package's folder; None: those that are there, but for caches.
    """
    if entries is None:
        entries = {
            p.name for p in package.iterdir() if p.name[0] != "." and p.name != "__pycache__"
        }
    if len(entries) > MOST_ENTRIES:
        yield f"{package.name} has {len(entries)} entries, over {MOST_ENTRIES}"
    for folder in folders_of(package):
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        if len(modules) > MOST_MODULES:
            yield f"{folder.relative_to(package.parent)} has {len(modules)} modules"


def undocumented(package):
    """Folders with code whose `__init__.py` is missing or has no docstring."""
    for folder in folders_of(package):
        init = folder / "__init__.py"
        if not init.is_file() or not ast.get_docstring(ast.parse(init.read_text())):
            yield str(folder.relative_to(package.parent))


def folders_of(package: Path):
    """Folders with code in them, the package's own included."""
    return sorted({path.parent for path in package.rglob("*.py")})
