"""What `fit`, `evaluate`, `encode` and their sisters take, and what they refuse by name.

Arrays are NumPy's, the backend's tensors and data frames; they are checked whole. Data sets
(`tf.data`, `keras.utils.PyDataset`, PyTorch's loaders) are read from their start once more, for a
look at their first batches, `LOOK` at most and no more than will be trained on, before any weight
moves. Of a generator, which can be read once only, the first batch is checked before, and each
other one as it comes.
"""

import contextlib
import itertools

import keras
import numpy as np

from aekit import _checks, _layers

LOOK = 32
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
        raise ValueError(
            f"`{name}` must hold real numbers, of one dtype such as float32. "
            f"Received: {type(data).__name__}, dtype {array.dtype}"
        )
    return array


def alone(data):
    """What a list holds that holds one thing, as Keras takes it; else `data` itself."""
    return data[0] if isinstance(data, list | tuple) and len(data) == 1 else data


def first(data, share):
    """The first `share` of an array, which `validation_split` leaves to train on."""
    return as_array("x", data)[: int(len(data) * share)] if share < 1 and is_array(data) else data


def can_be_read_again(data):
    """Whether it is an array or a data set that ends, and no generator."""
    return is_array(data) or (_is_set(data) and not hasattr(data, "__next__") and _ends(data))


def need_to_read_again(x):
    """Raise a ValueError where `x` cannot be read from its start time after time."""
    if not can_be_read_again(x):
        raise ValueError(
            "`x` must be an array, or a data set that can be read again and ends. "
            f"Received: {type(x).__name__}"
        )


def check(model, x, y, steps=None, *, training=True):
    """Refuse what `model` cannot learn from, or what it cannot be judged by.

    Args:
        model: `Autoencoder`.
        x, y, steps: as `fit` and `evaluate` take them.
        training: False where weights do not move: outliers are allowed, and no noise acts.

    Returns:
        `x`, a generator with its batches checked as they come, and a context to read it in, which
        raises what is refused then as it is.

    Raises:
        ValueError: names `x` or `y`, what is allowed, and what was received.
    """
    x = alone(x) if is_array(alone(x)) else x
    check_pair = _PairCheck(model, training)
    refused = []
    if is_array(x):
        check_pair(x, y)
    elif not _is_set(x):
        raise ValueError(
            "`x` must be an array of images, or a data set of pairs (x, x). "
            f"Received: {type(x).__name__}"
        )
    elif hasattr(x, "__next__"):
        head = list(itertools.islice(x, 1))
        check_pair.each(head)
        x = _checked(head, x, check_pair, refused)
    else:
        check_pair.each(itertools.islice(_stream(x), min(steps or LOOK, LOOK)))
    return x, _as_it_is(refused)


def check_validation(model, data, steps=None):
    """`check` of `validation_data`, by that name; returns it as it may be handed on."""
    try:
        if isinstance(data, tuple | list):
            pair = keras.utils.unpack_x_y_sample_weight(tuple(data))[:2]
            check(model, *pair, training=False)
            return data
        return check(model, data, None, steps, training=False)[0]
    except ValueError as error:
        raise ValueError(f"`validation_data`: {error}") from None


def batches(name, data, batch_size):
    """Examples `(n, ...)` of arrays, lists or data sets as NumPy batches, without targets.

    The numbers are those of `data`, unchecked.
    """
    if batch_size is not None:
        batch_size = _checks.count("batch_size", batch_size)
    if is_array(data) or isinstance(data, list):
        array = as_array(name, data)
        step = batch_size or max(1, len(array))
        for start in range(0, max(1, len(array)), step):
            yield array[start : start + step]
        return
    if not _is_set(data) or not _ends(data):
        kind = type(data).__name__
        raise ValueError(f"`{name}` must be an array, or a data set that ends. Received: {kind}")
    batch = None
    for batch in _stream(data):
        yield as_array(name, keras.utils.unpack_x_y_sample_weight(_parts(batch))[0])
    if batch is None:
        raise ValueError(f"`{name}` must hold at least one batch. Received: none")


def _is_set(data):
    """Whether it gives batches; a list or dict of arrays is none, nor is a text."""
    is_set = isinstance(data, keras.utils.PyDataset) or hasattr(data, "__iter__")
    return is_set and not is_array(data) and not isinstance(data, str | dict | tuple | list)


def _ends(data):
    """Whether a data set has an end, as far as it says."""
    if isinstance(data, keras.utils.PyDataset):
        return data.num_batches not in (None, float("inf"))
    cardinality = getattr(data, "cardinality", None)  # of tf.data; -1 is for one without end
    return not callable(cardinality) or int(cardinality()) != -1


def _stream(data):
    """The batches of a data set, one after another."""
    if not isinstance(data, keras.utils.PyDataset):
        return iter(data)
    return (data[i] for i in (range(data.num_batches) if _ends(data) else itertools.count()))


def _parts(batch):
    return tuple(batch) if isinstance(batch, list) else batch  # PyTorch's loaders give lists


def _checked(head, rest, check_pair, refused):
    """A generator itself, since Keras takes nothing else for one."""
    yield from head
    for batch in rest:
        try:
            check_pair.each([batch])
        except ValueError as error:
            refused.append(error)
            raise
        yield batch


@contextlib.contextmanager
def _as_it_is(refused):
    """What was refused while data were read, and not what the backend makes of it."""
    try:
        yield
    except Exception:
        if refused:
            raise refused[0] from None
        raise


class _PairCheck:
    """Refuses what a model cannot learn from; what it asks of the model, it asks once."""

    def __init__(self, model, training):
        self.model, self.training = model, training
        self.shape = model.input_shape[1:] if model.built else None
        self.losses = losses_of(model)
        self.may_have_gaps = any(map(_is_users_own, self.losses))
        self.reach = _layers.output_range(model.decoder)

    def each(self, data):
        batch = None
        for batch in data:
            x, y, _ = keras.utils.unpack_x_y_sample_weight(_parts(batch))
            if is_array(x):  # and not one for each replica
                self(x, y)
        if batch is None:
            raise ValueError("`x` must hold at least one batch. Received: none")

    def __call__(self, x, y):
        y = alone(y)
        if y is None and self.losses:
            raise ValueError(
                f"`y` must be what to reconstruct: {PAIRS}. Received: `x` without a target, y=None"
            )
        ends = _checks.images("x", as_array("x", x), self.shape)
        if self.training and hasattr(self.model.corruption, "check_data"):
            self.model.corruption.check_data(*ends)
        if y is not x:
            if not is_array(y):
                return
            shape = None if self.may_have_gaps else self.shape
            ends = _checks.images("y", as_array("y", y), shape, finite=not self.may_have_gaps)
        for loss in self.losses:
            _check_target(loss, ends, self.reach, self.training)


def losses_of(model):
    """The losses that the model was compiled with, as Keras' own objects where they are."""
    loss = getattr(model, "loss", None)
    given = loss.values() if isinstance(loss, dict) else loss
    given = given if isinstance(loss, dict | list | tuple) else [given]
    return [keras.losses.get(one) for one in given if one is not None]


def _is_users_own(loss):
    """Whether the loss is none of Keras', so that it alone knows what it makes of the target."""
    defined_in = getattr(loss, "__module__", None) or type(loss).__module__
    return not defined_in.startswith("keras")


def _check_target(loss, ends, reach, training):
    """Targets are what the loss reads them as, and what the decoder can give back."""
    if _is_users_own(loss):
        return
    name = getattr(loss, "__name__", type(loss).__name__).replace("_", "").lower()
    received = f"Received: values from {ends[0]:g} to {ends[1]:g}"
    if name in CROSS_ENTROPIES and (ends[0] < 0 or ends[1] > 1):
        raise ValueError(
            "`y` must be in [0, 1] for a cross-entropy, which reads it as probabilities. "
            f"{received} (images of 0 to 255: divide by 255)"
        )
    if reach is None:
        return
    activation = f"a last activation that takes values from {reach[0]:.3g} to {reach[1]:.3g}"
    reads_probabilities = name in CROSS_ENTROPIES and not getattr(loss, "from_logits", False)
    highest = 1 if name.startswith("binary") else np.inf  # Keras divides others by their sum
    if reads_probabilities and (reach[0] < 0 or reach[1] > highest):
        raise ValueError(
            '`output_activation` must stay in [0, 1] for a cross-entropy, as "sigmoid" does, '
            f"or the loss read logits (from_logits=True). Received: a decoder with {activation}"
        )
    # What is judged may lie outside a little: an outlier, or new data scaled as the old were.
    slack = 1e-3 if training else 1
    slack *= max([1, *(abs(end) for end in reach if np.isfinite(end))])
    is_within = reach[0] - slack <= ends[0] and ends[1] <= reach[1] + slack
    if name in DIFFERENCES and not is_within:
        raise ValueError(
            '`output_activation` must be able to reach the target `y`, as "linear" does, or the '
            f"data be scaled into its range. {received}, and a decoder with {activation}"
        )
