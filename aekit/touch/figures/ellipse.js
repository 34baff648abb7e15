// What an encoder of two inputs makes of small steps in all directions, anywhere around a curve.
//   curve     (n, 2), in order: the data
//   names     list of texts
//   encoders  list of networks from (2,) to (units,), one a name
//   errors    list of texts, what the reconstruction of each costs

FIGURES.ellipse = (root, { curve, names, encoders, errors }) => {
  const [size] = curve.shape;
  const path = Array.from({ length: size }, (_, i) => [...curve.row(i)]);
  const turns = Array.from({ length: 65 }, (_, i) => [Math.cos((i * Math.PI) / 32), Math.sin((i * Math.PI) / 32)]);
  const widen = 2.5; // all codes' moves are drawn so much larger
  let chosen = 0;

  /** J'J at a place, as [xx, xy, yy], by steps of 0.01. */
  function squares([x, y]) {
    const step = 0.01, h = encoders[chosen]([x + step, y, x - step, y, x, y + step, x, y - step]);
    const units = h.length / 4, sums = [0, 0, 0];
    for (let j = 0; j < units; j++) {
      const [dx, dy] = [0, 2].map((row) => (h[row * units + j] - h[(row + 1) * units + j]) / (2 * step));
      sums[0] += dx * dx;
      sums[1] += dx * dy;
      sums[2] += dy * dy;
    }
    return sums;
  }

  /** The sensitivities at a place, in the direction of the nearest piece of the curve and across it. */
  function sensitivities(place) {
    const far = path.map(([x, y]) => Math.hypot(x - place[0], y - place[1]));
    const i = far.indexOf(Math.min(...far));
    const [from, to] = [path[Math.max(i - 1, 0)], path[Math.min(i + 1, size - 1)]];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const [u, v] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
    const [xx, xy, yy] = squares(place);
    const along = Math.sqrt(Math.max(xx * u * u + 2 * xy * u * v + yy * v * v, 0));
    return { along, across: Math.sqrt(Math.max(xx + yy - along * along, 0)) };
  }

  /** The ellipse around a place: the root of J'J, applied to a circle. */
  function ellipse([x, y]) {
    const [xx, xy, yy] = squares([x, y]);
    const root = Math.sqrt(Math.max(xx * yy - xy * xy, 0)), scale = widen / (Math.sqrt(xx + yy + 2 * root) || 1);
    return turns.map(([u, v]) => [x + scale * ((xx + root) * u + xy * v), y + scale * (xy * u + (yy + root) * v)]);
  }

  const dotted = []; // the ellipses along the curve, of each network that was shown
  const alongTheCurve = () => (dotted[chosen] ??= path.filter((_, i) => i % Math.max(Math.floor(size / 8), 1) === 0).map(ellipse));

  const sketch = createSketch(
    "The curve of the data, and a point with its ellipse. Arrow keys move the point, with Shift five times as far.",
    {
      x: [-6.2, 6.2], y: [-5.4, 6.2], point: path[Math.floor(size / 2)], onMove: (_, how) => say(how),
      paint(pen, at) {
        pen.line(path, "--live-soft", 1.5);
        for (const points of alongTheCurve()) pen.line(points, "--live-soft", 1, [2, 2]);
        pen.line(turns.map(([u, v]) => [at[0] + u, at[1] + v]), "--live-ink", 1.5);
        pen.line(ellipse(at), "--live-accent", 4);
        pen.dots([at], "--live-ink", 3);
      },
    },
  );
  const readout = createReadout();
  const network = createSlider({ label: "Network:", values: [...names.keys()],
    expect: `Thin: a small step in all directions. Thick: how far the code moves for it, drawn ${widen} times as large. Dotted: the same at other points.` },
  (i, how) => { chosen = i; sketch.draw(); say(how); }, (i) => names[i]);

  function say(how) {
    const { along, across } = sensitivities(sketch.at);
    const ratio = across < 0.005 ? "" : `: ${(along / across).toFixed(1)} to 1`; // of 0.00 there is none
    readout.say(`Sensitivity along the nearest piece of the curve ${along.toFixed(2)}, across it ${across.toFixed(2)}${ratio}. `
      + `The error of this network is ${errors[chosen]}.`, how);
  }

  arrange(root, "Drag the point, and slide through the networks: how far does the code follow a step along the curve, how far one across it?",
    sketch.canvas, make("div", {}, network.element, readout.element));
  network.set(chosen);
  sketch.draw();
  say();
  return { sketch, network, sensitivities };
};
