// What can be seen and touched: a picture of 28 x 28 pixels, a pad to draw one, the plane of codes, a
// curve, a slider. Each is made on its own, knows nothing of networks, and works by mouse, finger and
// keys.

const SIDE = 28;
// One colour a digit, with enough contrast on white, and on black. The numerals say it too.
const DIGIT_COLORS = {
  light: ["#332288", "#1F86B5", "#2A8C7C", "#117733", "#7A7A1F", "#A07F1A", "#CC4A5C", "#882255", "#AA4499", "#666666"],
  dark: ["#A79BF0", "#88CCEE", "#56C4B2", "#5CC47C", "#C5C55A", "#DDCC77", "#EE8F9B", "#E27BAF", "#DE98D8", "#BBBBBB"],
};
const POSITIVE = [213, 94, 0], NEGATIVE = [0, 114, 178]; // of signed pictures: orange and blue

/** An element: `make("button", {type: "button"}, "Start")`. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A colour of the style sheet, as canvas takes it. */
const styleOf = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

/** Whether the element, which has a background of its own, is dark, whatever made it so. */
function isDark(element) {
  const [r, g, b] = getComputedStyle(element).backgroundColor.match(/[\d.]+/g).map(Number);
  return r + g + b < 384;
}

/** Calls `redraw` when the page goes from light to dark, or the other way. */
function onTheme(redraw) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.body, { attributes: true, attributeFilter: ["data-theme", "class"] });
}

/** Makes a canvas as sharp as the screen, and calls `redraw` at each change of its size. */
function fitToScreen(canvas, redraw) {
  const fit = () => {
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * scale));
    if (!width || (canvas.width === width && canvas.height === height)) return;
    [canvas.width, canvas.height] = [width, height];
    redraw();
  };
  new ResizeObserver(fit).observe(canvas);
  return fit;
}

// ---- a picture ----

/** A picture with a caption; `show(pixels)` for values in [0, 1], `showSigned(values)` around 0. */
function createPicture(caption, description) {
  const canvas = make("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": description });
  const text = make("figcaption", {}, caption);
  const element = make("figure", { class: "live-picture" }, canvas, text);
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  const put = (color) => {
    for (let i = 0; i < SIDE * SIDE; i++) image.data.set([...color(i), 255], 4 * i);
    context.putImageData(image, 0, 0);
  };
  put(() => [0, 0, 0]);
  return {
    element,
    canvas,
    caption: (words) => { if (text.textContent !== words) text.textContent = words; },
    show: (pixels) => put((i) => new Array(3).fill(255 * Math.min(Math.max(pixels[i], 0), 1))),
    showSigned(values) {
      const most = values.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-12);
      put((i) => {
        const share = Math.abs(values[i]) / most;
        return (values[i] > 0 ? POSITIVE : NEGATIVE).map((channel) => 255 + (channel - 255) * share);
      });
    },
  };
}

/**
 * Lets one drag what a picture shows, or move it by arrows, at most `reach` pixels from where it was;
 * Home puts it back. Calls `onMove(right, down, how)`, with `how` "pointer" or "keys".
 */
function makeMovable(canvas, reach, onMove) {
  const at = [0, 0]; // to the right, down
  let grip = [0, 0];
  canvas.setAttribute("tabindex", "0");
  canvas.setAttribute("role", "application");
  canvas.classList.add("live-movable");
  const moveTo = (place, how) => {
    const [right, down] = place.map((pixels) => Math.min(Math.max(Math.round(pixels), -reach), reach));
    if (right === at[0] && down === at[1]) return;
    [at[0], at[1]] = [right, down];
    onMove(right, down, how);
  };
  const pixelsOf = ({ clientX, clientY }) => [clientX, clientY].map((place) => (place / canvas.clientWidth) * SIDE);
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    grip = pixelsOf(event).map((pixels, axis) => pixels - at[axis]);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) moveTo(pixelsOf(event).map((pixels, axis) => pixels - grip[axis]), "pointer");
  });
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in moves) moveTo(moves[event.key].map((step, axis) => at[axis] + step), "keys");
    else if (event.key === "Home") moveTo([0, 0], "keys");
    else return;
    event.preventDefault();
  });
}

// ---- a pad to draw on ----

/**
 * A picture that one draws: by pointer, or by arrows with the pen lowered and raised by Space;
 * Delete clears. Calls `onChange(pixels)`.
 */
function createPad(caption, description, onChange) {
  const picture = createPicture(caption, description);
  const { canvas } = picture;
  const pixels = new Float32Array(SIDE * SIDE);
  const pen = { x: 13.5, y: 13.5, isDown: false };
  canvas.setAttribute("tabindex", "0");
  canvas.setAttribute("role", "application");
  canvas.classList.add("live-pad");

  function show() {
    const shown = Float32Array.from(pixels);
    if (canvas.matches(":focus-visible")) {
      const at = Math.round(pen.y) * SIDE + Math.round(pen.x);
      shown[at] = shown[at] > 0.5 ? 0 : 0.7; // where the pen is
    }
    picture.show(shown);
  }

  /** A soft dot, as wide as the strokes of the digits that the network knows. */
  function dot(x, y) {
    for (let j = 0; j < SIDE; j++) {
      for (let i = 0; i < SIDE; i++) {
        const ink = Math.min(1, Math.max(0, 1.9 - Math.hypot(i - x, j - y)));
        pixels[j * SIDE + i] = Math.max(pixels[j * SIDE + i], ink);
      }
    }
  }

  function lineTo(x, y) {
    const steps = Math.max(1, Math.ceil(Math.hypot(x - pen.x, y - pen.y) * 2));
    for (let s = 1; s <= steps; s++) dot(pen.x + ((x - pen.x) * s) / steps, pen.y + ((y - pen.y) * s) / steps);
    [pen.x, pen.y] = [x, y];
    changed();
  }

  function changed() {
    show();
    onChange(pixels);
  }

  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top].map((v) => (v / box.width) * SIDE - 0.5);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    [pen.x, pen.y] = placeOf(event);
    lineTo(pen.x, pen.y);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) lineTo(...placeOf(event));
  });

  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in moves) {
      const [x, y] = moves[event.key].map((step, axis) => Math.min(Math.max((axis ? pen.y : pen.x) + step, 1), 26));
      if (pen.isDown) lineTo(x, y);
      else [pen.x, pen.y] = [x, y];
      show();
    } else if (event.key === " ") {
      pen.isDown = !pen.isDown;
      if (pen.isDown) lineTo(pen.x, pen.y);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      set(new Float32Array(SIDE * SIDE));
    } else return;
    event.preventDefault();
  });
  canvas.addEventListener("focus", show);
  canvas.addEventListener("blur", () => { pen.isDown = false; show(); });

  function set(values) {
    pixels.set(values);
    pen.isDown = false;
    changed();
  }

  return { ...picture, pixels, set };
}

// ---- a picture to point into ----

/**
 * A picture in which one points at every `step`-th pixel, or goes there by arrows (with Shift five
 * times as far). Calls `onPoint(row, column, how)`, with `how` "pointer" or "keys", after it has put a
 * frame around that pixel; `pointAt` does both.
 */
function createPicker(caption, description, onPoint, step = 1) {
  const picture = createPicture(caption, description);
  const { canvas } = picture;
  const frame = make("div", { class: "live-frame" });
  const at = { row: 0, column: 0 };
  canvas.setAttribute("tabindex", "0");
  canvas.setAttribute("role", "application");
  canvas.classList.add("live-pad");
  picture.element.prepend(make("div", { class: "live-framed" }, canvas, frame));

  function pointAt(row, column, how) {
    const last = Math.floor((SIDE - 1) / step) * step;
    [at.row, at.column] = [row, column].map((place) => Math.min(Math.max(Math.floor(place / step) * step, 0), last));
    frame.style.top = `${(100 * at.row) / SIDE}%`;
    frame.style.left = `${(100 * at.column) / SIDE}%`;
    onPoint(at.row, at.column, how);
  }

  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    pointAt(((event.clientY - box.top) / box.height) * SIDE, ((event.clientX - box.left) / box.width) * SIDE, "pointer");
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in moves)) return;
    const [down, right] = moves[event.key].map((way) => way * step * (event.shiftKey ? 5 : 1));
    pointAt(at.row + down, at.column + right, "keys");
    event.preventDefault();
  });

  return { ...picture, at, pointAt };
}

// ---- the plane ----

/**
 * A plane with digits at their codes, a cross that one moves, and marks. Calls `onMove(x, y, how)`,
 * with `how` "pointer" or "keys", when somebody moves the cross.
 */
function createPlane(description, onMove) {
  const canvas = make("canvas", { class: "live-plane", tabindex: "0", role: "application", "aria-label": description });
  const box = { x: 0, y: 0, half: 1 }; // what is in view: a square around (x, y)
  const goal = { ...box };
  const cross = { x: 0, y: 0 };
  let points = new Float32Array(0), targets = points, labels = [], ellipse = null, mark = null;
  let glyphs = null, hover = null, frame = 0, isOnItsWay = false, drawn = 0;
  const fit = fitToScreen(canvas, () => { glyphs = null; later(); });
  onTheme(() => { glyphs = null; later(); });

  function later() {
    if (!frame) frame = requestAnimationFrame(draw);
  }

  const scale = () => canvas.width / (2 * box.half);
  const toScreen = (x, y) => [(x - box.x + box.half) * scale(), (box.y - y + box.half) * scale()];
  const toCode = (x, y) => [x / scale() + box.x - box.half, box.y + box.half - y / scale()];

  /** The square that holds all but the outermost of the points. */
  function frameOf(codes) {
    const range = [0, 1].map((axis) => {
      const values = codes.filter((_, i) => i % 2 === axis).sort();
      return [values[Math.floor(values.length * 0.01)], values[Math.ceil(values.length * 0.99) - 1]];
    });
    const [[left, right], [bottom, top]] = range;
    const half = Math.max(right - left, top - bottom, 1e-3) * 0.58;
    return { x: (left + right) / 2, y: (bottom + top) / 2, half };
  }

  function drawGlyphs() {
    const size = Math.round(canvas.width / 34);
    const colors = DIGIT_COLORS[isDark(canvas) ? "dark" : "light"];
    return colors.map((color, digit) => {
      const glyph = make("canvas", { width: size, height: size });
      const context = glyph.getContext("2d");
      context.font = `600 ${size * 0.95}px system-ui, sans-serif`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = color;
      context.fillText(digit, size / 2, size / 2);
      return glyph;
    });
  }

  /** Moves what is shown a part of the way to where it belongs; whether it is still on its way. */
  function ease() {
    const share = reducedMotion() ? 1 : 0.4;
    let furthest = 0;
    for (let i = 0; i < points.length; i++) {
      const way = targets[i] - points[i];
      points[i] += way * share;
      furthest = Math.max(furthest, Math.abs(way));
    }
    for (const side of ["x", "y", "half"]) {
      const way = goal[side] - box[side];
      box[side] += way * share;
      furthest = Math.max(furthest, Math.abs(way));
    }
    return furthest * scale() > 0.3;
  }

  function draw(now) {
    frame = 0;
    fit();
    if (!canvas.width) return;
    // What only moves by itself is drawn 30 times a second: the training needs the processor too.
    if (isOnItsWay && !hover && now - drawn < 30) return later();
    drawn = now;
    isOnItsWay = ease();
    if (isOnItsWay) later();
    if (hover) moveTo(...toCode(...hover), "pointer");
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    drawAxes(context);
    glyphs ??= drawGlyphs();
    const half = glyphs[0].width / 2;
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = toScreen(points[2 * i], points[2 * i + 1]);
      context.drawImage(glyphs[labels[i]], x - half, y - half);
    }
    drawMarks(context);
  }

  function drawAxes(context) {
    const step = 10 ** Math.floor(Math.log10(box.half)) * (box.half / 10 ** Math.floor(Math.log10(box.half)) > 4 ? 4 : 1);
    const unit = canvas.width / 480;
    context.strokeStyle = styleOf(canvas, "--live-line");
    context.fillStyle = styleOf(canvas, "--live-soft");
    context.font = `${11 * unit}px system-ui, sans-serif`;
    context.lineWidth = unit;
    for (let k = Math.ceil((box.x - box.half) / step); k * step < box.x + box.half; k++) {
      const [x] = toScreen(k * step, 0);
      line(context, x, 0, x, canvas.height);
      if (x > 30 * unit && x < canvas.width - 30 * unit) {
        context.textAlign = "center";
        context.fillText(+(k * step).toPrecision(3), x, canvas.height - 5 * unit);
      }
    }
    for (let k = Math.ceil((box.y - box.half) / step); k * step < box.y + box.half; k++) {
      const [, y] = toScreen(0, k * step);
      line(context, 0, y, canvas.width, y);
      if (y > 12 * unit && y < canvas.height - 20 * unit) {
        context.textAlign = "left";
        context.fillText(+(k * step).toPrecision(3), 4 * unit, y - 3 * unit);
      }
    }
  }

  function line(context, ...[x, y, toX, toY]) {
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    context.stroke();
  }

  function drawMarks(context) {
    const unit = canvas.width / 480;
    const [x, y] = toScreen(cross.x, cross.y);
    context.strokeStyle = styleOf(canvas, "--live-ink");
    context.lineWidth = 1.5 * unit;
    if (ellipse) {
      const [[along, angle], [across]] = ellipse;
      context.beginPath();
      context.ellipse(x, y, along * scale(), across * scale(), -angle, 0, 2 * Math.PI);
      context.stroke();
    }
    for (const [color, width] of [["--live-ground", 5], ["--live-accent", 2.5]]) {
      context.strokeStyle = styleOf(canvas, color);
      context.lineWidth = width * unit;
      line(context, x - 11 * unit, y, x + 11 * unit, y);
      line(context, x, y - 11 * unit, x, y + 11 * unit);
      if (mark) {
        const [left, top] = toScreen(...mark);
        context.strokeRect(left - 8 * unit, top - 8 * unit, 16 * unit, 16 * unit);
      }
    }
  }

  function moveTo(x, y, how) {
    [cross.x, cross.y] = [x, y];
    onMove(x, y, how);
    later();
  }

  /** The index of the digit whose code is nearest to the cross. */
  function nearest() {
    let best = -1, least = Infinity;
    for (let i = 0; i < labels.length; i++) {
      const distance = Math.hypot(targets[2 * i] - cross.x, targets[2 * i + 1] - cross.y);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  const placeOf = (event) => {
    const rectangle = canvas.getBoundingClientRect();
    const ratio = canvas.width / rectangle.width;
    return [(event.clientX - rectangle.left) * ratio, (event.clientY - rectangle.top) * ratio];
  };
  canvas.addEventListener("pointermove", (event) => { hover = placeOf(event); later(); });
  canvas.addEventListener("pointerdown", (event) => { hover = placeOf(event); later(); });
  // The cross stays where the pointer left it, in the plane and no longer on the screen.
  canvas.addEventListener("pointerleave", () => { hover = null; });
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in moves) {
      const step = (event.shiftKey ? 0.2 : 0.04) * box.half;
      const [dx, dy] = moves[event.key];
      const into = (value, middle) => Math.min(Math.max(value, middle - box.half), middle + box.half);
      moveTo(into(cross.x + dx * step, box.x), into(cross.y + dy * step, box.y), "keys");
    } else if (event.key === "Home" && labels.length) {
      const i = nearest();
      moveTo(targets[2 * i], targets[2 * i + 1], "keys");
    } else return;
    hover = null;
    event.preventDefault();
  });

  return {
    canvas,
    cross,
    nearest: () => labels[nearest()],
    moveTo,
    /** New codes, (n, 2) in a row; `jump`: they are of another network. */
    show(codes, digits, jump) {
      targets = codes;
      labels = digits;
      Object.assign(goal, frameOf(codes));
      if (jump || points.length !== codes.length) {
        points = Float32Array.from(codes);
        Object.assign(box, goal);
        if (!hover) moveTo(goal.x, goal.y, "jump");
      }
      later();
    },
    /** [[length, angle], [length]] of the ellipse around the cross, or null. */
    setEllipse: (axes) => { ellipse = axes; later(); },
    /** [x, y] of the square mark, or null. */
    setMark: (place) => { mark = place; later(); },
  };
}

// ---- a sketch ----

/**
 * A drawing in coordinates, with a point that one drags or moves by arrows (with Shift five times as
 * far). `x` and `y` are the ranges in view; `paint(pen)` draws; `onMove(point, how)`, with `how`
 * "pointer" or "keys", may change `point` before all is drawn again. Without `onMove` nothing moves.
 */
function createSketch(description, { x: [left, right], y: [bottom, top], point = [0, 0], paint, onMove }) {
  const canvas = make("canvas", { class: "live-sketch", "aria-label": description });
  for (const [name, value] of Object.entries(onMove ? { tabindex: "0", role: "application" } : { role: "img" })) canvas.setAttribute(name, value);
  canvas.style.aspectRatio = (right - left) / (top - bottom);
  const at = [...point];
  const unit = () => canvas.width / 480; // all sizes are for a width of 480
  const toScreen = ([x, y]) => [((x - left) / (right - left)) * canvas.width, ((top - y) / (top - bottom)) * canvas.height];
  const fit = fitToScreen(canvas, draw);
  onTheme(draw);

  function draw() {
    if (!canvas.width) return;
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    paint(pen, at);
  }

  const colored = (color) => (color.startsWith("--") ? styleOf(canvas, color) : color);
  const pen = {
    dots(points, color = "--live-ink", radius = 4) {
      const context = canvas.getContext("2d");
      context.fillStyle = colored(color);
      for (const point of points) {
        context.beginPath();
        context.arc(...toScreen(point), radius * unit(), 0, 2 * Math.PI);
        context.fill();
      }
    },
    line(points, color = "--live-ink", width = 2, dashes = []) {
      const context = canvas.getContext("2d");
      context.strokeStyle = colored(color);
      context.lineWidth = width * unit();
      context.setLineDash(dashes.map((dash) => dash * unit()));
      context.beginPath();
      for (const point of points) context.lineTo(...toScreen(point));
      context.stroke();
      context.setLineDash([]);
    },
    arrow(from, to, color = "--live-accent", width = 2.5) {
      pen.line([from, to], color, width);
      const [[x0, y0], [x1, y1]] = [toScreen(from), toScreen(to)];
      const angle = Math.atan2(y1 - y0, x1 - x0), size = Math.min(10 * unit(), Math.hypot(x1 - x0, y1 - y0));
      const context = canvas.getContext("2d");
      context.fillStyle = colored(color);
      context.beginPath();
      for (const turn of [0, 2.6, -2.6]) context.lineTo(x1 + (turn ? size * Math.cos(angle + turn) : 0), y1 + (turn ? size * Math.sin(angle + turn) : 0));
      context.fill();
    },
    words(text, place, color = "--live-soft", align = "left") {
      const context = canvas.getContext("2d");
      context.font = `${12 * unit() * Math.max(1, 480 / canvas.clientWidth)}px system-ui, sans-serif`; // 12 px on a phone too
      context.fillStyle = colored(color);
      context.textAlign = align;
      context.fillText(text, ...toScreen(place));
    },
  };

  function moveTo(place, how) {
    at[0] = Math.min(Math.max(place[0], left), right);
    at[1] = Math.min(Math.max(place[1], bottom), top);
    onMove(at, how);
    draw();
  }
  const drag = (event) => {
    const box = canvas.getBoundingClientRect();
    moveTo([left + ((event.clientX - box.left) / box.width) * (right - left), top - ((event.clientY - box.top) / box.height) * (top - bottom)], "pointer");
  };
  if (onMove) {
    canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); drag(event); });
    canvas.addEventListener("pointermove", (event) => { if (event.buttons) drag(event); });
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in moves)) return;
      const step = (event.shiftKey ? 0.1 : 0.02) * (right - left);
      moveTo(moves[event.key].map((way, axis) => at[axis] + way * step), "keys");
      event.preventDefault();
    });
  }

  return { canvas, at, moveTo, draw: () => { fit(); draw(); } };
}

/** A line of words about what is shown; a screen reader hears it after keys, not after each move. */
function createReadout() {
  const element = make("p", { class: "live-readout", "aria-live": "polite" });
  return {
    element,
    say(words, how = "keys") {
      element.setAttribute("aria-live", how === "keys" ? "polite" : "off");
      element.textContent = words;
    },
  };
}

// ---- a curve ----

/** Lines over one another: `show([{color, points: [[x, y], ...]}], [{y, words}])`. */
function createCurve(description) {
  const canvas = make("canvas", { class: "live-curve", role: "img", "aria-label": description });
  let lines = [], levels = [];
  const fit = fitToScreen(canvas, draw);
  onTheme(draw);

  function draw() {
    if (!canvas.width) return;
    const context = canvas.getContext("2d");
    const unit = canvas.width / canvas.clientWidth;
    const { width, height } = canvas;
    const points = lines.flatMap((line) => line.points);
    const right = Math.max(...points.map(([x]) => x), 1);
    const ys = [...points.map(([, y]) => y), ...levels.map(({ y }) => y)].filter(Number.isFinite);
    const [low, high] = [Math.min(...ys) * 0.95, Math.min(Math.max(...ys), 1.3 * Math.max(...levels.map(({ y }) => y)))];
    const place = ([x, y]) => [(x / right) * width, (1 - (y - low) / (high - low)) * (height - 8 * unit) + 4 * unit];
    context.clearRect(0, 0, width, height);
    context.font = `${11 * unit}px system-ui, sans-serif`;
    context.lineWidth = unit;
    for (const { y, words } of levels) {
      const [, top] = place([0, y]);
      context.strokeStyle = styleOf(canvas, "--live-soft");
      context.fillStyle = styleOf(canvas, "--live-soft");
      context.setLineDash([4 * unit, 4 * unit]);
      context.beginPath();
      context.moveTo(0, top);
      context.lineTo(width, top);
      context.stroke();
      context.textAlign = "right";
      context.fillText(words, width - 2 * unit, top - 3 * unit);
    }
    for (const { color, dashed, points: path } of lines) {
      context.setLineDash(dashed ? [2 * unit, 3 * unit] : []);
      context.strokeStyle = styleOf(canvas, color);
      context.lineWidth = 2 * unit;
      context.beginPath();
      for (const point of path) if (Number.isFinite(point[1])) context.lineTo(...place(point));
      context.stroke();
    }
  }

  return {
    canvas,
    show(newLines, newLevels) {
      [lines, levels] = [newLines, newLevels];
      fit();
      draw();
    },
  };
}

// ---- controls ----

let made = 0;

/** A slider over a list of values, with its label, its value and a sentence. */
function createSlider({ label, values, expect }, onChange, inWords = String) {
  const id = `live-control-${(made += 1)}`;
  const input = make("input", { type: "range", id, min: 0, max: values.length - 1, step: 1, "aria-describedby": `${id}-expect` });
  const output = make("output", { for: id });
  let list = values;
  const say = () => {
    output.textContent = inWords(list[input.value]);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => { say(); onChange(list[input.value]); });
  const element = make("div", { class: "live-control" }, make("label", { for: id }, label, " ", output), input,
    make("p", { id: `${id}-expect` }, expect));
  return {
    element,
    input,
    set(value) { // an address may hold a value between those of the list
      list = values.includes(value) ? values : [...values, value].sort((a, b) => a - b);
      input.max = list.length - 1;
      input.value = list.indexOf(value);
      say();
    },
  };
}

/** A choice of a few, with its label and a sentence; `values`: {value: words}. */
function createChoice({ label, values, expect }, onChange) {
  const id = `live-control-${(made += 1)}`;
  const input = make("select", { id, ...(expect && { "aria-describedby": `${id}-expect` }) });
  const add = (value, words) => input.append(make("option", { value }, words));
  for (const [value, words] of Object.entries(values)) add(value, words);
  input.addEventListener("change", () => onChange(input.value));
  const element = make("div", { class: "live-control" }, make("label", { for: id }, label), input);
  if (expect) element.append(make("p", { id: `${id}-expect` }, expect));
  return {
    element,
    input,
    set(value) {
      if (![...input.options].some((option) => option.value === String(value))) add(value, value);
      input.value = value;
    },
  };
}

/** A whole number, with its label and a sentence. */
function createNumber({ label, min, max, expect }, onChange) {
  const id = `live-control-${(made += 1)}`;
  const input = make("input", { type: "number", id, min, max, step: 1, ...(expect && { "aria-describedby": `${id}-expect` }) });
  input.addEventListener("change", () => {
    if (input.value === "" || !input.checkValidity()) input.value = input.defaultValue;
    onChange(Number(input.value));
  });
  const element = make("div", { class: "live-control" }, make("label", { for: id }, label), input);
  if (expect) element.append(make("p", { id: `${id}-expect` }, expect));
  return { element, input, set: (value) => { input.defaultValue = input.value = value; } };
}
