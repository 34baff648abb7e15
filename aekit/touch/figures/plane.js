// The plane of a code with two units: what the decoder draws where one points.
//   decoder  from (2,) to (784,)
//   codes    (n, 2), of digits
//   labels   (n,)

FIGURES.plane = (root, { decoder, codes, labels }) => {
  const decoded = createPicture("Decoded there", "What the decoder draws at the cross");
  const readout = createReadout();
  const plane = createPlane(
    "The plane of the code. Arrow keys move the cross, with Shift five times as far; Home takes it to the nearest digit.",
    (x, y, how) => {
      decoded.show(decoder([x, y]));
      readout.say(`Code (${x.toFixed(2)}, ${y.toFixed(2)}). The nearest digit is ${aDigit(plane.nearest())}.`, how);
    },
  );
  arrange(root, "Point into the plane, or use the arrow keys there: the decoder draws what two numbers stand for.",
    plane.canvas, make("div", {}, decoded.element, readout.element));
  plane.show(codes.values, labels.values, true);
  return { plane, decoded };
};
