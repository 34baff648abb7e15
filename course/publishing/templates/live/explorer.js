// The explorer: networks that were trained in the lessons, each in a figure to touch. The figure of the
// plane is that of the lessons; the others stand here, and are mounted in the same way.

const STEP_EVERY = 90; // ms from one step of a walk to the next, so that one can follow
const SHOWN_STEPS = [0, 8, 14, 18, 22, 26, 30, 35, 40]; // of a walk, beside one another, as in lesson 12
const WALKS_KEPT = 8;

/** Builds a figure in each element with `data-explorer`; a promise of all their handles, by name. */
async function explore(packed) {
  const { digits, ...data } = await unpack(packed);
  const roots = [...document.querySelectorAll("[data-explorer]")];
  return Object.fromEntries(roots.map((root) => {
    const figure = root.dataset.explorer;
    return [figure, build(root, figure, { ...data[figure], digits })];
  }));
}

const squaredError = (a, b) => a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);

// ---- two digits, mixed ----

FIGURES.mixture = (root, { decoder, codes, digits }) => {
  const chosen = { second: 32, first: 84 }; // lesson 05's pair
  let alpha = 0.5;
  const digit = {}, number = {};
  for (const name of ["second", "first"]) {
    digit[name] = createPicture("", `The ${name} digit`);
    number[name] = createNumber({ label: `The ${name}: test digit`, min: 0, max: digits.labels.values.length - 1 }, (at) => {
      chosen[name] = at;
      show("keys");
    });
  }
  const pixels = createPicture("Pixels mixed", "The mixture of the pixels");
  const decoded = createPicture("Codes mixed, then decoded", "What the decoder draws for the mixed code");
  const slider = createSlider({ label: "α", values: Array.from({ length: 21 }, (_, i) => i / 20), expect: "The share of the first digit: 0 is the second alone, 1 the first alone." },
    (value, how) => { alpha = value; show(how); }, (value) => value.toFixed(2));
  const readout = createReadout();
  const mix = (first, second) => Float32Array.from(first, (value, i) => alpha * value + (1 - alpha) * second[i]);
  const of = (list) => [list(chosen.first), list(chosen.second)];

  function show(how) {
    for (const name of ["second", "first"]) {
      digit[name].show(digits.pixels.pixels(chosen[name]));
      digit[name].caption(`The ${name}: ${aDigit(digits.labels.values[chosen[name]])}`);
    }
    pixels.show(mix(...of(digits.pixels.pixels)));
    decoded.show(decoder(mix(...of(codes.row))));
    const share = (name, part) => `${part.toFixed(2)} of the ${digits.labels.values[chosen[name]]}`;
    readout.say(`The code is ${share("first", alpha)} and ${share("second", 1 - alpha)}.`, how);
  }

  const column = (name) => make("div", {}, digit[name].element, number[name].element);
  root.append(
    make("p", { class: "live-hint" }, "Slide α: one digit becomes the other, by their codes and by their pixels."),
    slider.element,
    make("div", { class: "live-columns live-four" }, column("second"), pixels.element, decoded.element, column("first")),
    readout.element,
  );
  for (const name of ["second", "first"]) number[name].set(chosen[name]);
  slider.set(alpha);
  show("pointer");
  return { slider, pixels, decoded };
};

// ---- noise on a digit ----

FIGURES.denoising = (root, { denoiser, digits }) => {
  const denoise = createConvolution(denoiser, denoiser.weights.values);
  let level = 0.5, seed = 1;
  const pad = createPad("The digit: draw here", "Draw a digit with the pointer. Or by keys: arrows move the pen, Space lowers and raises it, Delete clears.", (_, how) => show(how));
  const noisy = createPicture("With noise", "The digit with the noise that is set");
  const cleaned = createPicture("The network's answer", "What the network makes of the noisy digit");
  const slider = createSlider({ label: "Noise, σ", values: Array.from({ length: 31 }, (_, i) => i / 20), expect: "The standard deviation of the noise on each pixel; black is 0, white is 1. The network was trained at 0.5." },
    (value, how) => { level = value; show(how); }, (value) => value.toFixed(2));
  const number = createNumber({ label: "Test digit", min: 0, max: digits.labels.values.length - 1 }, () => useDigit("keys"));
  const use = make("button", { type: "button", "aria-label": "Use this test digit" }, "Use it");
  const clear = make("button", { type: "button" }, "Clear");
  const fresh = make("button", { type: "button" }, "Fresh noise");
  const readout = createReadout();

  function show(how) {
    const corrupted = corrupt(pad.pixels, { noise: "gaussian", level }, seeded(seed));
    const answer = denoise(corrupted);
    noisy.show(corrupted);
    cleaned.show(answer);
    const [before, after] = [corrupted, answer].map((picture) => squaredError(picture, pad.pixels).toFixed(1));
    readout.say(`Squared error: ${before} of the noisy digit, ${after} of the answer.`, how);
  }

  function useDigit(how) {
    pad.set(digits.pixels.pixels(Number(number.input.value)), how);
  }

  use.addEventListener("click", () => useDigit("keys"));
  clear.addEventListener("click", () => pad.set(new Float32Array(SIDE * SIDE)));
  fresh.addEventListener("click", () => { seed += 1; show("keys"); });
  root.append(
    make("p", { class: "live-hint" }, "Draw a digit, or take a test digit, and put noise on it."),
    slider.element,
    make("div", { class: "live-columns" }, pad.element, noisy.element, cleaned.element),
    make("div", { class: "live-pad-buttons" }, number.element, use, clear, fresh),
    readout.element,
  );
  number.set(2);
  slider.set(level);
  useDigit("pointer");
  return { slider, pad, noisy, cleaned };
};

// ---- from noise to a digit ----

/**
 * Lesson 12's walk down the noise levels, from the mean image under the strongest noise; `draw` gives
 * standard normal numbers. `step()` makes one and returns false at the end; `path` keeps, at each
 * level, the image `x` and the network's `answer` to it.
 */
function createWalk({ denoise, levels, mean }, draw) {
  let x = Float64Array.from(mean, (value) => value + levels[0] * draw());
  const path = [];
  const keep = (answer) => path.push({ x: Float32Array.from(x), answer });
  return {
    path,
    step() {
      const k = path.length;
      if (k === levels.length - 1) { // no noise is left, and nothing is asked any more
        keep(Float32Array.from(x));
        return false;
      }
      const answer = denoise(Float32Array.from(x));
      keep(answer);
      const h = 1 - (levels[k + 1] / levels[k]) ** 2;
      const fresh = levels[k + 1] * Math.sqrt(h);
      x = x.map((value, i) => value + h * (answer[i] - value) + fresh * draw());
      return true;
    },
  };
}

FIGURES.walk = (root, { denoiser, levels, mean }) => {
  const denoise = createConvolution(denoiser, denoiser.weights.values);
  const last = levels.length - 1;
  let seed = 1, walk = null, timer = 0;
  const noisy = createPicture("The image", "The image on its way");
  const answer = createPicture("The network's answer to it", "The network's answer to the image, and at σ = 0 the end");
  const start = make("button", { type: "button", class: "live-start" }, "Start");
  const next = make("button", { type: "button" }, "Next seed");
  const number = createNumber({ label: "Seed", min: 0, max: 999999 }, (value) => { stop(); seed = value; });
  const slider = createSlider({ label: "Step", values: levels.map((_, k) => k), expect: "When the walk has ended, slide to see its steps again." }, show,
    (k) => `${k} of ${last}, σ = ${inWords(levels[k])}`);
  const strip = SHOWN_STEPS.map((k) => {
    const at = `at σ = ${inWords(levels[k])}`;
    const column = { k, x: createPicture("", `The image ${at}`), answer: createPicture(inWords(levels[k]), k === last ? "The end of the walk" : `The answer ${at}`) };
    column.element = make("div", { class: "live-picture" }, column.x.canvas, column.answer.element);
    return column;
  });
  const ends = make("div", { class: "live-columns live-ends" });
  const readout = createReadout();

  function inWords(level) {
    return level === 0 ? "0" : level.toFixed(2);
  }

  function show(k) {
    noisy.show(walk.path[k].x);
    answer.show(walk.path[k].answer);
    answer.caption(k === last ? "The end: no noise is left" : "The network's answer to it");
  }

  function begin() {
    stop();
    const random = seeded(seed);
    walk = createWalk({ denoise, levels, mean: mean.values }, () => normal(random));
    for (const column of strip) for (const picture of [column.x, column.answer]) picture.show(new Float32Array(SIDE * SIDE));
    start.textContent = "Stop";
    slider.input.disabled = true;
    readout.say(`The walk with seed ${seed} has begun.`);
    go();
  }

  /** A step, which is shown, and then the next one; who wants no motion sees the end only. */
  function go() {
    const isOnItsWay = walk.step();
    const k = walk.path.length - 1;
    if (!reducedMotion() || !isOnItsWay) {
      slider.set(k);
      show(k);
      for (const column of strip.filter((column) => column.k === k)) {
        column.x.show(walk.path[k].x);
        column.answer.show(walk.path[k].answer);
      }
    }
    if (isOnItsWay) timer = setTimeout(go, reducedMotion() ? 0 : STEP_EVERY);
    else end();
  }

  function end() {
    timer = 0;
    for (const { k, ...column } of strip) {
      column.x.show(walk.path[k].x);
      column.answer.show(walk.path[k].answer);
    }
    const picture = createPicture(`Seed ${seed}`, `The end of the walk with seed ${seed}`);
    picture.show(walk.path[last].x);
    ends.prepend(picture.element);
    if (ends.children.length > WALKS_KEPT) ends.lastChild.remove();
    start.textContent = "Start";
    slider.input.disabled = false;
    readout.say(`The walk with seed ${seed} has ended.`);
  }

  function stop() {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    start.textContent = "Start";
    readout.say("Stopped.");
  }

  start.addEventListener("click", () => (timer ? stop() : begin()));
  next.addEventListener("click", () => {
    stop();
    seed = (seed + 1) % 1_000_000;
    number.set(seed);
    begin();
  });
  const stripElement = make("div", { class: "live-strip", role: "img", "aria-label": `The walk at ${strip.length} of its levels: above the images, below the network's answers` },
    ...strip.map(({ element }) => element));
  root.append(
    make("p", { class: "live-hint" }, "Press Start: forty steps from noise to a picture."),
    make("div", { class: "live-pad-buttons" }, start, number.element, next),
    readout.element,
    make("div", { class: "live-columns live-two" }, noisy.element, answer.element),
    slider.element,
    make("p", {}, "The walk so far, with the level σ under each column: above the image, below the answer to it, and in the last column the end."),
    stripElement,
    make("p", {}, "Where the last walks ended:"),
    ends,
  );
  number.set(seed);
  slider.set(0);
  slider.input.disabled = true;
  readout.say("Nothing has begun.", "pointer");
  return { slider, state: () => ({ steps: walk ? walk.path.length : 0, isRunning: timer !== 0 }), end: () => walk.path.at(-1).x };
};
