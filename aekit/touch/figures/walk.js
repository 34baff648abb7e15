// Walks from noise to pictures: what a denoiser is given at each level, and what it answers.
//   levels   list of the strengths of the noise, from strong to none
//   seen     (levels, walks, 784) as bytes
//   answers  the same; at the last level both are the end of the walk

FIGURES.walk = (root, { levels, seen, answers }) => {
  const [, walks] = seen.shape, last = levels.length - 1;
  const pictureOf = (pictures, k, walk) => pictures.pixels(k).subarray(784 * walk, 784 * (walk + 1));

  /** The squared distance of a walk's k-th answer to its end. */
  function distance(k, walk) {
    const end = pictureOf(answers, last, walk);
    return pictureOf(answers, k, walk).reduce((sum, value, i) => sum + (value - end[i]) ** 2, 0);
  }

  const columns = Array.from({ length: walks }, (_, walk) => ({
    given: createPicture(`Walk ${walk + 1}`, `Walk ${walk + 1}: what the network is given`),
    answer: createPicture("", `Walk ${walk + 1}: what the network answers, and at σ = 0 the end`),
  }));
  const readout = createReadout();
  const slider = createSlider({ label: "Noise σ:", values: [...levels.keys()],
    expect: "Above what the network is given, below what it answers, with the answer's squared distance to the end of the walk." },
  show, (k) => levels[k].toPrecision(2));

  function show(k, how) {
    const far = columns.map(({ given, answer }, walk) => {
      given.show(pictureOf(seen, k, walk));
      answer.show(pictureOf(answers, k, walk));
      const one = distance(k, walk);
      answer.caption(k === last ? "The end" : `Answer: squared distance ${one.toFixed(1)}`);
      return one;
    });
    const mean = far.reduce((sum, one) => sum + one) / walks;
    readout.say(k === last ? "These are the ends of the walks: no noise is left, and nothing is asked."
      : `On average, the squared distance of these answers to the ends of their walks is ${mean.toFixed(1)}.`, how);
  }

  arrange(root, "Slide from strong noise to none: at which σ do you see what each walk will become?",
    slider.element, readout.element);
  root.append(make("div", { class: "live-row live-even live-pairs" },
    ...columns.map(({ given, answer }) => make("div", {}, given.element, answer.element))));
  slider.set(0);
  show(0);
  return { distance };
};
