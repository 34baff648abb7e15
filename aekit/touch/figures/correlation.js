// What one pixel says about the others: point at a pixel, and see which vary together with it.
//   maps  {name of the images: (196, 784)}: the correlations of every second pixel, in rows and columns,
//         with all pixels; bytes to 255 for 1, and 0 where one of the two pixels never varies
//   count  of how many images the correlations are; without it 5,000, as in lesson 00

FIGURES.correlation = (root, { maps, count = 5000 }) => {
  const [first] = Object.keys(maps);
  const picker = createPicker(
    "Orange: correlation above 0. Blue: below 0.",
    "Correlations with the framed pixel. Arrow keys move the frame, with Shift five times as far.",
    show, 2,
  );
  const readout = createReadout();
  const never = `the same in all of these ${count.toLocaleString("en-US")} images`;
  const choice = createChoice(
    { label: "Images", values: Object.fromEntries(Object.keys(maps).map((name) => [name, name])) },
    () => show(picker.at.row, picker.at.column, "keys"),
  );
  choice.set(first);

  /** A number of two digits, never -0.00. */
  const inWords = (r) => (Math.round(100 * r) / 100 + 0).toFixed(2).replace("-", "−");

  function show(row, column, how) {
    const map = Array.from(maps[choice.input.value].pixels((14 * row + column) / 2), (share) => (share ? 2 * share - 1 : NaN));
    picker.showSigned(map.map((r) => r || 0));
    const [own, beside] = [map[SIDE * row + column], map[SIDE * row + column + 1]];
    const place = `Row ${row + 1}, column ${column + 1}: `;
    if (isNaN(own)) return readout.say(`${place}this pixel is ${never}.`, how);
    const strong = map.filter((r) => Math.abs(r) > 0.3).length - 1;
    const words = isNaN(beside) ? `the pixel to its right is ${never}` : `the correlation with the pixel to its right is ${inWords(beside)}`;
    readout.say(`${place}${words}. With ${strong} of the 783 others the correlation is above 0.3 or below −0.3.`, how);
  }

  arrange(root, "Point at pixels of the digits: which others vary with the framed one? Then do the same where the pixels are shuffled.",
    picker.element, make("div", {}, choice.element, readout.element));
  picker.pointAt(14, 14, "keys");
  return { picker, choice, readout };
};
