// Two starts of a training: the error of each, for so many labels and after so many updates.
//   networks, starts  lists of names; two starts
//   labels, updates   lists of numbers
//   errors            list of (networks, starts, labels, updates), in per cent
//   rivals            list of the names of two that have no updates
//   rival_errors      list of (rivals, labels)

FIGURES.starts = (root, { networks, starts, labels, updates, errors, rivals, rival_errors }) => {
  const shown = { network: 0, label: Math.floor(labels.length / 2), update: 0 };
  const last = updates.at(-1), [low, high] = [3, 100];
  // Each line's colour, width and dashes; and its values over the updates.
  const looks = [["--live-ink", 2.5, [8, 5]], ["--live-accent", 3, []], ["--live-soft", 1.5, [2, 4]], ["--live-soft", 1.5, []]];
  const lines = () => [
    ...errors[shown.network].map((of) => of[shown.label]),
    ...rival_errors.map((of) => updates.map(() => of[shown.label])),
  ];
  const place = (update, error) => [update / last, (0.8 * Math.log(error / low)) / Math.log(high / low)];

  const sketch = createSketch("The errors of both starts over the updates. The words beside it say them.", {
    x: [-0.16, 1.04], y: [-0.1, 1],
    paint(pen) {
      for (const error of [5, 10, 20, 40, 80]) {
        pen.line([place(0, error), place(last, error)], "--live-line", 1);
        pen.words(`${error} %`, [-0.02, place(0, error)[1] - 0.012], "--live-soft", "right");
      }
      const at = updates[shown.update];
      pen.line([place(at, low), place(at, high)], "--live-soft", 1);
      pen.words(`${at} updates`, [place(at, low)[0], -0.06], "--live-ink", at > last / 2 ? "right" : "left");
      lines().forEach((line, i) => {
        pen.line(updates.map((update, k) => place(update, line[k])), ...looks[i]);
        if (i < starts.length) pen.dots([place(at, line[shown.update])], looks[i][0], 6);
        const [x, y] = [-0.12 + 0.6 * (i % 2), i < 2 ? 0.95 : 0.88]; // the legend, in two rows
        pen.line([[x, y], [x + 0.08, y]], ...looks[i]);
        pen.words([...starts, ...rivals][i], [x + 0.1, y - 0.012], "--live-ink");
      });
    },
  });
  const readout = createReadout();
  const change = (key) => (i, how) => { shown[key] = Number(i); sketch.draw(); say(how); };
  const network = createChoice({ label: "Network", values: { ...networks } }, change("network"));
  const label = createSlider({ label: "Labelled images:", values: [...labels.keys()] }, change("label"), (i) => labels[i].toLocaleString("en"));
  const update = createSlider({ label: "Updates:", values: [...updates.keys()] }, change("update"), (i) => updates[i]);

  /** How many points of errors the second start gains, as far as one decimal shows it. */
  function inWords(gain) {
    const points = Math.abs(gain).toFixed(1);
    return points === "0.0" ? "level" : `${points} points ${gain < 0 ? "more" : "fewer"}`;
  }

  function say(how) {
    const [first, second, ...others] = lines().map((line) => line[shown.update]);
    readout.say(`${starts[0]}: ${first.toFixed(1)} % errors. ${starts[1]}: ${second.toFixed(1)} %, ${inWords(first - second)}. `
      + others.map((error, i) => `${rivals[i]}: ${error.toFixed(1)} %.`).join(" "), how);
  }

  arrange(root, "Choose a network, slide the labels and the updates: how far apart are the two starts?",
    sketch.canvas, make("div", {}, network.element, label.element, update.element, readout.element));
  network.set(shown.network);
  label.set(shown.label);
  update.set(shown.update);
  sketch.draw();
  say();
  return { readout, label, update };
};
