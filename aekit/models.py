"""Builders: each puts an encoder and a decoder together and returns an `Autoencoder`.

Images have their channels last, whatever Keras is set to.
"""

import math
from collections.abc import Iterable

import keras
from keras import layers

from aekit import _checks
from aekit._layers import PASSIVE, POINTWISE
from aekit.autoencoder import Autoencoder

__all__ = ["linear_autoencoder", "dense_autoencoder", "conv_autoencoder", "TiedDecoder"]

_CHANNELS_LAST = {"data_format": "channels_last"}


def linear_autoencoder(input_shape, code_dim, *, tied=False, name="linear_autoencoder"):
    """One linear layer down, one linear layer up: `x^ = V (W x + b) + c`.

    Trained on the squared error it reaches the error of PCA with `code_dim` components, and
    its decoder spans their subspace, though its code need not be the components themselves.

    Args:
        input_shape: number of inputs, or the shape of one input, such as `(28, 28, 1)`.
        code_dim: number of code units.
        tied: use the transposed encoder weights in the decoder, V = W'.
        name: name of the model.

    Returns:
        `Autoencoder` with codes `(batch, code_dim)`.

    Raises:
        ValueError: a size that is not a positive integer.

    Example:

        autoencoder = linear_autoencoder(784, code_dim=30)
        autoencoder.compile(optimizer="adam", loss="mse")
        autoencoder.fit(x - x.mean(axis=0), x - x.mean(axis=0), epochs=20)

    Reference: Baldi and Hornik, Neural Networks and Principal Component Analysis (1989).
    """
    return dense_autoencoder(
        input_shape,
        code_dim,
        code_activation="linear",
        output_activation="linear",
        tied=tied,
        name=name,
    )


def dense_autoencoder(
    input_shape,
    code_dim,
    hidden=(),
    *,
    hidden_activation="relu",
    code_activation="sigmoid",
    output_activation="sigmoid",
    tied=False,
    corruption=None,
    penalty=None,
    name="dense_autoencoder",
):
    """Fully connected layers down to the code, and the same widths back up.

    With one layer: `h = s(W x + b)`, `x^ = s'(V h + c)`. The code may be narrower than the input
    (undercomplete) or wider (overcomplete).

    Args:
        input_shape: number of inputs, or the shape of one input, such as `(28, 28, 1)`, which
            is then flattened and restored.
        code_dim: number of code units.
        hidden: widths between input and code, from the input's side: `(1000, 500, 250)` with
            `code_dim=30` is Hinton and Salakhutdinov's 784-1000-500-250-30.
        hidden_activation: activation of the `hidden` layers, on both sides; as the other two, a
            name that Keras knows or a function.
        code_activation: activation of the code; "sigmoid" keeps it in [0, 1].
        output_activation: "sigmoid" for pixels in [0, 1], "linear" for unbounded inputs.
        tied: the decoder uses the encoder's weights, transposed, and owns its biases only.
        corruption, penalty: the other two slots of `Autoencoder`.
        name: name of the model.

    Returns:
        `Autoencoder` with codes `(batch, code_dim)`.

    Raises:
        ValueError: a width or size that is not a positive integer, `hidden` that is no sequence,
            or an unknown activation.

    Example:

        autoencoder = dense_autoencoder(784, code_dim=32)
        deep = dense_autoencoder(784, code_dim=30, hidden=(1000, 500, 250))

    Reference: Hinton and Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks
    (2006), figure 1.
    """
    shape = _input_shape(input_shape)
    code_dim = _checks.count("code_dim", code_dim)
    hidden = _sizes("hidden", hidden)
    _check_activations(
        hidden_activation=hidden_activation,
        code_activation=code_activation,
        output_activation=output_activation,
    )
    encoder = keras.Sequential([keras.Input(shape, name="image")], name="encoder")
    if len(shape) > 1:
        encoder.add(layers.Flatten(**_CHANNELS_LAST, name="pixels"))
    for depth, width in enumerate(hidden, start=1):
        encoder.add(layers.Dense(width, activation=hidden_activation, name=f"hidden_{depth}"))
    encoder.add(layers.Dense(code_dim, activation=code_activation, name="code"))
    if tied:
        decoder = TiedDecoder(encoder, hidden_activation, output_activation, name="decoder")
    else:
        decoder = keras.Sequential([keras.Input((code_dim,), name="code")], name="decoder")
        for depth, width in reversed(list(enumerate(hidden, start=1))):
            decoder.add(layers.Dense(width, activation=hidden_activation, name=f"hidden_{depth}"))
        decoder.add(
            layers.Dense(math.prod(shape), activation=output_activation, name="reconstruction")
        )
        if len(shape) > 1:
            decoder.add(layers.Reshape(shape, name="image"))
    return Autoencoder(encoder, decoder, corruption=corruption, penalty=penalty, name=name)


def conv_autoencoder(
    input_shape=(28, 28, 1),
    filters=(16, 8, 8),
    *,
    kernel=3,
    downsampling="pooling",
    activation="relu",
    code_activation="relu",
    output_activation="sigmoid",
    corruption=None,
    penalty=None,
    name="conv_autoencoder",
):
    """Convolutions that halve the image at every layer, and the same back up.

    The lecture's: normalised inputs, relu on every convolution but the last, which is a sigmoid.
    A side that is odd is rounded up on the way down and cropped on the way up: 28, 14, 7, 4.

    Args:
        input_shape: `(height, width, channels)`: 1 for grey, 3 for colour.
        filters: feature maps of each layer, from the input's side; the last are the code's.
        kernel: side of the square kernels, in pixels.
        downsampling: "pooling": max pooling down and nearest-neighbour upsampling up; "strides":
            convolutions with stride 2, and transposed ones.
        activation: of every convolution but the code's and the last.
        code_activation: of the code's; "sigmoid" for a `KLSparsity` penalty.
        output_activation: of the last, which gives back `channels` maps.
        corruption, penalty: the other two slots of `Autoencoder`.
        name: name of the model.

    Returns:
        `Autoencoder` with codes `(batch, rows, columns, filters[-1])`.

    Raises:
        ValueError: a size that is not a positive integer, `filters` that is no sequence or an
            empty one, an unknown `downsampling` or activation, or channels in front.

    Example:

        autoencoder = conv_autoencoder((28, 28, 1))
        colour = conv_autoencoder((64, 64, 3), filters=(32, 16), downsampling="strides")

    Reference: Masci et al., Stacked Convolutional Auto-Encoders (2011).
    """
    shape = _input_shape(input_shape)
    if len(shape) != 3:
        raise ValueError(
            f"`input_shape` must be (height, width, channels). Received: {input_shape!r}"
        )
    if keras.config.image_data_format() == "channels_first" and shape[0] < min(shape[1:]):
        raise ValueError(
            "`input_shape` must be (height, width, channels), though "
            f"keras.config.image_data_format() is 'channels_first'. Received: {input_shape!r}"
        )
    filters = _sizes("filters", filters)
    if not filters:
        raise ValueError("`filters` must hold at least one number. Received: ()")
    kernel = _checks.count("kernel", kernel)
    pooling = _checks.one_of("downsampling", downsampling, ("pooling", "strides")) == "pooling"
    _check_activations(
        activation=activation, code_activation=code_activation, output_activation=output_activation
    )
    activations = [activation] * (len(filters) - 1) + [code_activation]
    encoder = _conv_encoder(shape, filters, kernel, pooling, activations)
    decoder = _conv_decoder(encoder, filters, kernel, pooling, activation, output_activation)
    return Autoencoder(encoder, decoder, corruption=corruption, penalty=penalty, name=name)


def _conv_encoder(shape, filters, kernel, pooling, activations):
    """Each layer halves the image, by max pooling or by a stride of 2, and rounds up."""
    encoder = keras.Sequential([keras.Input(shape, name="image")], name="encoder")
    for depth, (maps, activation) in enumerate(zip(filters, activations, strict=True), start=1):
        last = depth == len(filters)
        conv = layers.Conv2D(
            maps,
            kernel,
            strides=1 if pooling else 2,
            padding="same",
            activation=activation,
            name="code" if last and not pooling else f"conv_{depth}",
            **_CHANNELS_LAST,
        )
        encoder.add(conv)
        if pooling:
            name = "code" if last else f"pool_{depth}"
            encoder.add(layers.MaxPooling2D(2, padding="same", name=name, **_CHANNELS_LAST))
    return encoder


def _conv_decoder(encoder, filters, kernel, pooling, activation, output_activation):
    """Each layer doubles the image, and cuts off what the encoder's rounding has added."""
    rows, columns, channels = encoder.input_shape[1:]
    decoder = keras.Sequential([keras.Input(encoder.output_shape[1:], name="code")], name="decoder")
    for depth in range(len(filters), 0, -1):
        name = f"conv_{depth}"
        shared = {"padding": "same", "activation": activation} | _CHANNELS_LAST
        if pooling:
            decoder.add(layers.Conv2D(filters[depth - 1], kernel, name=name, **shared))
            decoder.add(layers.UpSampling2D(2, name=f"up_{depth}", **_CHANNELS_LAST))
        else:
            conv = layers.Conv2DTranspose(filters[depth - 1], kernel, 2, name=name, **shared)
            decoder.add(conv)
        wanted = [math.ceil(side / 2 ** (depth - 1)) for side in (rows, columns)]
        crop = [now - side for now, side in zip(decoder.output_shape[1:3], wanted, strict=True)]
        if any(crop):
            crop = [(0, extra) for extra in crop]
            decoder.add(layers.Cropping2D(crop, name=f"crop_{depth}", **_CHANNELS_LAST))
    shared = {"padding": "same", "activation": output_activation} | _CHANNELS_LAST
    decoder.add(layers.Conv2D(channels, kernel, name="reconstruction", **shared))
    return decoder


@keras.saving.register_keras_serializable(package="aekit")
class TiedDecoder(keras.Model):
    """Runs a dense encoder backwards with its own weights: `x^ = s'(W' h + c)`, layer by layer.

    Owns the biases c only; the kernels W are the encoder's, so that both train as one.

    Args:
        encoder: built `keras.Sequential` of `Dense` layers, after an optional `Flatten`. Layers of
            activations, and those that act in training only, as `Dropout` does, are left out.
        hidden_activation: activation of all layers but the last.
        output_activation: activation of the last layer.
        **kwargs: `name`, `dtype` and `trainable` of a `keras.Model`.

    Takes codes `(batch, code_dim)`, and gives back the encoder's input, `(batch, *input_shape)`.

    Raises:
        ValueError: an encoder without a dense layer, or with one that cannot be run backwards,
            such as a batch normalisation or a convolution.

    Example:

        autoencoder = Autoencoder(encoder, TiedDecoder(encoder, output_activation="linear"))

    Reference: Vincent et al., Stacked Denoising Autoencoders (2010), section 2.2 (tied weights).
    """

    def __init__(self, encoder, hidden_activation="relu", output_activation="sigmoid", **kwargs):
        super().__init__(**kwargs)
        _check_reversible(encoder)
        self.encoder = encoder
        self.hidden_activation = keras.activations.get(hidden_activation)
        self.output_activation = keras.activations.get(output_activation)
        self.build((None, *encoder.output_shape[1:]))

    @property
    def input_shape(self):
        return self.encoder.output_shape

    @property
    def output_shape(self):
        return self.encoder.input_shape

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.encoder.input_shape[1:])

    def build(self, input_shape):
        if self.built:
            return
        self.biases = [
            self.add_weight(shape=(layer.kernel.shape[0],), initializer="zeros", name=f"bias_{i}")
            for i, layer in enumerate(reversed(self._dense_layers()))
        ]
        self.built = True

    def call(self, code):
        x = code
        kernels = [layer.kernel for layer in reversed(self._dense_layers())]
        for kernel, bias in zip(kernels, self.biases, strict=True):
            last = bias is self.biases[-1]
            activation = self.output_activation if last else self.hidden_activation
            x = activation(keras.ops.matmul(x, keras.ops.transpose(kernel)) + bias)
        return keras.ops.reshape(x, (-1, *self.encoder.input_shape[1:]))

    def count_params(self):
        """Of its own weights, the biases: the kernels are counted with the encoder."""
        return sum(math.prod(bias.shape) for bias in self.biases)

    def tied_to(self, encoder):
        """A decoder of the same class and arguments for `encoder`."""
        activations = {
            "hidden_activation": self.hidden_activation,
            "output_activation": self.output_activation,
        }
        return type(self)(**(self.get_config() | activations | {"encoder": encoder}))

    def get_config(self):
        return super().get_config() | {
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "hidden_activation": keras.activations.serialize(self.hidden_activation),
            "output_activation": keras.activations.serialize(self.output_activation),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        encoder = keras.saving.deserialize_keras_object(
            config["encoder"], custom_objects=custom_objects
        )
        return cls(**(config | {"encoder": encoder}))

    def _dense_layers(self):
        return [layer for layer in self.encoder.layers if isinstance(layer, layers.Dense)]


def _check_reversible(encoder):
    """The encoder is a stack of dense layers, or a ValueError that names what else is in it."""
    first = layers.InputLayer | layers.Flatten | layers.Reshape
    dense, other = 0, None
    for layer in getattr(encoder, "layers", ()):
        dense += isinstance(layer, layers.Dense)
        in_place = isinstance(layer, (layers.Dense, *POINTWISE, *PASSIVE))
        if not in_place and (dense or not isinstance(layer, first)):
            other = other or repr(layer.name)
    if other or not dense:
        raise ValueError(
            "`encoder` must be a Sequential of dense layers, after an optional Flatten, to be tied "
            f"to. Received: encoder {encoder.name!r} with {other or 'no dense layer'}"
        )


def _input_shape(input_shape):
    """`input_shape` as a tuple of positive integers."""
    sizes = input_shape if isinstance(input_shape, tuple | list) else (input_shape,)
    if not sizes:
        raise ValueError(f"`input_shape` must not be empty. Received: {input_shape!r}")
    return tuple(_checks.count("input_shape", size) for size in sizes)


def _sizes(name, sizes):
    """`sizes` as a list of positive integers."""
    if isinstance(sizes, str) or not isinstance(sizes, Iterable):
        raise ValueError(
            f"`{name}` must be a sequence of integers of at least 1, such as (128,). "
            f"Received: {name}={sizes!r}"
        )
    return [_checks.count(name, size) for size in sizes]


def _check_activations(**given):
    """Each is a name that Keras knows, a function or a layer, or a ValueError says which is not."""
    for name, activation in given.items():
        try:
            keras.activations.get(activation)
        except ValueError:
            raise ValueError(
                f"`{name}` must be the name of an activation of Keras, or a function. "
                f"Received: {name}={activation!r}"
            ) from None
