"""Kills the commands that write at random moments, and compares what they end in.

    cd tests && python -m power_cuts --kills=20                 # all commands
    cd tests && python -m power_cuts train --kills=20 --seed=1
    cd tests && python -m power_cuts pack --full_disks=5 --read_only=5   # as root, on a tmpfs

A run is killed by -9, at a moment or where it is about to open, move or remove a file. The
same command starts again in the same folder, and is killed again, and at last ends in the bytes of
a run that nobody disturbed. The clock jumps meanwhile, back and forth. Disks that fill, or become
read-only where the command is about to open, move or remove a file, are those of a tmpfs; the
command must end with one line and status 1, and once the disk is mended in the same bytes.
"""

import argparse
import contextlib
import ctypes
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from power_cuts.commands import COMMANDS, arguments, prepare, result  # noqa: E402

WRITING = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commands", nargs="*", choices=[*COMMANDS, []], help="default: all")
    parser.add_argument("--kills", type=int, default=20, help="of each command")
    parser.add_argument("--full_disks", type=int, default=0, help="of each command; needs root")
    parser.add_argument("--read_only", type=int, default=0, help="of each command; needs root")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        in_a_child(prepare, folder)
        load_ahead()
        for name in args.commands or COMMANDS:
            rng = random.Random(f"{args.seed} {name}")
            whole, seconds, events = undisturbed(name, folder)
            killed, ended, unlike = kill_often(
                name, folder, whole, seconds, events, args.kills, rng
            )
            print(f"{name}: {killed} kills, {ended} runs ended, {len(unlike)} unlike", flush=True)
            for _ in range(args.full_disks):
                unlike += fill_a_disk(name, folder, whole, rng)
            for _ in range(args.read_only):
                unlike += write_protect(name, folder, whole, rng.randint(1, events))
            for what in unlike:
                print(f"  {what}", flush=True)
            failed += len(unlike)
    return 1 if failed else 0


def load_ahead():
    """Import what takes seconds, once for all children. Nothing may compute here: they fork."""
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    import inpaint_tf.evaluation.run  # noqa: F401


def undisturbed(name, folder):
    """(result, seconds, how often it writes) of a run that ends."""
    output = fresh(folder / f"{name}-whole")
    counted = folder / "events"
    began = time.monotonic()
    status, text = run(name, folder, output, count_into=counted)
    assert status == 0, text
    return result(output), time.monotonic() - began, int(counted.read_text())


def kill_often(name, folder, whole, seconds, events, kills, rng):
    """(kills, runs that ended, what was unlike) of runs that go on in one folder until they end."""
    output, killed, ended, unlike = fresh(folder / f"{name}-cut"), 0, 0, []
    while killed < kills or not ended:
        plan = {}
        if killed < kills:
            by_event = rng.random() < 0.6
            plan = {"at_event": rng.randint(1, events)} if by_event else {"after": rng.random()}
            if not by_event:
                plan["after"] *= seconds
        status, text = run(name, folder, output, clock=rng.random(), **plan)
        if status == -signal.SIGKILL:
            killed += 1
            ended = 0
            continue
        ended += 1
        if status != 0:
            unlike.append(f"{name} after {killed} kills: status {status}: {text[-300:]}")
        else:
            unlike += compare(name, whole, result(output), killed)
        output = fresh(output)
    return killed, ended, unlike


def compare(name, whole, found, when):
    """Lines on what differs from the undisturbed run."""
    paths = sorted(set(whole) | set(found))
    return [f"{name} after {when}: {p} differs" for p in paths if whole.get(p) != found.get(p)]


def fill_a_disk(name, folder, whole, rng):
    """What was wrong with a run on a disk that is too small, and then on one with more room."""
    kilobytes = sum(path.stat().st_size for path in (folder / f"{name}-whole").rglob("*")) // 1024
    size = max(8, int(kilobytes * rng.uniform(0.05, 0.95)))
    return on_a_bad_disk(name, folder, whole, f"a disk of {size} KB", f"size={size}k")


def write_protect(name, folder, whole, event):
    """What was wrong with a run whose disk becomes read-only, and then with the next one."""
    what = f"a disk that is read-only from event {event} on"
    return on_a_bad_disk(name, folder, whole, what, "size=100m", read_only_at=event)


def on_a_bad_disk(name, folder, whole, what, options, read_only_at=None):
    """Run a command on a tmpfs that fails it, mend that, and run it again."""
    disk = fresh(folder / "disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)
    try:
        status, text = run(name, folder, disk, read_only_at=read_only_at)
        line = text.strip().splitlines()[-1] if text.strip() else ""
        unlike = []
        if status != 0 and (status != 1 or "Traceback" in text or not line.startswith("error: ")):
            unlike.append(f"{name} on {what}: status {status}: {text[-600:]}")
        mend(disk)
        status, text = run(name, folder, disk)
        if status != 0:
            return [*unlike, f"{name} on {what}, mended: status {status}: {text[-600:]}"]
        print(f"{name}: {what}: {line[:150] or 'was enough'}", flush=True)
        return unlike + compare(name, whole, result(disk), what)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def make_read_only(disk):
    """Make the tmpfs at `disk` read-only.

    All of it; while a file is open for writing, what is opened, moved or removed from now on.
    """
    mount, path = ctypes.CDLL(None).mount, os.fsencode(disk)
    remount, bind, read_only = 32, 4096, 1
    if mount(b"tmpfs", path, b"tmpfs", remount | read_only, None):
        once_more = mount(path, path, None, bind, None)
        if once_more or mount(None, path, None, remount | bind | read_only, None):
            raise OSError(f"{disk} could not be made read-only")


def mend(disk):
    """Make a tmpfs large and writable again."""
    mounted = Path("/proc/self/mounts").read_text().splitlines()
    for _ in range(sum(line.split()[1] == str(disk) for line in mounted) - 1):
        subprocess.run(["umount", str(disk)], check=True)  # what `make_read_only` put on top
    subprocess.run(["mount", "-o", "remount,rw,size=100m", str(disk)], check=True)


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def run(
    name,
    folder,
    output,
    *,
    at_event=None,
    after=None,
    count_into=None,
    clock=0.0,
    read_only_at=None,
):
    """(exit status, what was printed on stderr) of a command in a child process.

    at_event: the kill comes before the event of this number. after: or after so many seconds.
    read_only_at: `output`, a tmpfs, becomes read-only before the event of this number.
    clock: a number from which the jumps of the clock follow.
    """
    printed = folder / "printed"
    child = os.fork()
    if child == 0:
        typed = arguments(name, folder, output)
        if read_only_at is None:
            seen = _at_event(at_event, lambda: os.kill(os.getpid(), signal.SIGKILL))
        else:
            seen = _at_event(read_only_at, lambda: make_read_only(output))
        _become(name, typed, printed, seen, count_into, clock)
    deadline = time.monotonic() + (after if after is not None else 600)
    while os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, printed.read_text(errors="replace")


def _become(name, typed, printed, seen, count_into, clock):
    """Be the command, in the child: never returns."""
    status = 70
    try:
        file = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(file, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _let_the_clock_jump(clock)
        from inpaint_tf.__main__ import run as run_command

        try:
            run_command(name, typed)
            status = 0
        except SystemExit as end:
            status = end.code or 0
        if count_into:
            count_into.write_text(str(seen[0]))
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(status)


def _at_event(number, action):
    """Count the times that this process is about to write; act from one of them until it worked.

    Returns a list with the count.
    """
    seen, done = [0], [number is None]

    def hook(event, args):
        writes = event in WRITING or (
            event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if writes:
            seen[0] += 1
            if not done[0] and seen[0] >= number:
                done[0] = action() is not False

    sys.addaudithook(hook)
    return seen


def _let_the_clock_jump(clock):
    """The time of day goes back and forth by hours, as when a machine's clock is set."""
    true, rng = time.time, random.Random(clock)
    time.time = lambda: true() + (rng.uniform(-1e4, 1e4) if clock else 0)


def in_a_child(function, *args):
    """Call a function that computes in a process of its own."""
    code = f"""
import sys; sys.path[:0] = {sys.path[:2]!r}
from pathlib import Path
from {function.__module__} import {function.__name__}
{function.__name__}(*map(Path, sys.argv[1:]))
"""
    subprocess.run([sys.executable, "-c", code, *map(str, args)], check=True)


if __name__ == "__main__":
    sys.exit(main())
