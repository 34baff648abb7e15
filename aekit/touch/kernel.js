// The two kernels: what costs time in training, over one array of floats, `heap`. Both have the same
// functions, and a pointer is an index of the heap. WebAssembly is about ten times as fast; plain
// JavaScript serves browsers without it (or without its SIMD), and the tests compare the two.

/** The kernel of kernel.wat, with room for `size` floats; throws where the browser has no SIMD. */
function wasmKernel(size, bytes) {
  const { memory, ...functions } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  memory.grow(Math.ceil((size * 4) / 65536));
  return { name: "WebAssembly", heap: new Float32Array(memory.buffer), ...functions };
}

/** The same in JavaScript. */
function jsKernel(size) {
  const heap = new Float32Array(size);

  /** c (m x n) = a (m x k) b (k x n), or c += a b; a's strides let it be read transposed. */
  function gemm(m, n, k, a, aRow, aCol, b, bRow, c, cRow, add) {
    for (let j = 0; j < n; j += 4) {
      for (let i = 0; i < m; i += 2) {
        rowsTimesColumns(i, j, Math.min(2, m - i));
      }
    }

    // Two rows of a and four columns of b at a time: eight sums, which stay in registers.
    function rowsTimesColumns(i, j, rows) {
      const other = rows === 2 ? aRow : 0;
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0, t0 = 0, t1 = 0, t2 = 0, t3 = 0;
      let atA = a + i * aRow, atB = b + j;
      for (let p = 0; p < k; p++, atA += aCol, atB += bRow) {
        const x = heap[atA], y = heap[atA + other];
        const b0 = heap[atB], b1 = heap[atB + 1], b2 = heap[atB + 2], b3 = heap[atB + 3];
        s0 += x * b0; s1 += x * b1; s2 += x * b2; s3 += x * b3;
        t0 += y * b0; t1 += y * b1; t2 += y * b2; t3 += y * b3;
      }
      put(c + i * cRow + j, s0, s1, s2, s3);
      if (rows === 2) put(c + (i + 1) * cRow + j, t0, t1, t2, t3);
    }

    function put(at, s0, s1, s2, s3) {
      heap[at] = s0 + (add ? heap[at] : 0);
      heap[at + 1] = s1 + (add ? heap[at + 1] : 0);
      heap[at + 2] = s2 + (add ? heap[at + 2] : 0);
      heap[at + 3] = s3 + (add ? heap[at + 3] : 0);
    }
  }

  function sigmoid(n, at) {
    for (let i = at; i < at + n; i++) heap[i] = 1 / (1 + Math.exp(-heap[i]));
  }

  function tanh(n, at) {
    for (let i = at; i < at + n; i++) heap[i] = Math.tanh(heap[i]);
  }

  /** A step of Adam on n weights; `rate` has the correction of the first steps in it,
   *  `newMean` and `newSquare` are 1 - beta_1 and 1 - beta_2. */
  function adam(n, weights, gradient, mean, square, rate, newMean, newSquare, epsilon) {
    for (let i = 0; i < n; i++) {
      const g = heap[gradient + i];
      const m = (heap[mean + i] += (g - heap[mean + i]) * newMean);
      const v = (heap[square + i] += (g * g - heap[square + i]) * newSquare);
      heap[weights + i] -= (rate * m) / (Math.sqrt(v) + epsilon);
    }
  }

  return { name: "JavaScript", heap, gemm, sigmoid, tanh, adam };
}

/** The faster one that this browser runs. */
function bestKernel(size) {
  try {
    return wasmKernel(size, KERNEL_BYTES);
  } catch {
    return jsKernel(size);
  }
}
