// Two digits and α: their codes mixed and decoded, beside the mixed pixels of their reconstructions.
//   paths  (pairs, steps, 784), bytes: the decoded mixtures α h_1 + (1 - α) h_2 of ten digits, α from 0
//          to 1 in equal steps. The pairs: first digit 0 with 0 to 9 as second, 1 with 1 to 9, and so on.

FIGURES.mix = (root, { paths }) => {
  const steps = paths.shape[1], size = paths.shape[2];
  const alphas = Array.from({ length: steps }, (_, i) => i / (steps - 1));
  const chosen = { first: 8, second: 3, alpha: 0.5 };
  const codes = createPicture("Codes mixed", "The decoded mixture of the two codes");
  const pixels = createPicture("Pixels mixed", "The mixture of the pixels of the two reconstructions");
  const readout = createReadout();

  /** The decoded pictures from the second digit to the first one. */
  function pathOf(first, second) {
    const [low, high] = [Math.min(first, second), Math.max(first, second)];
    const all = paths.pixels(low * 10 - (low * (low - 1)) / 2 + high - low);
    const path = alphas.map((_, i) => all.subarray(i * size, (i + 1) * size));
    return first <= second ? path : path.reverse();
  }

  /** Where each picture of a path is, seen from the line between its ends: [along, off], in its lengths. */
  function alongAndOff(path) {
    const minus = (a, b) => a.map((value, i) => value - b[i]);
    const times = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const line = minus(path[steps - 1], path[0]), length = times(line, line) || 1;
    return path.map((picture) => {
      const step = minus(picture, path[0]), along = times(step, line) / length;
      return [along, Math.sqrt(Math.max(times(step, step) / length - along ** 2, 0))];
    });
  }

  let places;
  const sketch = createSketch("The path of the decoded mixtures, beside the straight line of the mixed pixels", {
    x: [-0.15, 1.15],
    y: [-0.15, 0.65],
    paint(pen) {
      const here = places[alphas.indexOf(chosen.alpha)], end = places.at(-1), straight = [chosen.alpha * end[0], 0];
      pen.line([places[0], end], "--live-soft", 2, [6, 4]);
      pen.line(places, "--live-accent");
      pen.line([here, straight], "--live-ink", 1.5, [2, 3]);
      pen.dots([here], "--live-accent", 7);
      pen.dots([straight], "--live-ink", 5);
      pen.words(`the ${chosen.second}`, [0, -0.09], "--live-ink", "center");
      pen.words(`the ${chosen.first}`, [end[0], -0.09], "--live-ink", "center");
      pen.words("pixels mixed", [0.5, -0.09], "--live-soft", "center");
      pen.words("codes mixed", [0.5, Math.max(...places.map(([, off]) => off)) + 0.05], "--live-accent", "center");
    },
  });

  function show(what, how) {
    Object.assign(chosen, what);
    const path = pathOf(chosen.first, chosen.second);
    places = alongAndOff(path);
    const i = alphas.indexOf(chosen.alpha), [along, off] = places[i];
    codes.show(path[i]);
    pixels.show(path[0].map((value, p) => chosen.alpha * path[steps - 1][p] + (1 - chosen.alpha) * value));
    const apart = Math.hypot(along - chosen.alpha * places.at(-1)[0], off);
    const words = chosen.first === chosen.second ? "Both digits are the same."
      : `From one picture to the other: ${apart.toFixed(2)} of the distance of the two ends.`;
    readout.say(words, how);
    sketch.draw();
  }

  const digits = Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [digit, digit]));
  const first = createChoice({ label: "First digit, at α = 1", values: digits }, (value) => show({ first: Number(value) }));
  const second = createChoice({ label: "Second digit, at α = 0", values: digits }, (value) => show({ second: Number(value) }));
  const slider = createSlider({ label: "α =", values: alphas,
    expect: "At 0 both pictures are the second digit, at 1 the first, as the network reconstructs them. In the drawing, the height of the curve is its distance from the straight line." },
  (alpha, how) => show({ alpha }, how), (alpha) => alpha.toFixed(2));
  first.set(chosen.first);
  second.set(chosen.second);
  slider.set(chosen.alpha);
  const pictures = make("div", { class: "live-row live-even" }, codes.element, pixels.element);
  arrange(root, "Slide α: mixed pixels keep to the straight line between the two ends; where does the path of the mixed codes go?",
    make("div", {}, pictures, slider.element, readout.element), make("div", {}, first.element, second.element, sketch.canvas));
  show({});
  return { first, second, slider, readout };
};
