// A digit that one moves inside its picture, and what several networks make of it, with their errors.
//   digits    (n, 784), bytes: where the data set has them
//   labels    [n numbers]: what they are
//   pictures  {network: (n, (2 reach + 1)², 784), bytes}: the reconstructions of the digits, moved down
//             by -reach to reach pixels and, for each of these, to the right by as many

FIGURES.shift = (root, { digits, labels, pictures }) => {
  const names = Object.keys(pictures);
  const side = Math.sqrt(pictures[names[0]].shape[1]), reach = (side - 1) / 2;
  const at = { digit: 0, right: 0, down: 0 };
  const input = createPicture("The input: drag it", "The input, a digit. Drag it, or move it by the arrow keys; Home puts it back.");
  const outputs = names.map((name) => createPicture(name, `The reconstruction by ${name}`));
  const readout = createReadout();
  makeMovable(input.canvas, reach, (right, down, how) => show({ right, down }, how));

  /** The digit moved inside its picture; what leaves it is cut off. */
  function moved() {
    const pixels = digits.pixels(at.digit), result = new Float32Array(SIDE * SIDE);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const [fromX, fromY] = [x - at.right, y - at.down];
        if (Math.min(fromX, fromY) >= 0 && Math.max(fromX, fromY) < SIDE) result[y * SIDE + x] = pixels[fromY * SIDE + fromX];
      }
    }
    return result;
  }

  function show(what, how) {
    Object.assign(at, what);
    const picture = moved(), place = (at.down + reach) * side + at.right + reach;
    input.show(picture);
    const errors = names.map((name, i) => {
      const start = (at.digit * side * side + place) * SIDE * SIDE;
      const output = Float32Array.from(pictures[name].values.subarray(start, start + SIDE * SIDE), (byte) => byte / 255);
      outputs[i].show(output);
      const error = output.reduce((sum, value, pixel) => sum + (value - picture[pixel]) ** 2, 0);
      outputs[i].caption(`${name}: ${error.toFixed(1)}`);
      return `${name} ${error.toFixed(1)}`;
    });
    const words = [[at.right, "to the right", "to the left"], [at.down, "down", "up"]]
      .filter(([pixels]) => pixels).map(([pixels, ahead, back]) => `${Math.abs(pixels)} ${pixels > 0 ? ahead : back}`);
    readout.say(`Moved ${words.join(", ") || "by 0 pixels"}. Squared error: ${errors.join("; ")}.`, how);
  }

  const choice = createChoice({ label: "Digit", values: { ...labels } }, (value) => show({ digit: Number(value) }));
  root.append(make("p", { class: "live-hint" }, "Drag the digit, or use the arrow keys on it: watch the squared error of each network."),
    make("div", { class: "live-row live-even" }, input.element, ...outputs.map(({ element }) => element)), readout.element, choice.element);
  show({});
  return { input, choice, readout };
};
