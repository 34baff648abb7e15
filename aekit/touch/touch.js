// The figures to touch. Each stands in a file of its own in figures/ and is made of view.js' parts:
//   FIGURES.name = (root, data) => handles for tests
// with `root` an empty element, and `data` as `aekit.touch.Touch` has it, with arrays and networks
// in place of their packed bytes.

const FIGURES = {};

/** Shows a `Touch`'s record in an empty element; a promise of the figure's handles. */
async function mount(root, { figure, data }) {
  return build(root, figure, await unpack(data));
}

/** The same with data that are unpacked; returns the figure's handles. */
function build(root, figure, data) {
  root.classList.add("live", "live-touch");
  // A key that moves something here turns no slide, and no cell of a notebook.
  root.addEventListener("keydown", (event) => { if (isUsed(event)) event.stopPropagation(); });
  root.handles = FIGURES[figure](root, data);
  root.dataset.ready = "yes";
  return root.handles;
}

const USED_KEYS = [...Object.keys(ARROWS), "Home", "End", " ", "Enter", "Delete", "Backspace"];

/** Whether the focused part of a figure answers to a key; a clicker's PageDown turns the slide. */
function isUsed(event) {
  if (hasModifier(event)) return false;
  const { key, target } = event;
  if (key === "PageUp" || key === "PageDown") return target.type === "range";
  const isSearch = target.tagName === "SELECT" && key.length === 1; // for the option that begins so
  return isSearch || USED_KEYS.includes(key);
}

/** Plain data with its arrays and networks made of their bytes. */
async function unpack(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return Promise.all(value.map(unpack));
  if ("array" in value) return unpackArray(value);
  if ("network" in value) return unpackNetwork(value);
  const entries = Object.entries(value).map(async ([key, item]) => [key, await unpack(item)]);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * {shape, values, row}: all values in a row, and `row(i)`, those of the i-th item. Floats are as
 * stored; bytes stay bytes, unless one asks for `pixels(i)`, the i-th item in [0, 1].
 */
async function unpackArray({ array, shape, bytes }) {
  const packed = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(stream).arrayBuffer();
  const values = array === "uint8" ? new Uint8Array(buffer) : Float32Array.from(new Uint16Array(buffer), fromHalf);
  const size = shape.slice(1).reduce((product, side) => product * side, 1);
  const row = (i) => values.subarray(i * size, (i + 1) * size);
  return { shape, values, row, pixels: (i) => Float32Array.from(row(i), (byte) => byte / 255) };
}

/** A number of half precision from its 16 bits; the stored ones are finite. */
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

/** A function of rows, as the network computes it: `network(rows)`, a Float32Array each way. */
async function unpackNetwork({ network, weights }) {
  const engine = createEngine({ ...network, code: 0 }, { maxBatch: 16 });
  engine.setWeights((await unpackArray(weights)).values);
  return (rows) => engine.decode(Float32Array.from(rows));
}

/** What to do and what to watch, then parts beside one another where there is room. */
function arrange(root, hint, ...parts) {
  root.append(make("p", { class: "live-hint" }, hint), make("div", { class: "live-row" }, ...parts));
}
