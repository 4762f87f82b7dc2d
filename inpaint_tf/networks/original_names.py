"""The variables of the published TensorFlow 1 graph, by the names they have there."""


def variables_by_original_name(generator, local_critic, global_critic):
    """{original variable name: `keras.Variable`} for all 104 variables of the three networks."""
    networks = {
        "inpaint_net": generator,
        "discriminator/discriminator_local": local_critic,
        "discriminator/discriminator_global": global_critic,
    }
    return {
        _original_name(scope, *variable.path.split("/")[-2:]): variable
        for scope, network in networks.items()
        for variable in network.trainable_variables
    }


def _original_name(scope, layer, kind):
    if layer.endswith("_upsample_conv"):  # a scope of its own around upsampling and convolution
        return f"{scope}/{layer.removesuffix('_conv')}/{layer}/{kind}"
    if layer.startswith("dout_"):  # the last layers stand outside the critics' scopes
        return f"discriminator/{layer}/{kind}"
    return f"{scope}/{layer}/{kind}"
