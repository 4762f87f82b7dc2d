"""Train the generator and its critics: `python train.py --config=... --workdir=...`.

Running the same command again continues the run, from its latest checkpoint to the same weights.
"""

from absl import flags

from inpaint_tf.commands.parsing.flags import define_compute_flags
from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.engines import hosts
from inpaint_tf.errors import UserError
from inpaint_tf.training.check_config import check_config
from inpaint_tf.training.run import train


def main(argv):
    """Run the command; returns the exit status."""
    del argv
    args = flags.FLAGS
    check_config(args.config)
    if args.dry_run:
        return dry_run(args)
    if not args.workdir:
        raise UserError("no folder for the run; pass --workdir=logs/NAME")
    result = train(
        args.config,
        args.workdir,
        device=args.device,
        precision=args.precision,
        data_on_device=args.data_on_device,
        data_parallel=args.data_parallel,
        change_settings=args.change_settings,
        coordinator=args.coordinator,
        processes=args.processes,
        process=args.process,
    )
    status = 0 if result.finished else 128 + result.stopped_by  # as shells count it: 130 for Ctrl-C
    if not hosts.first():
        return status
    if not result.finished:
        print(f"stopped at step {result.step} and saved; the same command goes on")
        return status
    if result.begun_at == result.steps:
        print(
            f"nothing was left to do: all {result.steps:,} steps were done before; to go on for "
            f"longer, raise --config.train.steps, now {args.config.train.steps}"
        )
    else:
        print(f"finished {result.steps:,} steps; weights: {result.checkpoint}")
    print(
        f"test: python test.py --images={result.held_out or 'DIR'} --masks=center "
        f"--weights={args.workdir} --output=DIR"
    )
    return 0


def dry_run(args):
    """Open the data, build the networks and show what a run would do, without running it."""
    from inpaint_tf.commands.parsing.settings_help import described
    from inpaint_tf.training import build_from_config
    from inpaint_tf.training.records.first_lines import NO_VALIDATION
    from inpaint_tf.training.records.first_warnings import first_warnings
    from inpaint_tf.training.run import resolve
    from inpaint_tf.training.run_folder import look_at_run

    config, reached = args.config, 0
    sources = build_from_config.open_sources(config)
    resolved = resolve(config, *sources, args.device, args.precision, args.data_parallel)
    if args.workdir:
        start = look_at_run(args.workdir, config, change_settings=args.change_settings, **resolved)
        reached = start.reached
    print("\n".join(described(config)))
    print(f"training pictures: {len(sources[0])}")
    print(f"validation pictures: {len(sources[1]) if sources[1] else 0}")
    if sources[1] is None:
        print(NO_VALIDATION)
    for line in first_warnings(config, *sources):
        print(f"warning: {line}")
    trainer = build_from_config.build_trainer(config)
    for network in (trainer.generator, *trainer.critics.networks.values()):
        print(f"{network.name}: {network.count_params():,} parameters")
    if reached:
        print(f"{args.workdir} holds this run: it would go on at step {reached:,}")
        for name, (before, now) in start.otherwise.items():
            print(f"  with {name} = {now!r}, so far {before!r}")
    for phase, first, end in build_from_config.build_schedule(config).stretches(reached):
        print(f"{phase}: {end - first} iterations{' more' if reached else ''}")
    return 0


def define_flags():
    from inpaint_tf.commands.parsing.config_flag import define_config_flag

    define_config_flag()
    flags.DEFINE_string("workdir", None, "the run's folder, for example logs/my_run")
    flags.DEFINE_bool("dry_run", False, "check config and data, show them, and stop")
    flags.DEFINE_bool(
        "data_on_device",
        False,
        "Keep all training pictures, a packed cache, in the device's memory and draw the batches "
        "there: the host only says which.",
    )
    flags.DEFINE_bool(
        "change_settings",
        False,
        "Go on with other losses, rates, holes or pictures than the run had so far. "
        "environment.json in its folder tells what changed at which step.",
    )
    flags.DEFINE_string(
        "data_parallel",
        "auto",
        "How many devices, such as GPUs, of each process share each batch. auto: all, as far as "
        "they divide the batch.",
    )
    flags.DEFINE_string(
        "processes",
        None,
        "How many processes, on one host or many, train this run together; needs JAX. auto: what "
        "JAX finds of SLURM, Open MPI or Kubernetes. Default: JAX_NUM_PROCESSES, or 1.",
    )
    flags.DEFINE_string("process", None, "This one's number, from 0 on. Default: JAX_PROCESS_ID.")
    flags.DEFINE_string(
        "coordinator",
        None,
        "HOST:PORT of the first of them, a port that is free. Default: JAX_COORDINATOR_ADDRESS.",
    )
    define_compute_flags("auto")


def cli():
    define_flags()
    from inpaint_tf.commands.parsing.config_flag import check_config_given
    from inpaint_tf.commands.parsing.settings_help import settings_help

    run_command(main, check_config_given, settings_help)


if __name__ == "__main__":
    cli()
