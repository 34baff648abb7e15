// What networks make of an image that one draws, or begins with an example.
//   networks  [[name, encoder, decoder], ...], from (784,) to the code and back
//   examples  [[name, (1, 784)], ...], images as bytes

FIGURES.draw = (root, { networks, examples }) => {
  const images = new Map(examples);
  const own = "(a drawing of yours)";
  const answers = networks.map(([name]) => createPicture(name, `What the ${name} makes of it`));
  const readout = createReadout();
  const pad = createPad("Input: draw here", "The input. Arrow keys move the pen, Space lowers and raises it, Delete clears.", (pixels, how) => {
    choice.set(own);
    const words = networks.map(([name, encode, decode], i) => {
      const answer = decode(encode(pixels));
      answers[i].show(answer);
      return `${name} ${answer.reduce((sum, value, j) => sum + (value - pixels[j]) ** 2, 0).toFixed(1)}`;
    });
    const black = pixels.reduce((sum, value) => sum + value ** 2, 0);
    readout.say(`Squared error: ${words.join(", ")}; a black picture ${black.toFixed(1)}.`, how);
  });
  const choice = createChoice(
    { label: "Begin with", values: Object.fromEntries([...images.keys(), own].map((name) => [name, name])) },
    begin,
  );

  function begin(name) {
    pad.set(name === own ? new Float32Array(SIDE * SIDE) : images.get(name).pixels(0));
    choice.set(name);
  }

  arrange(root, "Draw a digit, then something that is none. What does each network draw?",
    pad.element,
    make("div", {}, choice.element, make("div", { class: "live-row live-even" }, ...answers.map((answer) => answer.element)), readout.element));
  begin(examples[0][0]);
  return { pad, choice, answers, readout };
};
