// An autoencoder of dense layers: its outputs, its gradients, and steps of Adam. No data, no page.
//
// A `shape` says what the network is:
//   widths       of all layers, from the input over the code to the reconstruction: [784, 128, 2, 128, 784]
//   activations  of all layers but the input: "linear", "relu", "tanh" or "sigmoid"
//   code         which of `widths` is the code's
// The last activation names the loss too: with "sigmoid" outputs it is the binary cross-entropy, with
// "linear" ones the squared error, each the mean over pixels and batch, as in Keras. In both pairs the
// gradient at the last layer is a multiple of (reconstruction - target).

const SLOPE = { // s'(a) and s''(a), both from h = s(a)
  linear: [() => 1, () => 0],
  relu: [(h) => (h > 0 ? 1 : 0), () => 0],
  tanh: [(h) => 1 - h * h, (h) => -2 * h * (1 - h * h)],
  sigmoid: [(h) => h * (1 - h), (h) => h * (1 - h) * (1 - 2 * h)],
};
const ADAM = { keepMean: 0.9, keepSquare: 0.999, epsilon: 1e-7 };
const KL_EDGE = 1e-7; // keeps the logarithms finite where a unit is never, or always, on

/**
 * An engine for batches of up to `maxBatch` images.
 *
 * All numbers lie in the kernel's heap: the weights of all layers, then as many numbers each for the
 * gradient and Adam's two means, then activations and what the backward passes need. A matrix is
 * {at, rows, cols, stride}, and its rows are padded to a multiple of 4 floats.
 */
function createEngine(shape, { maxBatch = 256, makeKernel = bestKernel } = {}) {
  const { widths, activations, code } = shape;
  const last = widths.length - 1;
  let used = 0;
  const matrix = (rows, cols) => {
    const stride = Math.ceil(cols / 4) * 4;
    const made = { at: used, rows, cols, stride };
    used += rows * stride;
    return made;
  };
  const layers = widths.map((width, l) => l && {
    kernel: matrix(widths[l - 1], width),
    bias: matrix(1, width),
    activation: activations[l - 1],
  });
  const size = used; // floats of all weights
  used *= 4; // and of gradient, mean and square
  const h = widths.map((width) => matrix(maxBatch, width)); // activations
  const delta = widths.map((width) => matrix(maxBatch, width)); // d loss / d (a layer's sum)
  const target = matrix(maxBatch, widths[0]);
  // For the Jacobian of the code, a row for each code unit and image: see `pullBack`.
  const codeRows = widths[code] * maxBatch;
  const inner = widths.slice(0, code + 1);
  const r = inner.map((width) => matrix(codeRows, width));
  const u = inner.map((width) => matrix(codeRows, width));
  const g = inner.map((width) => matrix(codeRows, width));
  const bend = inner.map((width) => matrix(maxBatch, width)); // what contraction adds to delta
  const one = matrix(1, 1);
  const widest = Math.max(...widths) + 3;
  const transposed = matrix(widest, widest);
  const kernel = makeKernel(used);
  const heap = kernel.heap;
  heap[one.at] = 1;
  let steps = 0;

  /** c = a b, or c += a b; the first `m` rows of a. */
  function multiply(m, a, b, c, add = 0) {
    kernel.gemm(m, b.stride, b.rows, a.at, a.stride, 1, b.at, b.stride, c.at, c.stride, add);
  }

  /** The gradient of a kernel: c = a' b, or c += a' b, of `n` rows of both. */
  function multiplyTransposed(n, a, b, c, add = 0) {
    kernel.gemm(c.rows, c.stride, n, a.at, 1, a.stride, b.at, b.stride, c.at, c.stride, add);
  }

  /** The transpose of a layer's kernel, as a matrix that lives until the next call. */
  function transpose({ at, rows, cols, stride }) {
    const to = { at: transposed.at, rows: cols, cols: rows, stride: Math.ceil(rows / 4) * 4 };
    heap.fill(0, to.at, to.at + cols * to.stride);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) heap[to.at + j * to.stride + i] = heap[at + i * stride + j];
    }
    return to;
  }

  const gradientOf = (weights) => ({ ...weights, at: weights.at + size });

  // ---- forward ----

  /** Fills the activations of layers `from` + 1 to `to` for a batch of n. */
  function forward(n, from = 0, to = last) {
    for (let l = from + 1; l <= to; l++) {
      const { kernel: w, bias, activation } = layers[l];
      const { at, stride } = h[l];
      for (let i = 0; i < n; i++) heap.copyWithin(at + i * stride, bias.at, bias.at + stride);
      multiply(n, h[l - 1], w, h[l], 1);
      if (activation === "relu") {
        for (let i = at; i < at + n * stride; i++) if (heap[i] < 0) heap[i] = 0;
      } else if (activation !== "linear") {
        kernel[activation](n * stride, at);
      }
    }
  }

  function put(rows, n, into) {
    for (let i = 0; i < n; i++) {
      const row = rows.subarray(i * into.cols, (i + 1) * into.cols);
      heap.set(row, into.at + i * into.stride);
    }
  }

  function take(n, from, into = new Float32Array(n * from.cols)) {
    for (let i = 0; i < n; i++) {
      const at = from.at + i * from.stride;
      into.set(heap.subarray(at, at + from.cols), i * from.cols);
    }
    return into;
  }

  /** Layer `to` of any number of rows that are put in at layer `from`. */
  function pass(rows, from, to) {
    const n = rows.length / widths[from];
    const result = new Float32Array(n * widths[to]);
    for (let start = 0; start < n; start += maxBatch) {
      const batch = Math.min(maxBatch, n - start);
      put(rows.subarray(start * widths[from]), batch, h[from]);
      forward(batch, from, to);
      take(batch, h[to], result.subarray(start * widths[to], (start + batch) * widths[to]));
    }
    return result;
  }

  // ---- backward ----

  /** Fills the last layer's delta; returns the squared error a pixel, the mean over the batch. */
  function compare(n) {
    const factor = (activations[last - 1] === "linear" ? 2 : 1) / (n * widths[last]);
    let sum = 0;
    for (let i = 0; i < n; i++) { // the widest loop of a step: without `each`
      const at = h[last].at + i * h[last].stride, of = target.at + i * target.stride, to = delta[last].at + i * delta[last].stride;
      for (let j = 0; j < widths[last]; j++) {
        const difference = heap[at + j] - heap[of + j];
        sum += difference * difference;
        heap[to + j] = difference * factor;
      }
    }
    return sum / (n * widths[last]);
  }

  /** Gradients of all weights, for what `forward(n)` and `compare(n)` have left. */
  function backward(n, { rho = 0.05, beta = 0, lambda = 0 } = {}) {
    const hasSparsity = beta > 0 && code > 1;
    if (lambda > 0) contract(n, lambda);
    for (let l = last; l >= 1; l--) {
      const { kernel: w, bias } = layers[l];
      // The contraction has left its own part in the gradients of the encoder's kernels.
      multiplyTransposed(n, h[l - 1], delta[l], gradientOf(w), lambda > 0 && l <= code ? 1 : 0);
      sumRows(n, delta[l], gradientOf(bias));
      if (l === 1) break;
      multiply(n, delta[l], transpose(w), delta[l - 1]);
      if (hasSparsity && l === code) addToRows(n, delta[l - 1], sparsitySlopes(n, rho, beta));
      timesSlope(n, delta[l - 1], l - 1);
      if (lambda > 0 && l <= code) addTo(n, delta[l - 1], bend[l - 1]);
    }
  }

  function each(n, m, visit) {
    for (let i = 0; i < n; i++) {
      for (let j = 0, at = m.at + i * m.stride; j < m.cols; j++, at++) visit(at, i, j);
    }
  }

  /** m *= s'(a) of layer l, whose activations `forward` left. */
  function timesSlope(n, m, l, images = n) {
    const { activation } = layers[l];
    if (activation === "linear") return;
    const from = h[l].at, count = images * m.stride;
    for (let at = m.at, end = m.at + n * m.stride; at < end; at += count) {
      if (activation === "relu") {
        for (let i = 0; i < count; i++) if (heap[from + i] <= 0) heap[at + i] = 0;
      } else if (activation === "tanh") {
        for (let i = 0; i < count; i++) heap[at + i] *= 1 - heap[from + i] * heap[from + i];
      } else {
        for (let i = 0; i < count; i++) heap[at + i] *= heap[from + i] * (1 - heap[from + i]);
      }
    }
  }

  /** The sum of n rows: their product with a row of ones, which is one 1 that is read n times. */
  function sumRows(n, m, into) {
    kernel.gemm(1, m.stride, n, one.at, 0, 0, m.at, m.stride, into.at, into.stride, 0);
  }

  function addToRows(n, m, row) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m.cols; j++) heap[m.at + i * m.stride + j] += row[j];
    }
  }

  function addTo(n, m, other) {
    for (let i = 0; i < n * m.stride; i++) heap[m.at + i] += heap[other.at + i];
  }

  // ---- the penalties ----

  /** rho_hat: the mean activation of each unit of the last hidden layer before the code. */
  function meanActivation(n) {
    const units = h[code - 1];
    const mean = new Float64Array(units.cols);
    each(n, units, (at, i, j) => { mean[j] += heap[at] / n; });
    return mean;
  }

  const inside = (p) => Math.min(Math.max(p, KL_EDGE), 1 - KL_EDGE);

  /** beta sum_j KL(rho || rho_hat_j). */
  function sparsity(n, rho, beta) {
    if (!(beta > 0) || code < 2) return 0;
    const kl = (p) => rho * Math.log(rho / p) + (1 - rho) * Math.log((1 - rho) / (1 - p));
    return beta * meanActivation(n).reduce((sum, mean) => sum + kl(inside(mean)), 0);
  }

  /** Its derivative by each activation: beta (-rho / rho_hat_j + (1 - rho) / (1 - rho_hat_j)) / n. */
  function sparsitySlopes(n, rho, beta) {
    return meanActivation(n).map((mean) => {
      const p = inside(mean);
      return (beta * (-rho / p + (1 - rho) / (1 - p))) / n;
    });
  }

  /**
   * The Jacobian of the code by the image, exactly: a backward pass of the encoder for each code unit,
   * all in one batch. Row k n + i is of unit k and image i. At layer l, r is the derivative of the
   * unit by the layer's activations, and u by its sums: u_l = r_l s'(a_l), r_(l-1) = u_l W_l'.
   */
  function pullBack(n) {
    const rows = widths[code] * n;
    each(rows, r[code], (at, row, j) => { heap[at] = Math.floor(row / n) === j ? 1 : 0; });
    for (let l = code; l >= 1; l--) {
      heap.copyWithin(u[l].at, r[l].at, r[l].at + rows * r[l].stride);
      timesSlope(rows, u[l], l, n);
      multiply(rows, u[l], transpose(layers[l].kernel), r[l - 1]);
    }
    return rows;
  }

  /**
   * The gradient of lambda times the mean of ||J||^2, by running `pullBack` backwards: g is the
   * derivative of the penalty by r. It goes into the gradients of the encoder's kernels, and, since
   * s'(a) depends on a, into `bend`, from where `backward` takes it on.
   */
  function contract(n, lambda) {
    const rows = pullBack(n);
    each(rows, g[0], (at, row, j) => { heap[at] = ((2 * lambda) / n) * heap[r[0].at + row * r[0].stride + j]; });
    for (let l = 1; l <= code; l++) {
      const { kernel: w, activation } = layers[l];
      multiplyTransposed(rows, g[l - 1], u[l], gradientOf(w));
      multiply(rows, g[l - 1], w, g[l]); // by u, until the slope makes it by r
      heap.fill(0, bend[l].at, bend[l].at + n * bend[l].stride);
      const curve = SLOPE[activation][1];
      if (activation === "tanh" || activation === "sigmoid") {
        each(rows, g[l], (at, row, j) => {
          const where = (row % n) * h[l].stride + j;
          heap[bend[l].at + where] += heap[at] * heap[r[l].at + row * r[l].stride + j] * curve(heap[h[l].at + where]);
        });
      }
      timesSlope(rows, g[l], l, n);
    }
  }

  /** ||J||^2 of each image of a batch that `forward` has run on. */
  function squaredNorms(n) {
    const norms = new Float64Array(n);
    each(pullBack(n), r[0], (at, row) => { norms[row % n] += heap[at] * heap[at]; });
    return norms;
  }

  // ---- what the page and the tests use ----

  function reconstructionLoss(n) {
    if (activations[last - 1] === "linear") return compare(n);
    let sum = 0;
    each(n, h[last], (at, i, j) => {
      const x = heap[target.at + i * target.stride + j], p = inside(heap[at]);
      sum -= x * Math.log(p) + (1 - x) * Math.log(1 - p);
    });
    return sum / (n * widths[last]);
  }

  /** The parts of the loss for images `x` that should become `wanted`. */
  function losses(x, wanted, { rho = 0.05, beta = 0, lambda = 0 } = {}) {
    const n = x.length / widths[0];
    put(x, n, h[0]);
    put(wanted, n, target);
    forward(n);
    const contraction = lambda > 0 ? (lambda * squaredNorms(n).reduce((a, b) => a + b)) / n : 0;
    const parts = { reconstruction: reconstructionLoss(n), sparsity: sparsity(n, rho, beta), contraction };
    return { ...parts, total: parts.reconstruction + parts.sparsity + parts.contraction };
  }

  /** Runs both passes on images `x` that should become `wanted`; returns the squared error. */
  function gradients(x, wanted, penalties) {
    const n = x.length / widths[0];
    put(x, n, h[0]);
    put(wanted, n, target);
    forward(n);
    const error = compare(n);
    backward(n, penalties);
    return error;
  }

  /** A step of training at a learning rate; returns the squared error before it. */
  function step(x, wanted, rate, penalties) {
    const error = gradients(x, wanted, penalties);
    steps += 1;
    const { keepMean, keepSquare, epsilon } = ADAM;
    const corrected = (rate * Math.sqrt(1 - keepSquare ** steps)) / (1 - keepMean ** steps);
    kernel.adam(size, 0, size, 2 * size, 3 * size, corrected, 1 - keepMean, 1 - keepSquare, epsilon);
    return error;
  }

  const all = layers.slice(1).flatMap((layer) => [layer.kernel, layer.bias]);

  /** Weights without the padding, in Keras' order; or another array of the heap, such as the gradient. */
  function unpadded(offset = 0) {
    const parts = all.map((m) => take(m.rows, { ...m, at: m.at + offset }));
    const flat = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (flat.set(part, at), at + part.length), 0);
    return flat;
  }

  function setWeights(flat) {
    heap.fill(0, 0, 4 * size);
    steps = 0;
    all.reduce((at, m) => {
      put(flat.subarray(at), m.rows, m);
      return at + m.rows * m.cols;
    }, 0);
  }

  /** Keras' start: Glorot's uniform kernels, and biases of 0. */
  function start(random) {
    heap.fill(0, 0, 4 * size);
    steps = 0;
    for (const { kernel: w } of layers.slice(1)) {
      const limit = Math.sqrt(6 / (w.rows + w.cols));
      each(w.rows, w, (at) => { heap[at] = (2 * random() - 1) * limit; });
    }
  }

  return {
    shape,
    kernelName: kernel.name,
    start,
    step,
    gradients,
    losses,
    weights: () => unpadded(),
    gradient: () => unpadded(size),
    setWeights,
    /** All weights as they lie in the heap, for an engine of the same shape: quick to send. */
    snapshot: () => heap.slice(0, size),
    restore: (snapshot) => heap.set(snapshot),
    encode: (x) => pass(x, 0, code),
    decode: (codes) => pass(codes, code, last),
    reconstruct: (x) => pass(x, 0, last),
    /** Activations of the last hidden layer before the code, (n, units). */
    hidden: (x) => pass(x, 0, code - 1),
    /** J of one image: an array of 784 derivatives for each code unit. */
    jacobian(x) {
      put(x, 1, h[0]);
      forward(1, 0, code);
      pullBack(1);
      return Array.from({ length: widths[code] }, (_, k) => take(1, { ...r[0], at: r[0].at + k * r[0].stride }));
    },
    /** The mean of ||J||^2 over images. */
    sensitivity(x) {
      const n = x.length / widths[0];
      let sum = 0;
      for (let start = 0; start < n; start += maxBatch) {
        const batch = Math.min(maxBatch, n - start);
        put(x.subarray(start * widths[0]), batch, h[0]);
        forward(batch, 0, code);
        sum += squaredNorms(batch).reduce((a, b) => a + b);
      }
      return sum / n;
    },
  };
}
