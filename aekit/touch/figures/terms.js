// Digits as sums of the features of two codes, cut after k terms, the largest first.
//   image     (784,), bytes: the digit
//   counts    (n,): after how many terms there is a picture
//   sums      {"network, from start": (n, 784), bytes}: the sums of so many terms
//   terms     {"network, from start": (n, 784), bytes}: the last term of each, where 128 is 0
//   errors    {"network, from start": [n numbers]}: the mean squared error of such sums over `judged`
//   judged    which digits these are, in words

FIGURES.terms = (root, { image, counts, sums, terms, errors, judged }) => {
  const split = (name) => name.split(", from ");
  const [networks, starts] = [0, 1].map((part) => [...new Set(Object.keys(sums).map((name) => split(name)[part]))]);
  const chosen = { start: starts.at(-1), k: 10 };
  const target = createPicture("The digit", "The digit");
  const drawn = networks.map((name) => createPicture(name, `The sum of the ${name} code's largest terms`));
  const added = networks.map((name) => createPicture(name, `The ${name} code's last term of that sum: orange draws, blue erases`));
  const readout = createReadout();

  function show(what, how) {
    Object.assign(chosen, what);
    const { k, start } = chosen, i = counts.values.indexOf(k);
    const means = networks.map((network, n) => {
      const name = `${network}, from ${start}`, picture = sums[name].pixels(i);
      const error = picture.reduce((sum, value, pixel) => sum + (value - image.values[pixel] / 255) ** 2, 0);
      drawn[n].show(picture);
      drawn[n].caption(`${network}, ${k} ${k === 1 ? "term" : "terms"}: squared error ${error.toFixed(1)}`);
      added[n].showSigned(Float32Array.from(terms[name].row(i), (byte) => byte - 128));
      added[n].caption(k ? `${network}, term ${k} alone` : `${network}: no term yet`);
      return `${network} ${errors[name][i].toFixed(1)}`;
    });
    readout.say(`Mean squared error of ${judged}: ${means.join(", ")}.`, how);
  }

  const slider = createSlider({ label: "Terms, k =", values: [...counts.values], expect: "Those that add most come first." }, (k, how) => show({ k }, how));
  const choice = createChoice({ label: "The sum begins with", values: Object.fromEntries(starts.map((start) => [start, start])) }, (start) => show({ start }));
  slider.set(chosen.k);
  choice.set(chosen.start);
  target.show(Float32Array.from(image.values, (byte) => byte / 255));
  const even = (...pictures) => make("div", { class: "live-row live-even" }, ...pictures.map(({ element }) => element));
  arrange(root, "Slide k: which code needs fewer terms to draw the digit? Of a single term, orange draws and blue erases.",
    make("div", {}, even(...drawn), slider.element, readout.element), make("div", {}, choice.element, even(...added, target)));
  show({});
  return { slider, choice, readout };
};
