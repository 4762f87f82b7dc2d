"""Every setting of a training run, with the values of the 2018 code.

The files under configs/ change only what differs. Any field can be set on the command line:
`--config.data.batch_size=8`. Lengths are in pixels, steps are iterations.

What stands behind a field, and on comment lines right below it, is what `train.py --help` says of
it (`commands.parsing.settings_help`).
"""

from ml_collections import ConfigDict


def default_config() -> ConfigDict:
    """All settings, as a locked `ConfigDict`: fields that are not here are rejected."""
    config = ConfigDict()

    config.data = ConfigDict()
    config.data.train = ""  # folder, glob, list, TFRecord shards, tfds:NAME or packed .npy
    config.data.validation = ""  # the same; empty: hold out `test_count` pictures of `train`
    config.data.test_count = 0  # pictures held out by a stable hash of the file name
    config.data.size = 256  # side of the square pictures trained on
    config.data.batch_size = 16  # pictures in a batch
    config.data.crop = "center"  # "center" or "random": the square cut from other pictures
    # "part": 8 to 100 % of the area of any picture, in a shape of 3:4 to 4:3 that becomes square
    config.data.jitter = 0.0  # how far brightness, contrast, saturation and hue may change
    config.data.flip = False  # mirror training pictures at random

    config.masks = ConfigDict()
    config.masks.kind = "random_box"  # where holes are
    config.masks.size = 128  # side of the hole's box, and of the local critic's input
    config.masks.max_shrink = 16  # most that a random box loses on each side, per axis
    config.masks.per_image = False  # one hole for each image instead of one for the batch
    config.masks.pictures = ""  # folder of mask pictures, white = hole, for kinds that show them
    config.masks.invert = False  # black = hole in the mask pictures
    config.masks.fill = "grey"  # colour of the covered hole: "grey" or "white"

    config.generator = ConfigDict()
    config.generator.kind = "contextual_attention"  # which networks complete
    config.generator.width = 32  # channels of the first layer; the others follow
    config.generator.weights = ""  # initial ones: a run's folder or a *.weights.h5; empty: random
    config.generator.freeze_encoder = False  # for fine-tuning, of kind "partial_convolution": the
    # encoder's batch normalisations keep their statistics and use them in training too; their scale
    # and shift train on
    config.critics = ConfigDict()
    config.critics.kind = "wgan_gp"  # which networks judge
    config.critics.width = 64  # channels of their first layers; the others follow
    config.critics.eyes = False  # projected critics also see the eyes of portraits by themselves
    config.critics.face = False  # and their faces, through a network of face landmarks

    config.losses = ConfigDict()
    config.losses.l1 = 1.2  # weight of the spatially discounted L1 over the hole's box
    config.losses.coarse = 1.2  # weight of the coarse stage in both reconstruction terms
    config.losses.ae = 1.2  # weight of the L1 over the known pixels

    # In neither paper are:
    config.losses.hole = 0.0  # weight of the L1 over the hole's own pixels
    config.losses.ring = 0.0  # weight of the L1 over the known pixels up to 8 beside the hole
    config.losses.ssim = 0.0  # weight of 1 - SSIM of the composite over the hole's box
    config.losses.features = 0.0  # weight of the distance of the critics' frozen features
    config.losses.parts = 0.0  # weight of that of portraits' eyes, noses and mouths, enlarged
    config.losses.face = 0.0  # weight of the distance of a face network's features and landmarks
    config.losses.matching = 0.0  # weight of feature matching beside projected critics' scores

    # Liu et al., ECCV 2018 (partial convolutions), and Zeng et al., TVCG 2022 (AOT-GAN):
    config.losses.known_mean = 0.0  # weight of the L1 over known pixels, a mean over all pixels
    config.losses.hole_mean = 0.0  # weight of the L1 over the hole's pixels, a mean over all pixels
    config.losses.variation = 0.0  # weight of the total variation in the hole and a pixel around
    config.losses.perceptual = 0.0  # weight of the L1 of a frozen network's features
    config.losses.style = 0.0  # weight of the L1 of their Gram matrices
    config.losses.feature_form = "partial_convolution"  # or "aot": whose form both terms have
    config.losses.vgg = ""  # torchvision's file of VGG16 or VGG19 for both terms, as the papers do;
    # "aot" needs VGG19. empty: EfficientNet-Lite0's features (the extra `projected`), for which
    # nobody published weights of these terms

    config.losses.adversarial = 0.001  # weight of the critics in the generator's loss; for balanced
    # kinds, the norm of their gradient as a share of the reconstruction's
    config.losses.penalty = 10.0  # weight of the gradient penalties
    config.losses.discount = 0.9  # base of the spatial discount

    config.optimizer = ConfigDict()  # the same settings for generator and critics, but for its kind
    config.optimizer.kind = "adam"  # of the generator's: "adam" or "muon"; the critics have Adam
    config.optimizer.learning_rate = 1e-4  # before Algorithm 1
    config.optimizer.beta_1 = 0.5  # Adam's decay of the mean of gradients, and Muon's momentum
    config.optimizer.beta_2 = 0.9  # Adam's decay of the mean of their squares
    config.optimizer.epsilon = 1e-8  # of Adam; TensorFlow 1's default, as the 2018 code used it
    config.optimizer.adversarial_learning_rate = 1e-4  # in Algorithm 1, for all networks
    config.optimizer.critics_learning_rate = 0.0  # there, for the critics; 0: the same
    config.optimizer.schedule = "constant"  # or "cosine": falls to zero in each phase; a run that
    # goes on for longer follows the longer cosine from where it is: after an end the rate rises

    config.train = ConfigDict()
    config.train.coarse_steps = 0  # first: iterations of the coarse network alone
    config.train.reconstruction_steps = 0  # then: iterations of the generator without critics
    config.train.steps = 1_000_000  # then: iterations of Algorithm 1
    config.train.critic_updates = 5  # in each iteration of Algorithm 1
    config.train.shared_pictures = False  # of both updates, where there is one of the critics: the
    # generator completes them once, a sixth of the time; Algorithm 1 has fresh ones for each
    config.train.average_decay = 0.0  # of the moving average of the generator's weights; 0: none
    config.train.log_every = 20  # steps between two rows of metrics.csv and TensorBoard
    config.train.checkpoint_every = 2000  # steps; Ctrl-C and the end save as well
    config.train.keep_checkpoints = 3  # the latest ones; the best generator is kept as well
    config.train.validate_every = 2000  # steps
    config.train.validation_count = 200  # pictures scored each time
    config.train.validation_masks = "center"  # kind of hole in validation pictures
    config.train.validation_recognition = False  # score faces by dlib too: the extra `recognition`
    config.train.picture_rows = 6  # validation pictures drawn in TensorBoard
    config.train.histograms = False  # of the weights, and norms of the gradients, in TensorBoard
    config.train.seed = 0  # of everything random: holes, order of pictures, first weights

    return config.lock()
