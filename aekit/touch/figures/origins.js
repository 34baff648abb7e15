// A noisy point in the plane, which of the data points it may come from, and their mean, the best answer.
//   data              {name: (n, 2)}: data sets to choose from
//   encoder, decoder  a network that learnt to denoise one of them, from (2,) to (2,) together
//   learnt            {name, sigma}: from which data and noise

FIGURES.origins = (root, { data, encoder, decoder, learnt }) => {
  const names = Object.keys(data);
  const points = Object.fromEntries(names.map((name) => [name, Array.from({ length: data[name].shape[0] }, (_, i) => [...data[name].row(i)])]));
  const chosen = { ...learnt };
  const readout = createReadout();
  const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const by = (at) => [...decoder(encoder(at))];

  /** The share of each data point in the mean of the origins of `at`. */
  function shares(at) {
    const squared = points[chosen.name].map((point) => apart(point, at) ** 2);
    const least = squared.reduce((a, b) => Math.min(a, b));
    const weights = squared.map((value) => Math.exp((least - value) / (2 * chosen.sigma ** 2)));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  }

  const meanOf = (parts) => [0, 1].map((axis) => parts.reduce((sum, part, i) => sum + part * points[chosen.name][i][axis], 0));

  /** The fewest data points that hold 90 % of the shares. */
  function origins(parts) {
    const order = parts.map((_, i) => i).sort((a, b) => parts[b] - parts[a]);
    let held = 0;
    return order.filter((i) => { const isOne = held < 0.9; held += parts[i]; return isOne; }).map((i) => points[chosen.name][i]);
  }

  const sketch = createSketch("The plane. Drag the noisy point, or move it by the arrow keys, with Shift five times as far.", {
    x: [-1.7, 1.7],
    y: [-1.7, 1.7],
    point: [0.5, 0.35],
    paint(pen, at) {
      const parts = shares(at);
      pen.dots(points[chosen.name].filter((_, i) => i % 4 === 0), "--live-soft", 1.5);
      pen.dots(origins(parts), "--live-ink", 3);
      pen.line([at, by(at)], "--live-ink", 1.5, [5, 4]);
      pen.arrow(at, meanOf(parts), "--live-accent", 3);
      pen.dots([by(at)], "--live-ink", 4.5);
      pen.dots([at], "--live-accent", 7);
    },
    onMove: (at, how) => say(how),
  });

  function say(how) {
    const parts = shares(sketch.at), best = meanOf(parts);
    readout.say(`Best answer (${best.map((value) => value.toFixed(2)).join(", ")}), ${apart(best, sketch.at).toFixed(2)} away. ` +
      `90\u00a0% of it comes from ${origins(parts).length} of ${parts.length} data points, the large dots. ` +
      `The network's answer is ${apart(best, by(sketch.at)).toFixed(2)} from it.`, how);
  }

  function choose(what, how) {
    Object.assign(chosen, what);
    sketch.draw();
    say(how);
  }

  const choice = createChoice({ label: "Data", values: Object.fromEntries(names.map((name) => [name, name])) }, (name) => choose({ name }));
  const slider = createSlider({ label: "Noise, σ =", values: [0.05, 0.1, 0.2, 0.3, 0.5, 0.8], expect: `The dashed line goes to the answer of a network that learnt from ${learnt.name} with σ = ${learnt.sigma}.` }, (sigma, how) => choose({ sigma }, how));
  slider.set(chosen.sigma);
  choice.set(chosen.name);
  arrange(root, "Drag the point and slide σ: the arrow goes to the mean of its possible origins. When does that leave the data?",
    sketch.canvas, make("div", {}, slider.element, choice.element, readout.element));
  choose({});
  return { sketch, slider, choice, readout, best: (at) => meanOf(shares(at)), by };
};
