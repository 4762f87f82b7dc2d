"""Jobs in files that workers read: Dataflow takes pipelines of 10 MB, which millions exceed."""

import pickle
from collections.abc import Sequence
from pathlib import Path

from inpaint_tf.commands.photos.jobs import Job

JOBS_PER_FILE = 1000


def write_jobs(jobs: Sequence[Job], folder: Path) -> list[str]:
    """Write jobs to files in a new folder; returns the paths of the files."""
    folder.mkdir()
    paths = []
    for start in range(0, len(jobs), JOBS_PER_FILE):
        path = folder / f"{start:09d}.pickle"
        path.write_bytes(pickle.dumps(list(jobs[start : start + JOBS_PER_FILE])))
        paths.append(str(path))
    return paths


def read_jobs(path: str) -> list[Job]:
    """The jobs of one file."""
    return pickle.loads(Path(path).read_bytes())
