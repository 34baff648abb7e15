// What can be set: its values, what to expect of it, and how it stands in the address. No page here.

const DEFAULTS = {
  layers: [128, 64, 32], activation: "relu", loss: "mse",
  noise: "none", level: 0.3, rho: 0.05, beta: 0, lambda: 0,
  rate: 0.002, batch: 32, seed: 1, patience: 2000, images: 0,
};

// Each control: its kind, its values, and one sentence of what to expect. `restarts` are those
// that make another network; the others act from the next step on.
const CONTROLS = {
  noise: {
    group: "Corruption", label: "Noise on the input", kind: "choice",
    values: { none: "none", gaussian: "Gaussian", masking: "masking", pepper: "salt and pepper" },
    expect: "The network sees corrupted digits and must give back the clean ones: it learns to remove noise, and draws clean digits a little worse.",
  },
  level: {
    group: "Corruption", label: "Level of the noise", kind: "slider", values: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
    expect: "The share of pixels that are changed; for Gaussian noise, its standard deviation.",
  },
  beta: {
    group: "Sparsity", label: "Weight β", kind: "slider", values: [0, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
    expect: "The units of the encoder's last hidden layer, which become sigmoids, are off for most digits: their mean comes close to ρ. The larger β is, the larger the error.",
  },
  rho: {
    group: "Sparsity", label: "Target ρ", kind: "slider", values: [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5],
    expect: "The mean activation to which β pulls each of these units.",
  },
  lambda: {
    group: "Contraction", label: "Weight λ", kind: "slider", values: [0, 0.00001, 0.0001, 0.001, 0.01, 0.1, 1],
    expect: "The code is less sensitive to changes of the picture: ‖J‖² falls, and the codes draw together, as the numbers on the axes say. A large λ costs error.",
  },
  layers: {
    group: "Network", label: "Hidden layers", kind: "choice", restarts: true,
    values: {
      "": "none", 32: "32", "50-50": "50-50", "128-32": "128-32", "128-64-32": "128-64-32",
      "256-128-64": "256-128-64", "128-64-32-16": "128-64-32-16",
    },
    expect: "Their widths between the 784 pixels and the 2 numbers of the code; the decoder has the same ones in reverse. Deeper and wider networks reach a smaller error, and need more time for each digit.",
  },
  activation: {
    group: "Network", label: "Activation", kind: "choice", restarts: true,
    values: { relu: "relu", tanh: "tanh", sigmoid: "sigmoid", linear: "none" },
    expect: "relu and tanh learn about equally fast, sigmoid much more slowly. With none the network is linear: its error falls to that of PCA, and no further.",
  },
  loss: {
    group: "Network", label: "Loss", kind: "choice", restarts: true,
    values: { mse: "squared error, linear outputs", bce: "cross-entropy, sigmoid outputs" },
    expect: "Cross-entropy reads a pixel as a probability; it spreads the codes far more widely.",
  },
  rate: {
    group: "Training", label: "Learning rate", kind: "slider", values: [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.02, 0.1],
    expect: "Small: the digits move slowly. 0.02: the error jumps up and down. 0.1: the network hardly gets below the error of the mean image.",
  },
  batch: {
    group: "Training", label: "Digits per step", kind: "slider", values: [8, 16, 32, 64, 128, 256],
    expect: "Small batches make more steps of as many digits: the error falls further with each digit, and each digit takes longer.",
  },
  seed: {
    group: "Training", label: "Seed", kind: "number", restarts: true, min: 0, max: 999999,
    expect: "The same seed makes the same picture; another one turns the plane and puts the digits elsewhere.",
  },
  patience: {
    group: "Training", label: "Stop by itself", kind: "choice",
    values: { 1000: "after 1,000 steps without progress", 2000: "after 2,000 steps without progress", 5000: "after 5,000 steps without progress", 0: "never" },
    expect: "Training pauses when the error of the held-out digits has found no new low for so many steps.",
  },
};

const PRESETS = {
  "Deep (default)": {},
  "Karpathy's": { layers: [50, 50], activation: "tanh" },
  "Linear: PCA": { layers: [], activation: "linear" },
  Denoising: { noise: "masking", level: 0.5 },
  Sparse: { beta: 0.003 },
  Contractive: { lambda: 0.001 },
};

const restarts = (name) => Boolean(CONTROLS[name] && CONTROLS[name].restarts);

/** Settings that go together: a linear network has linear outputs. */
function consistent(settings) {
  const made = { ...DEFAULTS, ...settings };
  if (made.activation === "linear") made.loss = "mse";
  return made;
}

const isSparse = (settings) => settings.beta > 0 && settings.layers.length > 0;

/** The engine's `shape` of a network with these settings. */
function shapeOf({ layers, activation, loss, beta }) {
  const hidden = layers.map(() => activation);
  const encoder = [...hidden, "linear"];
  if (isSparse({ beta, layers })) encoder[layers.length - 1] = "sigmoid"; // KL needs [0, 1]
  return {
    widths: [784, ...layers, 2, ...[...layers].reverse(), 784],
    activations: [...encoder, ...hidden, loss === "mse" ? "linear" : "sigmoid"],
    code: layers.length + 1,
  };
}

/** What must be the same for training to go on with the weights at hand. */
const networkOf = (settings) => JSON.stringify([shapeOf(settings), settings.seed]);

/** "#layers=50-50&activation=tanh": what differs from the defaults, or "". */
function toAddress(settings) {
  const parts = Object.keys(DEFAULTS)
    .filter((name) => String(settings[name]) !== String(DEFAULTS[name]))
    .map((name) => `${name}=${name === "layers" ? settings.layers.join("-") : settings[name]}`);
  return parts.length ? `#${parts.join("&")}` : "";
}

/** The settings of an address; what it says wrongly is left as it is by default. */
function fromAddress(hash) {
  const settings = {};
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const value = name === "layers" ? readLayers(text) : readValue(name, text);
    if (value !== undefined) settings[name] = value;
  }
  return consistent(settings);
}

function readLayers(text) {
  if (text === "") return [];
  if (!/^\d{1,4}(-\d{1,4}){0,4}$/.test(text)) return undefined;
  const widths = text.split("-").map(Number);
  return widths.every((width) => width >= 1 && width <= 1024) ? widths : undefined;
}

const LIMITS = {
  level: [0, 1], rho: [0.001, 0.999], beta: [0, 10], lambda: [0, 100], rate: [0.000001, 1],
  batch: [1, 256, "whole"], seed: [0, 999999, "whole"], patience: [0, 1e6, "whole"], images: [0, 1e9, "whole"],
};

function readValue(name, text) {
  if (!Object.hasOwn(DEFAULTS, name)) return undefined;
  if (!Object.hasOwn(LIMITS, name)) return Object.hasOwn(CONTROLS[name].values, text) ? text : undefined;
  const [low, high, whole] = LIMITS[name];
  const value = text.trim() === "" ? NaN : Number(text);
  const fits = value >= low && value <= high && (!whole || Number.isInteger(value));
  return fits ? value : undefined;
}

/** In words, what differs from the default network: for a list of runs. */
function inWords(settings) {
  const said = [];
  const { layers, activation, loss, noise, level, beta, rho, lambda, rate, batch, seed } = settings;
  if (String(layers) !== String(DEFAULTS.layers)) said.push(layers.length ? layers.join("-") : "no hidden layer");
  if (activation !== DEFAULTS.activation) said.push(CONTROLS.activation.values[activation] + (activation === "linear" ? " (linear)" : ""));
  if (loss !== DEFAULTS.loss && activation !== "linear") said.push("cross-entropy");
  if (noise !== "none") said.push(`${CONTROLS.noise.values[noise]} ${level}`);
  if (isSparse(settings)) said.push(`sparse, β ${beta}, ρ ${rho}`);
  if (lambda > 0) said.push(`contractive, λ ${lambda}`);
  if (rate !== DEFAULTS.rate) said.push(`learning rate ${rate}`);
  if (batch !== DEFAULTS.batch) said.push(`batches of ${batch}`);
  if (seed !== DEFAULTS.seed) said.push(`seed ${seed}`);
  return said.length ? said.join(", ") : "the default network";
}
