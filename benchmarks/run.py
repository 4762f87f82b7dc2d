"""How fast this machine trains and tests, and in how much memory: one table.

    python benchmarks/run.py [--quick] [--json FILE] [--only inference attention ...]

Leave the machine alone meanwhile: about 15 minutes on two cores, 4 with --quick. What the columns
mean is in benchmarks/README.md.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import cases, measuring  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], allow_abbrev=False)
    parser.add_argument("--quick", action="store_true", help="fewer repeats, no slow cases")
    parser.add_argument("--json", metavar="FILE", help="write the numbers to FILE too")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help=f"cases that begin so: {', '.join(cases.CASES)}"
    )
    parser.add_argument("--case", help=argparse.SUPPRESS)  # of a process that this one starts
    options = parser.parse_args()
    if options.case:
        return run_case(options.case, options.quick)
    names = choose(options.only, options.quick)
    if not names:
        parser.error(f"--only={' '.join(options.only)}: no such case; see --help")
    if options.json and not Path(options.json).absolute().parent.is_dir():
        parser.error(f"--json={options.json}: there is no such folder")
    return run_all(names, options)


def choose(only, quick):
    """The names of the cases to run."""
    if only:
        return [name for name in cases.CASES if name.startswith(tuple(only))]
    return [name for name in cases.CASES if not (quick and name in cases.SLOW)]


def run_case(name, quick):
    """In the child: print its rows as the last line."""
    rows = cases.CASES[name](quick)
    print(json.dumps({"rows": rows, "peak_bytes": measuring.peak_bytes()}))
    return 0


def run_all(names, options):
    from tqdm import tqdm

    report = {"machine": describe_machine(), "quick": options.quick, "rows": []}
    for key, value in report["machine"].items():
        print(f"{key:12} {value}")
    print(f"\n{HEADER}\n{'-' * len(HEADER)}")
    failed = []
    with tqdm(names, unit="case", file=sys.stderr, leave=False) as progress:
        for name in progress:
            progress.set_postfix_str(name)
            found = measure(name, options.quick)
            if found is None:
                failed.append(name)
                continue
            for values in found["rows"]:
                values |= {"case": name, "peak_bytes": found["peak_bytes"]}
                report["rows"].append(values)
                tqdm.write(format_row(values), file=sys.stdout)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1) + "\n")
    if failed:
        print(f"error: failed, see above: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def measure(name, quick):
    """Run a case in a process of its own; None where it fails, after showing why."""
    command = [sys.executable, __file__, f"--case={name}", *(["--quick"] if quick else [])]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    if run.returncode:
        print(f"{name}:\n{run.stderr[-3000:]}", file=sys.stderr)
        return None
    return json.loads(run.stdout.splitlines()[-1])


HEADER = f"{'what':46} {'time':>9} {'units':>7} {'arithm.':>8} {'ratio':>7} {'peak':>8}  target"


def format_row(values):
    """One line of the table."""
    if "share" in values:
        time_or_speed = f"{100 * values['share']:.2f} %"
    elif "per_second" in values:
        speed = values["per_second"]
        time_or_speed = f"{speed:.0f} /s" if speed > 100 else f"{speed:.2f} /s"
    elif values["seconds"] < 1:
        time_or_speed = f"{1000 * values['seconds']:.1f} ms"
    else:
        time_or_speed = f"{values['seconds']:.2f} s"
    units = f"{values['units']:.1f}" if "units" in values else ""
    arithmetic = f"{values['arithmetic']:.2f}" if "arithmetic" in values else ""
    times = f"{values['times']:.1f}x" if "times" in values else ""
    peak = "" if "elsewhere" in values else f"{values['peak_bytes'] / 1e9:.2f} GB"
    return (
        f"{values['what']:46} {time_or_speed:>9} {units:>7} {arithmetic:>8} {times:>7} {peak:>8}  "
        f"{values.get('target') or ''}"
    ).rstrip()


def describe_machine():
    """What the figures were taken on, and its unit in both precisions."""
    from importlib.metadata import version

    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from benchmarks import measuring; "
        "from inpaint_tf import runtime; runtime.configure('auto', 'float32'); "
        "print(json.dumps([1000 * measuring.unit_seconds(t) for t in ('float32', 'bfloat16')]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    float32, bfloat16 = json.loads(run.stdout.splitlines()[-1])
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "versions": ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras")),
        "unit": f"{float32:.2f} ms in float32, {bfloat16:.2f} ms in bfloat16",
    }


def processor():
    """The processor's name, and which bfloat16 instructions it has."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    extra = [
        name for name in ("amx_bf16", "avx512_bf16") if name in fields.get("flags", "").split()
    ]
    return " with ".join([fields.get("model name", platform.machine()), *extra])


if __name__ == "__main__":
    sys.exit(main())
