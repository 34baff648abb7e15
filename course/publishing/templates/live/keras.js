// "The same in Keras": a program of aekit that trains a network with these settings.

const KERAS_NOISE = {
  gaussian: (level) => `GaussianCorruption(${level})`,
  masking: (level) => `MaskingNoise(${level})`,
  pepper: (level) => `SaltAndPepperNoise(${level})`,
};

/** The program's text; `digits` is how many the page trains on. */
function kerasCode(settings, digits = 4500) {
  const shape = shapeOf(settings);
  const loss = shape.activations.at(-1) === "linear" ? "mse" : "binary_crossentropy";
  const corruption = settings.noise === "none" ? null : KERAS_NOISE[settings.noise](settings.level);
  const images = settings.images || 20 * digits;
  const model = isSparse(settings) ? modelWithSparsity(settings, shape, corruption) : plainModel(settings, shape, corruption);
  const names = ["Autoencoder", "Contractive", "GaussianCorruption", "KLSparsity", "MaskingNoise", "SaltAndPepperNoise", "dense_autoencoder"]
    .filter((name) => model.includes(`${name}(`));
  return `import keras
from aekit import ${names.join(", ")}
from aekit.datasets import load_mnist

keras.utils.set_random_seed(${settings.seed})
(x_train, _), (x_test, y_test) = load_mnist(${digits}, 500, flatten=True)
${model}
autoencoder.compile(keras.optimizers.Adam(${settings.rate}), loss="${loss}", metrics=["mse"])
autoencoder.fit(x_train, x_train, batch_size=${settings.batch}, epochs=${Math.max(1, Math.round(images / digits))})
code = autoencoder.encode(x_test)  # (500, 2)
`;
}

function plainModel({ layers, activation, lambda }, shape, corruption) {
  const widths = layers.length === 1 ? `(${layers[0]},)` : `(${layers.join(", ")})`;
  const parts = ["784", "code_dim=2"];
  if (layers.length) parts.push(`hidden=${widths}`, `hidden_activation="${activation}"`);
  parts.push('code_activation="linear"', `output_activation="${shape.activations.at(-1)}"`);
  if (corruption) parts.push(`corruption=${corruption}`);
  if (lambda > 0) parts.push(`penalty=Contractive(${lambda})`);
  return `autoencoder = dense_autoencoder(\n${parts.map((part) => `    ${part},\n`).join("")})`;
}

/** Sparsity sits on a hidden layer here, so the layers are written out. */
function modelWithSparsity({ rho, beta, lambda }, shape, corruption) {
  const stack = (from, to) => {
    const dense = shape.widths.slice(from + 1, to + 1).map((width, i) => `    keras.layers.Dense(${width}, "${shape.activations[from + i]}"),\n`);
    return `keras.Sequential([\n    keras.Input((${shape.widths[from]},)),\n${dense.join("")}])`;
  };
  const last = shape.widths.length - 1;
  const contraction = lambda > 0;
  return `encoder = ${stack(0, shape.code)}
decoder = ${stack(shape.code, last)}
last_hidden = keras.Sequential(encoder.layers[:-1])
sparsity = KLSparsity(rho=${rho}, beta=${beta})
${contraction ? `contraction = Contractive(${lambda})\n` : ""}

@keras.saving.register_keras_serializable(package="live")
def penalty(code, encoder, x, training):
    omega = sparsity(last_hidden(x), encoder=last_hidden, x=x, training=training)
${contraction ? "    omega += contraction(code, encoder=encoder, x=x, training=training)\n" : ""}    return omega


autoencoder = Autoencoder(encoder, decoder, ${corruption ? `corruption=${corruption}, ` : ""}penalty=penalty)`;
}
