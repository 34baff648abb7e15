"""What `fit`, `evaluate`, `encode` and their sisters take, and what they refuse by name.

Arrays are NumPy's, the backend's tensors and data frames; they are checked whole. Of data sets
(`tf.data`, `keras.utils.PyDataset`, PyTorch's loaders, generators) the first `LOOK` batches are
checked; those of a generator, which can be read once only, are held for the training, and are as
many as `HELD` bytes take. All is checked before any weight moves.
"""

import itertools

import keras
import numpy as np

from aekit import _checks, _layers

LOOK, HELD = 100, 64 * 2**20
# Losses, as classes or functions: those that read the target, and but for logits the output too,
# as probabilities; and those of which the difference of both is all that counts.
CROSS_ENTROPIES = (
    "binarycrossentropy", "binaryfocalcrossentropy",
    "categoricalcrossentropy", "categoricalfocalcrossentropy",
)  # fmt: skip
DIFFERENCES = ("meansquarederror", "meanabsoluteerror", "huber", "logcosh")
PAIRS = "an autoencoder is trained with fit(x, x), or on a data set of pairs (x, x)"


def is_array(data):
    """NumPy's, a data frame, or a tensor of any library: a data set need not be the backend's."""
    return keras.ops.is_tensor(data) or hasattr(data, "__array__")


def as_array(name, data):
    """`data` as NumPy numbers, or a ValueError that names it."""
    array = keras.ops.convert_to_numpy(data) if keras.ops.is_tensor(data) else np.asarray(data)
    if array.dtype.kind not in "biuf" and str(array.dtype) != "bfloat16":
        raise ValueError(f"`{name}` must hold real numbers. Received: dtype {array.dtype}")
    return array


def can_be_read_again(data):
    """Whether it is an array or a data set that ends, and no generator."""
    if isinstance(data, keras.utils.PyDataset):
        return _length(data) is not None
    if hasattr(data, "cardinality"):  # of tf.data; -1 is for one without end
        return int(data.cardinality()) != -1
    is_set = hasattr(data, "__iter__") and not isinstance(data, str | dict | tuple | list)
    return is_array(data) or (is_set and not hasattr(data, "__next__"))


def check(model, x, y):
    """Refuse what `model` cannot learn from; returns `x`, a generator with what was held of it.

    Raises:
        ValueError: names `x` or `y`, what is allowed, and what was received.
    """
    reach = _layers.output_range(model.decoder)
    if is_array(x):
        _check_pair(model, x, y, reach)
    elif isinstance(x, str | dict | tuple | list) or not _is_stream(x):
        raise ValueError(
            "`x` must be an array of images, or a data set of pairs (x, x). "
            f"Received: {type(x).__name__}"
        )
    else:
        held = []
        for batch in itertools.islice(_stream(x), LOOK):
            _check_batch(model, batch, reach)
            if hasattr(x, "__next__"):
                held.append(batch)
                if sum(_bytes(batch) for batch in held) > HELD:
                    break
        if held:
            return _chained(held, x)
    return x


def check_validation(model, data):
    """`check` of `validation_data`, by that name; returns it as it may be handed on."""
    try:
        if isinstance(data, tuple | list):
            check(model, *keras.utils.unpack_x_y_sample_weight(tuple(data))[:2])
            return data
        return check(model, data, None)
    except ValueError as error:
        raise ValueError(f"`validation_data`: {error}") from None


def batches(name, data, batch_size):
    """Examples `(n, ...)` of arrays, lists or data sets as NumPy batches, without targets."""
    if batch_size is not None:
        batch_size = _checks.count("batch_size", batch_size)
    if is_array(data) or isinstance(data, list):
        array = as_array(name, data)
        step = batch_size or max(1, len(array))
        for start in range(0, max(1, len(array)), step):
            yield array[start : start + step]
        return
    if not _is_stream(data):
        raise ValueError(f"`{name}` must be an array or a data set. Received: {data!r}")
    for batch in _stream(data):
        batch = as_array(name, keras.utils.unpack_x_y_sample_weight(batch)[0])
        _checks.images(name, batch)
        yield batch


def _is_stream(data):
    return isinstance(data, keras.utils.PyDataset) or hasattr(data, "__iter__")


def _stream(data):
    """The batches of a data set, one after another."""
    if not isinstance(data, keras.utils.PyDataset):
        return iter(data)
    length = _length(data)
    return (data[i] for i in (itertools.count() if length is None else range(length)))


def _length(data):
    """The number of a PyDataset's batches, None where it has no end."""
    length = data.num_batches
    return None if length is None or length == float("inf") else length


def _check_batch(model, batch, reach):
    parts = tuple(batch) if isinstance(batch, list) else batch  # PyTorch's loaders give lists
    x, y, _ = keras.utils.unpack_x_y_sample_weight(parts)
    if is_array(x):  # and not one for each replica
        _check_pair(model, x, y, reach)


def _bytes(batch):
    return sum(getattr(part, "nbytes", 0) for part in keras.tree.flatten(batch))


def _chained(first, rest):  # a generator itself: Keras takes no itertools.chain for one
    yield from first
    yield from rest


def _check_pair(model, x, y, reach):
    """What one step learns from: inputs of the encoder's shape, and targets within `reach`."""
    if y is None:
        raise ValueError(
            f"`y` must be what to reconstruct: {PAIRS}. Received: `x` without a target, y=None"
        )
    shape = model.input_shape[1:] if model.built else None
    losses = losses_of(model)
    ends = _checks.images("x", as_array("x", x), shape)
    if hasattr(model.corruption, "check_data"):
        model.corruption.check_data(*ends)
    if y is not x:
        if not is_array(y):
            return
        may_have_gaps = any(map(_is_users_own, losses))
        ends = _checks.images("y", as_array("y", y), shape, finite=not may_have_gaps)
    for loss in losses:
        _check_target(loss, ends, reach)


def losses_of(model):
    """The losses that the model was compiled with, as Keras' own objects where they are."""
    loss = getattr(model, "loss", None)
    given = loss.values() if isinstance(loss, dict) else loss
    given = given if isinstance(loss, dict | list | tuple) else [given]
    return [keras.losses.get(one) for one in given if one is not None]


def _is_users_own(loss):
    """Whether the loss is none of Keras', so that it may know what a NaN in the target means."""
    defined_in = getattr(loss, "__module__", None) or type(loss).__module__
    return not defined_in.startswith("keras")


def _is_of(kinds, loss):
    names = [kind.__name__ for kind in type(loss).__mro__]
    if not isinstance(loss, keras.losses.Loss):
        names = [getattr(loss, "__name__", "")]
    return any(name.replace("_", "").lower() in kinds for name in names)


def _check_target(loss, values, reach):
    """Targets are what the loss reads them as, and what the decoder can give back."""
    received = f"Received: values from {values[0]:g} to {values[1]:g}"
    if _is_of(CROSS_ENTROPIES, loss) and (values[0] < 0 or values[1] > 1):
        raise ValueError(
            "`y` must be in [0, 1] for a cross-entropy, which reads it as probabilities. "
            f"{received} (images of 0 to 255: divide by 255)"
        )
    if reach is None:
        return
    ends = f"a last activation that takes values from {reach[0]:.3g} to {reach[1]:.3g}"
    reads_logits = getattr(loss, "from_logits", False)
    if _is_of(CROSS_ENTROPIES, loss) and not reads_logits and (reach[0] < 0 or reach[1] > 1):
        raise ValueError(
            '`output_activation` must stay in [0, 1] for a cross-entropy, as "sigmoid" does, or '
            f"the loss read logits (from_logits=True). Received: a decoder with {ends}"
        )
    slack = 1e-3 * max([1, *(abs(end) for end in reach if np.isfinite(end))])
    is_within = reach[0] - slack <= values[0] and values[1] <= reach[1] + slack
    if _is_of(DIFFERENCES, loss) and not is_within:
        raise ValueError(
            '`output_activation` must be able to reach the target `y`, as "linear" does, or the '
            f"data be scaled into its range. {received}, and a decoder with {ends}"
        )
