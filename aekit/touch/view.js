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

/** In words, with its article: "a 3", "an 8". */
const aDigit = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

/**
 * Calls `redraw` when the canvas gets other colours, from whatever style sheet and however late: touch.css
 * lets them change in a transition. So nothing of the page outside the canvas holds on to it.
 */
function onTheme(canvas, redraw) {
  canvas.addEventListener("transitionrun", redraw);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const hasModifier = (event) => event.ctrlKey || event.altKey || event.metaKey;

/**
 * Calls `move(right, down, times)` at an arrow key, with `times` 5 with Shift and otherwise 1, and
 * `others[key]()` at other keys; with a modifier they are the browser's.
 */
function onArrows(canvas, move, others = {}) {
  canvas.addEventListener("keydown", (event) => {
    if (hasModifier(event)) return;
    if (event.key in ARROWS) move(...ARROWS[event.key], event.shiftKey ? 5 : 1);
    else if (event.key in others) others[event.key]();
    else return;
    event.preventDefault();
  });
}

/** Makes a canvas as sharp as the screen, and calls `redraw` at each change of its size. */
function fitToScreen(canvas, redraw) {
  const fit = () => {
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * scale));
    if (canvas.width === width && canvas.height === height) return;
    [canvas.width, canvas.height] = [width, height]; // 0 where it is hidden, to be drawn again after that
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
  const pixelsOf = ({ clientX, clientY }) => {
    const { width } = canvas.getBoundingClientRect(); // as it is seen: a deck scales its slides
    return [clientX, clientY].map((place) => (place / width) * SIDE);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    grip = pixelsOf(event).map((pixels, axis) => pixels - at[axis]);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) moveTo(pixelsOf(event).map((pixels, axis) => pixels - grip[axis]), "pointer");
  });
  onArrows(canvas, (right, down) => moveTo([at[0] + right, at[1] + down], "keys"), { Home: () => moveTo([0, 0], "keys") });
}

// ---- a pad to draw on ----

/**
 * A picture that one draws: by pointer, or by arrows with the pen lowered and raised by Space;
 * Delete clears. Calls `onChange(pixels, how)`, with `how` "pointer" or "keys".
 */
function createPad(caption, description, onChange) {
  const picture = createPicture(caption, description);
  const { canvas } = picture;
  const pixels = new Float32Array(SIDE * SIDE);
  const pen = { x: 13.5, y: 13.5, isDown: false };
  const heard = make("p", { class: "live-heard", role: "status" }); // what the keys did, for a reader
  canvas.setAttribute("tabindex", "0");
  canvas.setAttribute("role", "application");
  canvas.classList.add("live-pad");
  picture.element.append(heard);

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

  function lineTo(x, y, how) {
    const steps = Math.max(1, Math.ceil(Math.hypot(x - pen.x, y - pen.y) * 2));
    for (let s = 1; s <= steps; s++) dot(pen.x + ((x - pen.x) * s) / steps, pen.y + ((y - pen.y) * s) / steps);
    [pen.x, pen.y] = [x, y];
    changed(how);
  }

  function changed(how) {
    show();
    onChange(pixels, how);
  }

  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top].map((v) => (v / box.width) * SIDE - 0.5);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    [pen.x, pen.y] = placeOf(event);
    lineTo(pen.x, pen.y, "pointer");
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) lineTo(...placeOf(event), "pointer");
  });

  function movePen(right, down) {
    const [x, y] = [pen.x + right, pen.y + down].map((place) => Math.min(Math.max(place, 1), 26));
    if (pen.isDown) lineTo(x, y, "keys");
    else [pen.x, pen.y] = [x, y];
    show();
  }

  function turnPen() {
    pen.isDown = !pen.isDown;
    heard.textContent = pen.isDown ? "Pen lowered." : "Pen raised.";
    if (pen.isDown) lineTo(pen.x, pen.y, "keys");
  }

  function clear() {
    set(new Float32Array(SIDE * SIDE));
    heard.textContent = "Cleared.";
  }

  function raisePen() {
    pen.isDown = false;
    heard.textContent = "";
  }

  onArrows(canvas, movePen, { " ": turnPen, Delete: clear, Backspace: clear });
  canvas.addEventListener("focus", show);
  canvas.addEventListener("blur", () => { raisePen(); show(); });

  function set(values, how = "keys") {
    pixels.set(values);
    raisePen();
    changed(how);
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
  onArrows(canvas, (right, down, times) => pointAt(at.row + down * times * step, at.column + right * times * step, "keys"));

  return { ...picture, at, pointAt };
}

// ---- the plane ----

/** The square that holds all but the outermost of the codes: {x, y}, its middle, and half its side. */
function frameOf(codes) {
  const range = [0, 1].map((axis) => {
    const values = codes.filter((_, i) => i % 2 === axis).sort();
    return [values[Math.floor(values.length * 0.01)], values[Math.ceil(values.length * 0.99) - 1]];
  });
  const [[left, right], [bottom, top]] = range;
  const half = Math.max(right - left, top - bottom, 1e-3) * 0.58;
  return { x: (left + right) / 2, y: (bottom + top) / 2, half };
}

/** What is drawn for each digit in a plane of this canvas: ten small canvases. */
function drawGlyphs(canvas) {
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

function drawLine(context, ...[x, y, toX, toY]) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

/** Lines at round numbers, with these, for what is in view: `box`. */
function drawAxes(canvas, box, toScreen) {
  const context = canvas.getContext("2d");
  const decade = 10 ** Math.floor(Math.log10(box.half));
  const step = decade * (box.half / decade > 4 ? 4 : 1);
  const unit = canvas.width / 480;
  context.strokeStyle = styleOf(canvas, "--live-line");
  context.fillStyle = styleOf(canvas, "--live-soft");
  context.font = `${11 * unit}px system-ui, sans-serif`;
  context.lineWidth = unit;
  for (let k = Math.ceil((box.x - box.half) / step); k * step < box.x + box.half; k++) {
    const [x] = toScreen(k * step, 0);
    drawLine(context, x, 0, x, canvas.height);
    if (x > 30 * unit && x < canvas.width - 30 * unit) {
      context.textAlign = "center";
      context.fillText(+(k * step).toPrecision(3), x, canvas.height - 5 * unit);
    }
  }
  for (let k = Math.ceil((box.y - box.half) / step); k * step < box.y + box.half; k++) {
    const [, y] = toScreen(0, k * step);
    drawLine(context, 0, y, canvas.width, y);
    if (y > 12 * unit && y < canvas.height - 20 * unit) {
      context.textAlign = "left";
      context.fillText(+(k * step).toPrecision(3), 4 * unit, y - 3 * unit);
    }
  }
}

/** The cross, the ellipse around it, whose axes are in pixels, and the square mark, if there are such. */
function drawMarks(canvas, [x, y], ellipse, mark) {
  const context = canvas.getContext("2d");
  const unit = canvas.width / 480;
  context.strokeStyle = styleOf(canvas, "--live-ink");
  context.lineWidth = 1.5 * unit;
  if (ellipse) {
    const [[along, angle], [across]] = ellipse;
    context.beginPath();
    context.ellipse(x, y, along, across, -angle, 0, 2 * Math.PI);
    context.stroke();
  }
  for (const [color, width] of [["--live-ground", 5], ["--live-accent", 2.5]]) {
    context.strokeStyle = styleOf(canvas, color);
    context.lineWidth = width * unit;
    drawLine(context, x - 11 * unit, y, x + 11 * unit, y);
    drawLine(context, x, y - 11 * unit, x, y + 11 * unit);
    if (mark) context.strokeRect(mark[0] - 8 * unit, mark[1] - 8 * unit, 16 * unit, 16 * unit);
  }
}

/**
 * A plane with digits at their codes, a cross that one moves, and marks. Calls `onMove(x, y, how)`,
 * with `how` "pointer" or "keys", when somebody moves the cross, and "jump" when another network does.
 */
function createPlane(description, onMove) {
  const canvas = make("canvas", { class: "live-plane", tabindex: "0", role: "application", "aria-label": description });
  const box = { x: 0, y: 0, half: 1 }; // what is in view: a square around (x, y)
  const goal = { ...box };
  const cross = { x: 0, y: 0 };
  let points = new Float32Array(0), targets = points, labels = [], ellipse = null, mark = null;
  let glyphs = null, hover = null, frame = 0, isOnItsWay = false, drawn = 0;
  const drawAnew = () => { glyphs = null; later(); };
  const fit = fitToScreen(canvas, drawAnew);
  onTheme(canvas, drawAnew);

  function later() {
    if (!frame) frame = requestAnimationFrame(draw);
  }

  const scale = () => canvas.width / (2 * box.half);
  const toScreen = (x, y) => [(x - box.x + box.half) * scale(), (box.y - y + box.half) * scale()];
  const toCode = (x, y) => [x / scale() + box.x - box.half, box.y + box.half - y / scale()];

  /** The longest way, in pixels, of what is shown to where it belongs. */
  function furthest() {
    const ofPoints = points.reduce((most, value, i) => Math.max(most, Math.abs(targets[i] - value)), 0);
    return scale() * Math.max(ofPoints, ...Object.keys(box).map((side) => Math.abs(goal[side] - box[side])));
  }

  /** Moves what is shown a part of the way to where it belongs; whether it is still on its way. */
  function ease() {
    const isFar = furthest() > 0.3;
    const share = isFar && !reducedMotion() ? 0.4 : 1;
    points.forEach((value, i) => { points[i] += (targets[i] - value) * share; });
    for (const side of ["x", "y", "half"]) box[side] = share === 1 ? goal[side] : box[side] + (goal[side] - box[side]) * share;
    return isFar;
  }

  /** Takes the cross to the pointer, if the pointer or what lies under it has moved. */
  function follow() {
    const [x, y] = toCode(...hover);
    const isThere = Object.is(x, cross.x) && Object.is(y, cross.y); // NaN too, of a network that has failed
    if (!isThere) setCross(x, y, "pointer");
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
    if (hover) follow();
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    drawAxes(canvas, box, toScreen);
    drawDigits(context);
    const axes = ellipse && ellipse.map(([length, angle]) => [length * scale(), angle]);
    drawMarks(canvas, toScreen(cross.x, cross.y), axes, mark && toScreen(...mark));
  }

  function drawDigits(context) {
    glyphs ??= drawGlyphs(canvas);
    const half = glyphs[0].width / 2;
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = toScreen(points[2 * i], points[2 * i + 1]);
      context.drawImage(glyphs[labels[i]], x - half, y - half);
    }
  }

  function setCross(x, y, how) {
    [cross.x, cross.y] = [x, y];
    onMove(x, y, how);
  }

  function moveTo(x, y, how) {
    setCross(x, y, how);
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
  const point = (event) => { hover = placeOf(event); later(); };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);
  // The cross stays where the pointer left it, in the plane and no longer on the screen.
  canvas.addEventListener("pointerleave", () => { hover = null; });

  function moveByKeys(x, y) {
    hover = null;
    moveTo(x, y, "keys");
  }

  onArrows(canvas, (right, down, times) => {
    const step = 0.04 * box.half * times;
    const into = (value, middle) => Math.min(Math.max(value, middle - box.half), middle + box.half);
    moveByKeys(into(cross.x + right * step, box.x), into(cross.y - down * step, box.y));
  }, {
    Home() {
      if (labels.length) moveByKeys(...targets.slice(2 * nearest(), 2 * nearest() + 2));
    },
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
  onTheme(canvas, draw);

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
    const step = 0.02 * (right - left);
    onArrows(canvas, (toRight, down, times) => moveTo([at[0] + toRight * times * step, at[1] - down * times * step], "keys"));
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
  onTheme(canvas, draw);

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

const MODULE = Math.random().toString(36).slice(2, 10); // each widget of a notebook loads these lines anew
let made = 0;

/** An input with its label, what stands beside it, and a sentence where there is one. */
function withLabel(input, { label, expect }, ...beside) {
  input.id = `live-control-${MODULE}-${(made += 1)}`;
  const element = make("div", { class: "live-control" }, make("label", { for: input.id }, label, ...beside), input);
  if (!expect) return element;
  const sentence = make("p", { id: `${input.id}-expect` }, expect);
  input.setAttribute("aria-describedby", sentence.id);
  element.append(sentence);
  return element;
}

/**
 * A slider over a list of `values`, with its `label`, its value and, with `expect`, a sentence. Calls
 * `onChange(value, how)`, with `how` "pointer" while one drags it and otherwise "keys".
 */
function createSlider({ values, ...about }, onChange, inWords = String) {
  const input = make("input", { type: "range", min: 0, max: values.length - 1, step: 1 });
  const output = make("output", { "aria-live": "off" }); // a reader hears the slider's own value
  const element = withLabel(input, about, " ", output);
  output.setAttribute("for", input.id);
  let list = values, how = "keys";
  const say = () => {
    output.textContent = inWords(list[input.value]);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("pointerdown", () => { how = "pointer"; });
  for (const end of ["pointerup", "pointercancel", "keydown"]) input.addEventListener(end, () => { how = "keys"; });
  input.addEventListener("input", () => { say(); onChange(list[input.value], how); });
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

/** A choice of a few, with its label and perhaps a sentence; `values`: {value: words}. */
function createChoice({ values, ...about }, onChange) {
  const input = make("select");
  const add = (value, words) => input.append(make("option", { value }, words));
  for (const [value, words] of Object.entries(values)) add(value, words);
  input.addEventListener("change", () => onChange(input.value));
  const element = withLabel(input, about);
  return {
    element,
    input,
    set(value) {
      if (![...input.options].some((option) => option.value === String(value))) add(value, value);
      input.value = value;
    },
  };
}

/** A whole number, with its label and perhaps a sentence. */
function createNumber({ min, max, ...about }, onChange) {
  const input = make("input", { type: "number", min, max, step: 1 });
  input.addEventListener("change", () => {
    if (input.value === "" || !input.checkValidity()) input.value = input.defaultValue;
    onChange(Number(input.value));
  });
  const element = withLabel(input, about);
  return { element, input, set: (value) => { input.defaultValue = input.value = value; } };
}
