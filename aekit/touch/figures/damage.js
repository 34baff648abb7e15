// Damaged digits, and what several models make of them.
//   strengths  list of numbers
//   names      list of the models
//   damages    {kind: {errors: (strengths, models), means over many digits;
//              pictures: (strengths, 1 + models, 784) as bytes, of one digit: damaged, then made good}}

FIGURES.damage = (root, { strengths, names, damages }) => {
  const shown = { kind: Object.keys(damages)[0], strength: 0 };
  const most = Math.max(...Object.values(damages).flatMap(({ errors }) => [...errors.values]));
  const errorsNow = () => damages[shown.kind].errors.row(shown.strength);
  const ranked = () => [...names.keys()].sort((a, b) => errorsNow()[a] - errorsNow()[b]);

  const bars = createSketch("A bar for each model's error. The words beside it say the least and the largest.", {
    x: [-0.42, 1.3], y: [0.08 - 0.14 * names.length, 0.1],
    paint(pen) {
      const [least] = ranked();
      errorsNow().forEach((error, i) => {
        const y = -0.14 * i, end = error / most;
        pen.words(names[i], [-0.03, y - 0.017], "--live-ink", "right");
        pen.line([[0, y], [end, y]], i === least ? "--live-accent" : "--live-soft", 18);
        pen.words(`${error.toFixed(1)}${i === least ? " ◂ least" : ""}`, [end + 0.03, y - 0.017], "--live-ink");
      });
    },
  });
  const pictures = ["Damaged", ...names].map((name) => createPicture(name, `${name}: one test digit`));
  const readout = createReadout();
  const kind = createChoice({ label: "Damage", values: Object.fromEntries(Object.keys(damages).map((name) => [name, name])) },
    (chosen) => { shown.kind = chosen; show(); });
  const strength = createSlider({ label: "Strength:", values: [...strengths.keys()], expect: "Of the noise its σ; of lost pixels their share." },
    (chosen) => { shown.strength = chosen; show(); }, (k) => strengths[k]);
  function show() {
    const pixels = damages[shown.kind].pictures.pixels(shown.strength);
    pictures.forEach((picture, i) => picture.show(pixels.subarray(784 * i, 784 * (i + 1))));
    bars.draw();
    const order = ranked(), [least, largest] = [order[0], order.at(-1)];
    readout.say(`Least error against the clean digit: ${names[least]}, ${errorsNow()[least].toFixed(1)}. `
      + `Largest: ${names[largest]}, ${errorsNow()[largest].toFixed(1)}. Means of many test digits.`);
  }

  arrange(root, "Choose a damage and slide its strength: which model comes nearest to the clean digit?",
    bars.canvas, make("div", {}, kind.element, strength.element, readout.element));
  const four = "grid-template-columns: repeat(4, minmax(0, 1fr))"; // beside one another, on a phone too
  root.append(make("div", { class: "live-row", style: four }, ...pictures.map(({ element }) => element)));
  kind.set(shown.kind);
  strength.set(0);
  show();
  return { readout };
};
