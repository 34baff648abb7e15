// Convolutional networks, forward only. A network is
//   {input, layers}  with the input's shape, [rows, columns, channels], and its layers in order:
//   {kind: "conv" | "transposed", from: [i], shape, size, stride, activation}
//   {kind: "add", from: [i, j], shape}
// `from` says of what a layer is made: 0 is the input, i the i-th layer; `shape` is its output's. The
// padding is Keras' "same". A convolution is one product of matrices: each row of the first holds what
// the kernel sees at one place.

/** A function from an image to the last layer's output, for weights in a row in Keras' order. */
function createConvolution({ input, layers }, weights, makeKernel = bestKernel) {
  let used = 0;
  const matrix = (rows, cols) => {
    const stride = Math.ceil(cols / 4) * 4; // as the kernel wants it
    const made = { at: used, rows, cols, stride };
    used += rows * stride;
    return made;
  };
  const mapOf = (shape) => ({ ...matrix(shape[0] * shape[1], shape[2]), shape });
  const maps = [mapOf(input), ...layers.map(({ shape }) => mapOf(shape))];
  const passes = layers.map((layer, l) => {
    const sources = layer.from.map((i) => maps[i]), to = maps[l + 1];
    if (layer.kind === "add") return { ...layer, sources, to };
    const isUp = layer.kind === "transposed";
    const [large, small] = isUp ? [to, sources[0]] : [sources[0], to];
    const seen = layer.size ** 2 * large.cols; // numbers under the kernel at one place
    return {
      ...layer, sources, to,
      places: placesUnder(large, small, layer),
      w: isUp ? matrix(small.cols, seen) : matrix(seen, small.cols),
      bias: matrix(1, to.cols),
      patches: matrix(small.rows, seen),
    };
  });
  const kernel = makeKernel(used);
  const { heap } = kernel;
  passes.filter(({ w }) => w).reduce(setWeights, 0);

  /** Where in the large map lies what the kernel sees at each place of the small one; -1: outside. */
  function placesUnder(large, small, { size, stride }) {
    const [height, width] = large.shape, [rows, columns] = small.shape;
    const [top, left] = [[rows, height], [columns, width]].map(([n, side]) => Math.max((n - 1) * stride + size - side, 0) >> 1);
    const places = new Int32Array(rows * columns * size * size);
    let k = 0;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        for (let y = i * stride - top, bottom = y + size; y < bottom; y++) {
          for (let x = j * stride - left, right = x + size; x < right; x++) {
            const isInside = y >= 0 && y < height && x >= 0 && x < width;
            places[k++] = isInside ? large.at + (y * width + x) * large.stride : -1;
          }
        }
      }
    }
    return places;
  }

  /** Puts a layer's weights into the heap; returns where the next layer's begin. */
  function setWeights(at, { kind, w, bias }) {
    const isUp = kind === "transposed"; // Keras has its kernels turned: (size, size, out, in)
    for (let i = 0; i < w.rows; i++) {
      for (let j = 0; j < w.cols; j++) heap[w.at + i * w.stride + j] = weights[at + (isUp ? j * w.rows + i : i * w.cols + j)];
    }
    const end = at + w.rows * w.cols;
    heap.set(weights.subarray(end, end + bias.cols), bias.at);
    return end + bias.cols;
  }

  function startWithBias({ to, bias }) {
    for (let i = 0; i < to.rows; i++) heap.copyWithin(to.at + i * to.stride, bias.at, bias.at + to.stride);
  }

  const multiply = (a, b, c, add) => kernel.gemm(a.rows, b.stride, b.rows, a.at, a.stride, 1, b.at, b.stride, c.at, c.stride, add);

  /** Runs `visit(place, at)` for each place under the kernel and its channels' place in `patches`. */
  function eachPlace({ places, patches, size }, channels, visit) {
    for (let k = 0, row = 0; row < patches.rows; row++) {
      let at = patches.at + row * patches.stride;
      for (let tap = 0; tap < size * size; tap++, k++, at += channels) visit(places[k], at);
    }
  }

  const run = {
    conv(layer) {
      const [from] = layer.sources;
      eachPlace(layer, from.cols, (place, at) => {
        if (place < 0) heap.fill(0, at, at + from.cols);
        else for (let c = 0; c < from.cols; c++) heap[at + c] = heap[place + c];
      });
      startWithBias(layer);
      multiply(layer.patches, layer.w, layer.to, 1);
    },
    /** The same backwards: each place of the small map adds a patch to the large one. */
    transposed(layer) {
      const { to } = layer;
      multiply(layer.sources[0], layer.w, layer.patches, 0);
      startWithBias(layer);
      eachPlace(layer, to.cols, (place, at) => {
        if (place >= 0) for (let c = 0; c < to.cols; c++) heap[place + c] += heap[at + c];
      });
    },
    add({ sources: [a, b], to }) {
      for (let i = 0; i < to.rows * to.stride; i++) heap[to.at + i] = heap[a.at + i] + heap[b.at + i];
    },
  };

  function activate({ activation, to: { at, rows, stride } }) {
    if (activation === "relu") {
      for (let i = at; i < at + rows * stride; i++) if (heap[i] < 0) heap[i] = 0;
    } else if (activation === "sigmoid" || activation === "tanh") kernel[activation](rows * stride, at);
  }

  return (image) => {
    const [first, last] = [maps[0], maps.at(-1)];
    for (let i = 0; i < first.rows; i++) heap.set(image.subarray(i * first.cols, (i + 1) * first.cols), first.at + i * first.stride);
    for (const layer of passes) {
      run[layer.kind](layer);
      activate(layer);
    }
    const made = new Float32Array(last.rows * last.cols);
    for (let i = 0; i < last.rows; i++) made.set(heap.subarray(last.at + i * last.stride, last.at + i * last.stride + last.cols), i * last.cols);
    return made;
  };
}
