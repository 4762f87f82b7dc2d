"""Opens a page on which you draw over a photo and have it filled: `inpaint-tf web`.

The page is for this machine alone, and loads nothing from other hosts. Photos stay in a temporary
folder, which goes when the command ends (Ctrl-C).
"""

import signal
import sys
import threading

from absl import flags

from inpaint_tf.commands.parsing.flags import define_compute_flags
from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.errors import UserError
from inpaint_tf.weights import locate


def define_flags():
    """Define the flags of this command; not at import, for other commands have some of them too."""
    flags.DEFINE_string(
        "host",
        "127.0.0.1",
        "Address to serve the page at. 0.0.0.0 lets everybody in your network use it: there is no "
        "password.",
    )
    flags.DEFINE_integer("port", 7860, "Port; 0: any free one.", lower_bound=0, upper_bound=65535)
    flags.DEFINE_list(
        "weights", [locate.DEFAULT], f"Networks to choose from, with commas: {locate.ACCEPTED}."
    )
    flags.DEFINE_float("megapixels", 40.0, "The largest photo that is taken.", lower_bound=0.1)
    flags.DEFINE_float("megabytes", 60.0, "The largest file that is taken.", lower_bound=0.1)
    flags.DEFINE_bool("open", True, "Open the page in the browser.")
    define_compute_flags("float32")


def main(argv):
    """Serve the page until Ctrl-C."""
    del argv
    args = flags.FLAGS
    server = build_server(args)
    host, port = server.server_address[:2]
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{'localhost' if host in ('0.0.0.0', '::') else shown}:{port}/"
    print(f"The page is at {address} (Ctrl-C ends it)", flush=True)
    if not server.only_here:
        print("Everybody who reaches this machine can use it.", file=sys.stderr)
    signal.signal(signal.SIGTERM, _end)  # the photos must not stay behind
    threading.Thread(target=server.studio.warm_up, daemon=True).start()
    if args.open:
        import webbrowser

        webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("ended")
    finally:
        server.studio.close()
        server.server_close()


def _end(*_):
    raise KeyboardInterrupt


def build_server(args):
    """The `Server` that `args` describes, an object with an attribute for each flag."""
    names = [name.strip() for name in args.weights if name.strip()]
    if not names:
        raise UserError("--weights is empty; name one, or leave the flag out")
    for name in names:
        locate.find_weights(name)
    from inpaint_tf.inference.inpainter import Inpainter
    from inpaint_tf.inference.web.server import Server
    from inpaint_tf.inference.web.studio import Limits, Studio
    from inpaint_tf.masks import face_shapes

    def load(name):
        inpainter = Inpainter.load(name, device=args.device, precision=args.precision)
        return inpainter.complete_photo

    studio = Studio(
        load,
        names,
        find_landmarks,
        face_shapes.SHAPES,
        face_shapes.draw,
        Limits(args.megapixels, args.megabytes),
    )
    try:
        return Server(args.host, args.port, studio)
    except (OSError, OverflowError) as error:
        raise UserError(
            f"--host={args.host} --port={args.port} cannot be had ({error}); try another --port"
        ) from None


def find_landmarks(image):
    """Landmarks (68, 2) of each face in an image."""
    from inpaint_tf.inference.photos.faces import find_faces

    return [face.landmarks for face in find_faces(image)]


def cli():
    """Entry point of the command."""
    define_flags()
    run_command(main)


if __name__ == "__main__":
    cli()
