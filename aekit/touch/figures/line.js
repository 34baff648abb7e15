// A line that one turns through the mean of some points: their feet on it, how far they are from it,
// and how far apart along it.
//   points  (n, 2)

FIGURES.line = (root, { points }) => {
  const all = Array.from({ length: points.shape[0] }, (_, i) => points.row(i));
  const meanOf = (f) => all.reduce((sum, point) => sum + f(point), 0) / all.length;
  const mean = [0, 1].map((axis) => meanOf((point) => point[axis]));
  const moment = (a, b) => meanOf((point) => (point[a] - mean[a]) * (point[b] - mean[b]));
  const total = moment(0, 0) + moment(1, 1);
  const best = Math.atan2(2 * moment(0, 1), moment(0, 0) - moment(1, 1)) / 2; // PCA's direction
  const reach = 1.15 * Math.max(...all.map(([x, y]) => Math.hypot(x - mean[0], y - mean[1])));
  const onLine = (t, angle) => [mean[0] + t * Math.cos(angle), mean[1] + t * Math.sin(angle)];
  const positionOf = ([x, y], angle) => (x - mean[0]) * Math.cos(angle) + (y - mean[1]) * Math.sin(angle);
  let angle = (100 * Math.PI) / 180;

  function paint(pen) {
    for (const side of [-1, 1]) pen.line([1.02, 1.2].map((far) => onLine(side * far * reach, best)), "--live-soft", 5);
    pen.words("PCA", onLine(1.28 * reach, best));
    pen.line([onLine(-reach, angle), onLine(reach, angle)], "--live-accent", 2.5);
    for (const point of all) {
      const foot = onLine(positionOf(point, angle), angle);
      pen.line([point, foot], "--live-soft", 2, [3, 4]);
      pen.dots([foot], "--live-accent", 4);
    }
    pen.dots(all, "--live-ink", 6);
    pen.dots([onLine(reach, angle)], "--live-accent", 9); // to be dragged
    const { along } = measured(), [left, bar] = [mean[0] - 1.3 * reach, mean[1] - 1.4 * reach];
    const middle = left + (2.6 * reach * along) / total, right = left + 2.6 * reach;
    pen.line([[left, bar], [middle, bar]], "--live-accent", 14);
    pen.line([[middle, bar], [right, bar]], "--live-soft", 14);
    pen.words("variance along the line", [left, bar - 0.19 * reach], "--live-accent");
    pen.words("distance²", [right, bar - 0.19 * reach], "--live-soft", "right");
  }

  const measured = () => {
    const along = meanOf((point) => positionOf(point, angle) ** 2);
    return { along, lost: total - along };
  };

  const sketch = createSketch("The points and the line. Arrow keys turn it by its end.", {
    x: [mean[0] - 1.5 * reach, mean[0] + 1.5 * reach],
    y: [mean[1] - 1.75 * reach, mean[1] + 1.25 * reach],
    paint,
    onMove(point, how) {
      turnTo(Math.atan2(point[1] - mean[1], point[0] - mean[0]), how);
      slider.set(Math.round(((angle * 180) / Math.PI + 360) % 180));
    },
  });
  const readout = createReadout();
  const slider = createSlider(
    { label: "Direction of the line", values: Array.from({ length: 181 }, (_, i) => i) },
    (degrees, how) => { turnTo((degrees * Math.PI) / 180, how); sketch.draw(); },
    (degrees) => `${degrees}°`,
  );

  function turnTo(newAngle, how) {
    angle = newAngle;
    [sketch.at[0], sketch.at[1]] = onLine(reach, angle);
    const { along, lost } = measured();
    readout.say(`Mean squared distance from the line: ${lost.toFixed(2)}. Variance along it: ${along.toFixed(2)}. ` +
      `Together: ${(along + lost).toFixed(2)}.`, how);
  }

  arrange(root, "Turn the line, by its end or by the slider, until its squared distance from the points is least. What happens to the variance along it?",
    sketch.canvas, make("div", {}, slider.element, readout.element));
  slider.set(100);
  turnTo(angle, "keys");
  return { sketch, slider, readout, measured };
};
