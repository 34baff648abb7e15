// What networks make of images of which only the first principal components are kept.
//   counts    [...], how many components, k of them
//   networks  [name, ...], n of them
//   kinds     [{name, inputs, outputs, shares}, ...]: one image of a kind, (k, 784), what the networks
//             make of it, (n, k, 784), and the errors of many such images as shares of those of their
//             mean image, (n, k); images as bytes

FIGURES.components = (root, { counts, networks, kinds }) => {
  const input = createPicture("input", "The input");
  const answers = networks.map((name) => createPicture(name, `What ${name} make of it`));
  const readout = createReadout();
  const choice = createChoice({ label: "Input", values: Object.fromEntries(kinds.map(({ name }) => [name, name])) }, show);
  const slider = createSlider({ label: "Principal components kept of it:", values: counts }, show, (k) => `${k} of 784`);

  function show(_, how) {
    const at = Number(slider.input.value);
    const { inputs, outputs, shares } = kinds.find(({ name }) => name === choice.input.value);
    input.show(inputs.pixels(at));
    answers.forEach((answer, n) => answer.show(outputs.pixels(n).subarray(784 * at)));
    const words = networks.map((name, n) => `${name} ${percent(shares.row(n)[at])}`);
    readout.say(`Error of such images, as a share of their mean image's: ${words.join(", ")}.`, how);
  }

  const percent = (share) => (share < 0.001 ? "under 0.1 %" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`);

  arrange(root, "Slide, and watch the noise: up to how many components does each network copy it?",
    make("div", { class: "live-row live-even" }, input.element, ...answers.map((answer) => answer.element)),
    make("div", {}, slider.element, choice.element), readout.element);
  choice.set(kinds[0].name);
  slider.set(counts[0]);
  show();
  return { input, answers, choice, slider, readout };
};
