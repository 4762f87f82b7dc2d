"""The commit beside a result is the code's own, or none."""

import shutil
import subprocess
from pathlib import Path

from inpaint_tf.engines import environment


def git(folder, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(folder), *arguments],
        capture_output=True,
        check=True,
    )


def test_a_repository_around_an_installed_package_is_not_its_checkout(tmp_path, monkeypatch):
    project = tmp_path / "somebody's"
    package = project / ".venv" / "inpaint_tf" / "engines"
    package.mkdir(parents=True)
    shutil.copy(environment.__file__, package)
    (project / "README").write_text("another program\n")
    git(tmp_path, "init", "-q", str(project))
    git(project, "add", "README")
    git(project, "commit", "-q", "-m", "first")
    monkeypatch.setattr(environment, "__file__", str(package / "environment.py"))
    assert environment.describe_environment()["git_commit"] is None
    git(project, "add", "-f", ".venv")
    git(project, "commit", "-q", "-m", "the package too")
    assert len(environment.describe_environment()["git_commit"]) == 40
    monkeypatch.setenv("GIT_DIR", str(Path(__file__).parent / "nothing"))  # as in a git hook
    assert len(environment.describe_environment()["git_commit"]) == 40
