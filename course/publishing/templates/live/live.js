// The page: an autoencoder that learns while one watches. The worker owns the weights; this file keeps
// the settings, which are the page's address, and a copy of the network that is as old as the last
// state, so that pointing, drawing and the Jacobian need not wait for the worker.

const STATUS_EVERY = 5000; // ms between two sentences for a screen reader
const PICTURE_EVERY = 100; // ms, at least, between two states that the page asks for
const RUNS_KEPT = 6;

/** Digits as `digits.js` has them: deflated bytes in base64, and the labels as a string. */
async function unpack({ pixels, labels }) {
  const bytes = Uint8Array.from(atob(pixels), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return {
    pixels: new Uint8Array(await new Response(stream).arrayBuffer()),
    labels: Uint8Array.from(labels, Number),
  };
}

/** A trainer in a worker; where the browser forbids that, on the page, in shorter slices. */
function startTrainer(data, onState) {
  let send;
  const onPage = () => {
    send = createTrainer(data, onState, (work) => setTimeout(work), 8);
  };
  try {
    const worker = new Worker(URL.createObjectURL(new Blob([WORKER_SOURCE], { type: "text/javascript" })));
    const early = [];
    let hasAnswered = false;
    worker.onmessage = ({ data: state }) => {
      hasAnswered = true;
      onState(state);
    };
    worker.onerror = () => { // a policy of the host's refuses it late
      if (hasAnswered) return;
      onPage();
      early.forEach(send);
    };
    worker.postMessage(data);
    send = (message) => {
      if (!hasAnswered) early.push(message);
      worker.postMessage(message);
    };
  } catch {
    onPage();
  }
  return (message) => send(message);
}

const count = (n) => n.toLocaleString("en-US");
const share = (value) => `${Math.round(100 * value)} %`;
const figure = (value) => (value === 0 ? "0" : Number.isFinite(value) ? String(+value.toPrecision(3)) : "not a number");

/** Builds the page in `root` from `digits` (see `unpack`); returns handles for scripts and tests. */
function mount(root, digits) {
  let settings = fromAddress(location.hash);
  let data = null, send = null, mirror = null, state = null, generation = 0;
  let points = [], changedOnTheWay = false, lastStatus = 0, asking = 0, rate = null;
  const runs = [];

  // ---- what is on the page ----

  const startButton = make("button", { type: "button", class: "live-start" }, "Start");
  const stepButton = make("button", { type: "button" }, "One step");
  const againButton = make("button", { type: "button" }, "Start again");
  const preset = createChoice({ label: "Preset", values: { "": "own settings", ...Object.fromEntries(Object.keys(PRESETS).map((name) => [name, name])) } }, (name) => {
    if (name) change({ ...DEFAULTS, ...PRESETS[name], seed: settings.seed });
  });
  const numbers = make("p", { class: "live-numbers" }, "Unpacking the digits.");
  const status = make("p", { class: "live-status", role: "status" });
  const readout = make("p", { class: "live-readout" });
  const keysHeard = make("p", { class: "live-heard", role: "status" }); // for a reader, after keys
  const plane = createPlane("The plane of the code. Arrow keys move the cross, with Shift five times as far; Home takes it to the nearest digit.", onMove);
  const decoded = createPicture("Decoded at the cross", "What the decoder draws at the cross");
  const pad = createPad("Your digit: draw here", "Draw a digit with the pointer. Or by keys: arrows move the pen, Space lowers and raises it, Delete clears.", onDrawn);
  const noisy = createPicture("Your digit, corrupted", "Your digit with the noise that is set");
  const rebuilt = createPicture("What the network makes of it", "The reconstruction of your digit");
  const directions = [
    createPicture("Most sensitive", "The change of the picture that moves the code most"),
    createPicture("Second", "The other change of the picture that moves the code"),
  ];
  const curve = createCurve("Squared error of the training digits and of the held-out digits, over the digits seen");
  const testDigit = createNumber({ label: "Test digit", min: 0, max: 499 }, () => useTestDigit());
  const useButton = make("button", { type: "button", "aria-label": "Use this test digit" }, "Use it");
  const clearButton = make("button", { type: "button" }, "Clear");
  const runTable = make("tbody");
  const code = make("pre", { tabindex: "0", "aria-label": "The same in Keras" });
  const copyButton = make("button", { type: "button" }, "Copy");
  const outcome = {};
  const controls = {};

  root.append(
    make("div", { class: "live-buttons", role: "group", "aria-label": "Training" }, startButton, stepButton, againButton, preset.element),
    numbers,
    status,
    make("div", { class: "live-stage" },
      make("div", { class: "live-left" }, plane.canvas, readout, keysHeard),
      make("div", { class: "live-pictures" },
        decoded.element,
        ...directions.map((picture) => picture.element),
        pad.element,
        noisy.element,
        rebuilt.element,
        make("div", { class: "live-pad-buttons" }, testDigit.element, useButton, clearButton),
        make("figure", { class: "live-curve-box" }, curve.canvas,
          make("figcaption", {}, "Squared error: ", make("span", { class: "live-key-held-out" }, "held-out digits"), ", ",
            make("span", { class: "live-key-train" }, "training digits"))))),
    make("p", { class: "live-note" }, "Each numeral stands at the code of one of 500 digits that the network is not trained on; its colour and its value say which digit it is, which the network is never told. " +
      "The ellipse says where the code goes when the decoded picture is changed by 1 in any direction (a digit itself has a length of about 9): it is long in the direction in which the code is sensitive, and its two axes belong to the two pictures of directions, orange for more ink and blue for less. The square is the code of your digit. With noise, the held-out error here and in the curve is that of corrupted digits."),
    make("h2", { id: "live-settings" }, "What to change, and what to expect"),
    make("p", { class: "live-note" }, "Network and seed start the training again; all else acts from the next step on. The settings are in this page's address: copy it to send them."),
    makeControls(),
    make("h2", { id: "live-runs" }, "What came out"),
    make("div", { class: "live-table", tabindex: "0", role: "region", "aria-labelledby": "live-runs" },
      make("table", {}, make("thead", {}, make("tr", {}, ...["Network", "Digits seen", "Squared error", "of the mean image's", "Neighbours agree", "‖J‖²"].map((title) => make("th", { scope: "col" }, title)))), runTable)),
    make("p", { class: "live-note" }, "The first row is the network above, the others are those before it. The error is that of the 500 held-out digits, without noise, beside the error of drawing the mean of all digits each time. " +
      "Neighbours agree: the share of held-out digits that are named rightly by their 5 nearest training digits in the plane (10 % by chance). ‖J‖² is the squared norm of the Jacobian, the code's sensitivity in all directions together, as a mean over the held-out digits. * Settings were changed on the way."),
    make("h2", { id: "live-keras" }, "The same in Keras"),
    make("p", { class: "live-note" }, "The same network, data and training with this course's package, from weights of another random generator."),
    copyButton,
    code,
  );
  noisy.element.hidden = true;

  function makeControls() {
    const form = make("form", { class: "live-controls" });
    form.addEventListener("submit", (event) => event.preventDefault());
    const groups = {};
    for (const [name, about] of Object.entries(CONTROLS)) {
      const set = (value) => change({ ...settings, [name]: fromControl(name, value) });
      const kinds = {
        slider: () => createSlider(about, set),
        choice: () => createChoice(about, set),
        number: () => createNumber(about, set),
      };
      controls[name] = kinds[about.kind]();
      if (!groups[about.group]) {
        outcome[about.group] = make("p", { class: "live-outcome" });
        groups[about.group] = make("fieldset", {}, make("legend", {}, about.group));
        form.append(groups[about.group]);
      }
      groups[about.group].append(controls[name].element);
    }
    for (const [group, element] of Object.entries(groups)) element.append(outcome[group]);
    return form;
  }

  function fromControl(name, value) {
    if (name === "layers") return readLayers(value);
    return typeof DEFAULTS[name] === "number" ? Number(value) : value;
  }

  // ---- settings ----

  /** Shows the settings in controls, address and program. */
  function showSettings() {
    for (const [name, control] of Object.entries(controls)) {
      control.set(name === "layers" ? settings.layers.join("-") : settings[name]);
    }
    controls.loss.input.disabled = settings.activation === "linear";
    controls.level.input.disabled = settings.noise === "none";
    controls.beta.input.disabled = settings.layers.length === 0;
    controls.rho.input.disabled = !isSparse(settings);
    const same = Object.keys(PRESETS).find((name) => toAddress(consistent({ ...PRESETS[name], seed: settings.seed })) === toAddress(settings));
    preset.set(same ?? "");
    if (toAddress(settings) !== location.hash) history.replaceState(null, "", toAddress(settings) || location.pathname + location.search);
    code.textContent = kerasCode(settings);
    noisy.element.hidden = settings.noise === "none";
  }

  function change(wanted) {
    const before = settings;
    settings = consistent(wanted);
    showSettings();
    if (!send) return;
    if (networkOf(before) !== networkOf(settings)) startAgain(before);
    else {
      changedOnTheWay ||= state !== null && state.steps > 0 && toAddress(before) !== toAddress(settings);
      send({ type: "set", settings });
      lookAgain();
    }
  }

  function startAgain(before = settings) {
    keepRun(before);
    generation += 1;
    points = [];
    changedOnTheWay = false;
    rate = null;
    send({ type: "start", settings, generation });
    ask();
  }

  // ---- from the worker ----

  /** Asks for the next state: when the last one is drawn, and not too often. */
  function ask() {
    asking = 0;
    send({ type: "ask" });
  }

  function onState(next) {
    if (!asking) asking = setTimeout(() => requestAnimationFrame(ask), reducedMotion() ? 1000 : PICTURE_EVERY);
    if (next.generation !== generation) return;
    const isNew = state === null || state.generation !== generation;
    const hasStopped = state !== null && state.running && !next.running;
    measureRate(next);
    state = next;
    points.push(...next.points);
    const shape = shapeOf(settings);
    if (!mirror || JSON.stringify(mirror.shape) !== JSON.stringify(shape)) mirror = createEngine(shape, { maxBatch: 4 });
    mirror.restore(next.weights);
    plane.show(next.codes, heldOutLabels(), isNew);
    lookAgain();
    showNumbers(isNew || hasStopped);
  }

  const heldOutLabels = () => data.labels.subarray(data.labels.length - HELD_OUT);

  function measureRate(next) {
    const now = performance.now();
    if (!next.running) rate = null;
    else if (!rate) rate = { since: now, images: next.images, perSecond: 0 };
    else if (now - rate.since > 1000) rate = { since: now, images: next.images, perSecond: (1000 * (next.images - rate.images)) / (now - rate.since) };
  }

  // ---- numbers ----

  const WHY = {
    "": "Paused.",
    "no progress": "Stopped by itself: the held-out error has found no new low.",
    "not a number": "Stopped: the error is no longer a number. The learning rate is too high.",
    "as many images as asked for": "Paused: as many digits as the address asks for.",
  };

  function showNumbers(isEvent) {
    const error = points.at(-1).heldOut;
    const { measured } = state;
    startButton.textContent = state.running ? "Pause" : state.steps ? "Go on" : "Start";
    numbers.textContent = `${count(state.images)} digits seen in ${count(state.steps)} steps · held-out error ${figure(error)}, ${share(error / digits.meanError)} of the mean image's${measured ? ` · neighbours agree ${share(measured.accuracy)}` : ""}`
      + (rate && rate.perSecond ? ` · ${count(Math.round(rate.perSecond / 100) * 100)} digits a second` : "");
    const words = state.running ? "Training." : state.steps ? WHY[state.reason] : "Ready: nothing is learnt yet.";
    const now = performance.now();
    if (isEvent || now - lastStatus > STATUS_EVERY) {
      lastStatus = now;
      status.textContent = state.steps ? `${words} ${count(state.images)} digits seen, held-out error ${figure(error)}.` : words;
    }
    showCurve();
    if (!measured) return;
    showOutcomes(measured);
    showRuns();
  }

  function showCurve() {
    curve.show([
      { color: "--live-soft", dashed: true, points: points.filter(({ train }) => train !== null).map(({ images, train }) => [images, train]) },
      { color: "--live-accent", points: points.map(({ images, heldOut }) => [images, heldOut]) },
    ], [{ y: digits.meanError, words: "the mean image" }, { y: digits.pcaError, words: "PCA, 2 components" }]);
  }

  function showOutcomes({ images, error: clean, noise, units, sensitivity, spread }) {
    const at = `Measured at ${count(images)} digits: `;
    const say = (group, words) => { outcome[group].textContent = words; };
    say("Corruption", noise ? `${at}error ${figure(noise.before)} of the corrupted held-out digits, ${figure(noise.after)} after the network.` : "Measured when there is noise.");
    say("Sparsity", units ? `${at}mean activation ${figure(units.mean)} of the ${units.units} units; a unit is nearly off (below 0.1) for ${share(units.off)} of the digits.` : "Measured when β is not 0.");
    say("Contraction", `${at}‖J‖² = ${figure(sensitivity)}; the code's variance is ${figure(spread)}.`);
    say("Network", `${at}error ${figure(clean)}, ${share(clean / digits.meanError)} of the mean image's; PCA with 2 components has ${share(digits.pcaError / digits.meanError)}.`);
    const recent = points.slice(-10).map(({ heldOut }) => heldOut);
    say("Training", `Measured: over the last ${recent.length} points of the curve, the error was between ${figure(Math.min(...recent))} and ${figure(Math.max(...recent))}.`);
  }

  const rowOf = (shown) => {
    const { measured } = state;
    return [inWords(shown) + (changedOnTheWay ? " *" : ""), count(measured.images), figure(measured.error),
      share(measured.error / digits.meanError), share(measured.accuracy), figure(measured.sensitivity)];
  };

  function keepRun(shown) {
    if (!state || !state.measured || !state.measured.images) return;
    runs.unshift(rowOf(shown));
    runs.length = Math.min(runs.length, RUNS_KEPT);
  }

  function showRuns() {
    const rows = [rowOf(settings), ...runs];
    runTable.replaceChildren(...rows.map((row) => make("tr", {}, ...row.map((text) => make("td", {}, text)))));
  }

  // ---- the cross and the drawn digit ----

  function onMove(x, y, how) {
    look();
    if (how !== "keys") return;
    clearTimeout(onMove.timer); // a reader hears where the cross is when the keys rest
    onMove.timer = setTimeout(() => { keysHeard.textContent = readout.textContent; }, 600);
  }

  /** What is seen at the cross: the decoder's picture there, and what the code is sensitive to there. */
  function look() {
    if (!mirror) return;
    const { x, y } = plane.cross;
    const picture = mirror.decode(Float32Array.of(x, y));
    decoded.show(picture);
    readout.textContent = `Code (${figure(x)}, ${figure(y)}); the nearest digit is ${aDigit(plane.nearest())}.`;
    const directionsThere = principalDirections(mirror.jacobian(picture));
    directionsThere.forEach(({ picture: direction, strength }, i) => {
      directions[i].showSigned(direction);
      directions[i].caption(`${["Most sensitive", "Second"][i]}: ${figure(strength)}`);
    });
    plane.setEllipse(directionsThere.map(({ strength, angle }) => [strength, angle]));
  }

  function lookAgain() {
    look();
    onDrawn(pad.pixels);
  }

  function onDrawn(pixels) {
    if (!mirror) return;
    const isEmpty = !pixels.some((value) => value > 0);
    const seen = settings.noise === "none" ? Float32Array.from(pixels) : corrupt(pixels, settings, seeded(settings.seed));
    noisy.show(seen);
    if (isEmpty) {
      plane.setMark(null);
      rebuilt.show(pixels);
      return;
    }
    const place = mirror.encode(seen);
    rebuilt.show(mirror.decode(place));
    plane.setMark([...place]);
  }

  function useTestDigit() {
    if (!data) return;
    const at = data.labels.length - HELD_OUT + Number(testDigit.input.value);
    pad.set(asPixels(data.pixels.subarray(at * PIXELS, (at + 1) * PIXELS)));
  }

  // ---- buttons and keys ----

  startButton.addEventListener("click", () => { send({ type: state.running ? "pause" : "run" }); if (!asking) ask(); });
  stepButton.addEventListener("click", () => { send({ type: "step" }); });
  againButton.addEventListener("click", () => startAgain());
  useButton.addEventListener("click", useTestDigit);
  clearButton.addEventListener("click", () => pad.set(new Float32Array(PIXELS)));
  copyButton.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    copyButton.textContent = "Copied";
    setTimeout(() => { copyButton.textContent = "Copy"; }, 2000);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && state && state.running) send({ type: "pause" }); });
  window.addEventListener("hashchange", () => change(fromAddress(location.hash)));
  const buttons = [startButton, stepButton, againButton, useButton, clearButton];
  buttons.forEach((button) => { button.disabled = true; });

  showSettings();
  testDigit.set(0);
  const ready = unpack(digits).then((unpacked) => {
    data = unpacked;
    send = startTrainer(data, onState);
    send({ type: "start", settings, generation });
    ask();
    buttons.forEach((button) => { button.disabled = false; });
    startButton.disabled = true;
    return new Promise((resolve) => {
      const wait = setInterval(() => { if (state) { clearInterval(wait); startButton.disabled = false; useTestDigit(); resolve(); } }, 20);
    });
  });
  return { ready, state: () => state, settings: () => settings, points: () => points, plane, pad };
}

/** The two perpendicular pictures that move the code most and least: J = sum_i s_i u_i v_i', from J J'. */
function principalDirections([j1, j2]) {
  const dot = (p, q) => p.reduce((sum, value, i) => sum + value * q[i], 0);
  const [a, b, c] = [dot(j1, j1), dot(j1, j2), dot(j2, j2)];
  const angle = 0.5 * Math.atan2(2 * b, a - c); // of u_1, the ellipse's long axis
  return [angle, angle + Math.PI / 2].map((turn) => {
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const picture = j1.map((value, i) => cos * value + sin * j2[i]);
    return { picture, strength: Math.sqrt(dot(picture, picture)), angle: turn };
  });
}
