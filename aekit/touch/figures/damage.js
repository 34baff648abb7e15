// Damaged digits, and what several models make of them.
//   strengths  list of numbers
//   names      list of the models
//   damages    {kind: {errors: (strengths, models), means over many digits;
//              pictures: (strengths, 1 + models, 784) as bytes, of one digit: damaged, then made good}}

const LEVEL = 0.2; // errors that differ by no more are named together

FIGURES.damage = (root, { strengths, names, damages }) => {
  const shown = { kind: Object.keys(damages)[0], strength: 0 };
  const most = Math.max(...Object.values(damages).flatMap(({ errors }) => [...errors.values]));
  const errorsNow = () => damages[shown.kind].errors.row(shown.strength);
  /** The models with the least error, and those that are level with it. */
  const least = () => {
    const most = Math.min(...errorsNow()) + LEVEL;
    return [...names.keys()].filter((i) => errorsNow()[i] <= most);
  };

  const bars = createSketch("A bar for each model's error. The words beside it say the least and the largest.", {
    x: [-0.42, 1.3], y: [0.08 - 0.14 * names.length, 0.1],
    paint(pen) {
      errorsNow().forEach((error, i) => {
        const y = -0.14 * i, end = error / most, isLeast = least().includes(i);
        pen.words(names[i], [-0.03, y - 0.017], "--live-ink", "right");
        pen.line([[0, y], [end, y]], isLeast ? "--live-accent" : "--live-soft", 18);
        pen.words(`${error.toFixed(1)}${isLeast ? " ◂ least" : ""}`, [end + 0.03, y - 0.017], "--live-ink");
      });
    },
  });
  const pictures = ["Damaged", ...names].map((name) => createPicture(name, `${name}: one test digit`));
  const readout = createReadout();
  const kind = createChoice({ label: "Damage", values: Object.fromEntries(Object.keys(damages).map((name) => [name, name])) },
    (chosen) => { shown.kind = chosen; show(); });
  const strength = createSlider({ label: "Strength:", values: [...strengths.keys()], expect: "Of the noise its σ; of lost pixels their share." },
    (chosen, how) => { shown.strength = chosen; show(how); }, (k) => strengths[k]);

  function show(how) {
    const pixels = damages[shown.kind].pictures.pixels(shown.strength);
    pictures.forEach((picture, i) => picture.show(pixels.subarray(784 * i, 784 * (i + 1))));
    bars.draw();
    const inWords = (i) => `${names[i]}, ${errorsNow()[i].toFixed(1)}`;
    const largest = [...names.keys()].reduce((a, b) => (errorsNow()[b] > errorsNow()[a] ? b : a));
    readout.say(`Least error against the clean digit${least().length > 1 ? `, level to ${LEVEL}` : ""}: ${least().map(inWords).join("; ")}. `
      + `Largest: ${inWords(largest)}. Means of many test digits.`, how);
  }

  arrange(root, "Choose a damage and slide its strength: which model comes nearest to the clean digit?",
    bars.canvas, make("div", {}, kind.element, strength.element, readout.element));
  root.append(make("div", { class: "live-row live-many" }, ...pictures.map(({ element }) => element)));
  kind.set(shown.kind);
  strength.set(0);
  show();
  return { readout };
};
