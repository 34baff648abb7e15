// Trains: takes messages ("run", "pause", ...), works in short slices, and posts its state when asked.
// The same code runs in a worker and, where a page may not have one, on the page itself.

const PIXELS = 784;
const HELD_OUT = 500; // the last digits of the data: not trained on; the plane shows them
const NEIGHBOURS = 5;
const MEASURE_EVERY = 20000; // images between two full measurements, which take 0.1 s

/** Share of the points whose label is that of most of their nearest `neighbours` (the nearer wins a draw). */
function nearestNeighbourAccuracy(points, labels, known, knownLabels, neighbours = NEIGHBOURS) {
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    const nearest = []; // [squared distance, label], the nearest first
    for (let j = 0; j < knownLabels.length; j++) {
      const dx = points[2 * i] - known[2 * j], dy = points[2 * i + 1] - known[2 * j + 1];
      const distance = dx * dx + dy * dy;
      if (nearest.length === neighbours && distance >= nearest[neighbours - 1][0]) continue;
      let at = nearest.length;
      while (at > 0 && nearest[at - 1][0] > distance) at -= 1;
      nearest.splice(at, 0, [distance, knownLabels[j]]);
      nearest.length = Math.min(nearest.length, neighbours);
    }
    const votes = new Array(10).fill(0);
    for (const [, label] of nearest) votes[label] += 1;
    const most = Math.max(...votes);
    if (nearest.find(([, label]) => votes[label] === most)?.[1] === labels[i]) right += 1;
  }
  return right / labels.length;
}

/**
 * `data`: {pixels: bytes (n, 784), labels: bytes (n,)}. `post` gets each state; `schedule` calls
 * `work` soon again. `slice`: milliseconds of work at a time.
 *
 * Messages: {type: "start", settings, generation} makes a new network; {type: "set", settings};
 * {type: "run"}, {type: "pause"}, {type: "step"}; {type: "ask"}: post the state as soon as it is
 * another one than the last. So the page, which is slower, says how often it is disturbed by one.
 */
function createTrainer(data, post, schedule, slice = 12) {
  const x = asPixels(data.pixels);
  const count = data.labels.length - HELD_OUT;
  const heldOut = x.subarray(count * PIXELS);
  const heldOutLabels = data.labels.subarray(count);
  let settings, generation, engine, shape, draw, order, at, seen;
  let steps, images, points, sent, measured, nextMeasure, best, bestStep, sum, since, nextPoint;
  let running = false, isPlanned = false, reason = "", asked = false, isNews = false;

  function set(message) {
    ({ settings } = message);
    // The same noise each time, to compare; without noise, the digits themselves.
    seen = corrupt(heldOut, settings, seeded(7));
  }

  function start(message) {
    ({ generation } = message);
    set(message);
    const wanted = shapeOf(settings);
    if (JSON.stringify(wanted) !== JSON.stringify(shape)) engine = createEngine((shape = wanted));
    // Streams of their own, so that noise changes neither the weights nor the order of the digits.
    const [weights, digits, noise] = [1, 2, 3].map((stream) => seeded(settings.seed * 4 + stream));
    draw = { digits, noise };
    engine.start(weights);
    order = Uint32Array.from({ length: count }, (_, i) => i);
    at = count; // shuffles at the first step
    steps = images = sent = sum = since = nextPoint = bestStep = 0;
    nextMeasure = MEASURE_EVERY;
    best = Infinity;
    points = [];
    running = false;
    reason = "";
    measured = null;
    addPoint();
    isNews = true;
    const made = generation;
    schedule(() => { // after the first picture, which should come soon
      if (generation !== made || measured) return;
      measure();
      answer();
    });
  }

  function shuffle() {
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(draw.digits() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    at = 0;
  }

  function nextBatch() {
    const batch = new Float32Array(settings.batch * PIXELS);
    for (let i = 0; i < settings.batch; i++) {
      if (at === count) shuffle();
      const digit = order[at++];
      batch.set(x.subarray(digit * PIXELS, (digit + 1) * PIXELS), i * PIXELS);
    }
    return batch;
  }

  function step() {
    const batch = nextBatch();
    const corrupted = settings.noise === "none" ? batch : corrupt(batch, settings, draw.noise);
    sum += engine.step(corrupted, batch, settings.rate, settings);
    since += 1;
    steps += 1;
    images += settings.batch;
    isNews = true;
    if (steps >= nextPoint) addPoint();
  }

  const errorOn = (input) => {
    const made = engine.reconstruct(input);
    return made.reduce((total, value, i) => total + (value - heldOut[i]) ** 2, 0) / made.length;
  };

  /** A point of the error curve, close together at first, and whether training should stop. */
  function addPoint() {
    const error = errorOn(seen);
    points.push({ images, train: since ? sum / since : null, heldOut: error });
    sum = since = 0;
    nextPoint = steps + Math.min(Math.max(5, Math.round(steps / 40)), 100);
    if (!Number.isFinite(error)) return stop("not a number");
    if (error < best) [best, bestStep] = [error, steps];
    if (settings.patience && steps - bestStep >= settings.patience) stop("no progress");
  }

  /** What the page tells of the network as it is. */
  function measure() {
    const codes = engine.encode(heldOut);
    const hidden = settings.layers.length ? engine.hidden(heldOut) : new Float32Array(0);
    measured = {
      images,
      error: errorOn(heldOut),
      accuracy: nearestNeighbourAccuracy(codes, heldOutLabels, engine.encode(x.subarray(0, count * PIXELS)), data.labels.subarray(0, count)),
      noise: settings.noise === "none" ? null : {
        before: seen.reduce((total, value, i) => total + (value - heldOut[i]) ** 2, 0) / seen.length,
        after: errorOn(seen),
      },
      units: isSparse(settings) ? activity(hidden, settings.layers.at(-1)) : null,
      sensitivity: engine.sensitivity(heldOut),
      spread: variance(codes, 2),
    };
    nextMeasure = images + MEASURE_EVERY;
    isNews = true;
  }

  /** The mean of all units over all digits, and how often a unit is nearly off. */
  function activity(hidden, units) {
    const off = hidden.reduce((sum, value) => sum + (value < 0.1 ? 1 : 0), 0);
    return { units, mean: hidden.reduce((a, b) => a + b) / hidden.length, off: off / hidden.length };
  }

  function variance(rows, columns) {
    const n = rows.length / columns;
    const mean = new Float64Array(columns);
    rows.forEach((value, i) => { mean[i % columns] += value / n; });
    return rows.reduce((total, value, i) => total + (value - mean[i % columns]) ** 2, 0) / n;
  }

  function stop(why) {
    measure();
    running = false;
    reason = why;
    isNews = true;
  }

  /** A slice of training. */
  function work() {
    isPlanned = false;
    const end = performance.now() + slice;
    while (running && performance.now() < end) {
      if (settings.images && images >= settings.images) stop("as many images as asked for");
      else step();
      if (running && images >= nextMeasure) measure();
    }
    answer();
    if (running) plan();
  }

  function plan() {
    if (!isPlanned) schedule(work);
    isPlanned = true;
  }

  function answer() {
    if (!asked || !isNews) return;
    asked = isNews = false;
    const weights = engine.snapshot();
    const state = {
      generation, steps, images, running, reason, weights, measured,
      codes: engine.encode(heldOut),
      points: points.slice(sent),
      kernel: engine.kernelName,
    };
    sent = points.length;
    post(state, [weights.buffer, state.codes.buffer]);
  }

  const receive = {
    start,
    set,
    run() {
      if (running) return;
      running = true;
      reason = "";
      [best, bestStep] = [Infinity, steps]; // who goes on by hand gets a new chance
      plan();
    },
    pause: () => running && stop(""),
    step() {
      if (running) return;
      step();
      addPoint();
    },
    ask: () => { asked = true; },
  };
  return (message) => {
    receive[message.type](message);
    if (!running) answer();
  };
}
