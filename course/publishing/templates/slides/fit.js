// Lays the slides out before they are shown, so that none overflows, whatever fonts this machine has:
// a slide that is a little too tall is drawn smaller; of a taller one, what does not fit goes on the next.
const WIDTH = 1280, HEIGHT = 720, TEXT_WIDTH = 1168;
const SMALLEST = 0.85, LAST_RESORT = 0.6; // of the size that slides.css gives the text
const WHOLE = "img, p, table, math, h1, h2, h3, h4, blockquote";
const overflows = (slide) => slide.getBoundingClientRect().height > HEIGHT;

function fit(slide) {
  shrink(slide, SMALLEST);
  if (!overflows(slide)) return;
  const next = slide.cloneNode(false);
  slide.after(next);
  spill(slide, slide, next);
  if (next.hasChildNodes()) fit(next);
  else next.remove();
  shrink(slide, LAST_RESORT);
}

function shrink(slide, smallest) {
  for (let scale = 1; scale > smallest - 0.01 && overflows(slide); scale -= 0.05)
    slide.style.setProperty("--scale", scale);
  if (overflows(slide)) slide.style.removeProperty("--scale");
}

// Move what `box`, a part of `slide`, ends with to the front of `next`, until the slide fits.
function spill(slide, box, next) {
  while (overflows(slide) && box.children.length > 1) next.prepend(box.lastElementChild);
  while (box.children.length > 1 && endsWithHeading(box)) next.prepend(box.lastElementChild);
  const only = box.lastElementChild;
  if (!overflows(slide) || !only || only.matches(WHOLE)) return;
  const rest = only.cloneNode(false);
  next.prepend(rest);
  if (only.matches("pre")) spillLines(slide, only, rest);
  else spill(slide, only, rest);
  if (!rest.hasChildNodes()) rest.remove();
}

// The same for the lines of a `pre`, preferably between two statements.
function spillLines(slide, pre, rest) {
  const lines = pre.innerHTML.trimEnd().split("\n"), moved = [];
  const indented = () => moved.length && /^(<[^>]*>)*[\s)\]}]/.test(moved[0]);
  const least = lines.length / 3;
  while (lines.length > 1 && (overflows(slide) || (indented() && lines.length > least))) {
    moved.unshift(lines.pop());
    pre.innerHTML = lines.join("\n");
  }
  rest.innerHTML = moved.join("\n");
}

function endsWithHeading(box) {
  let last = box.lastElementChild;
  while (last.lastElementChild && !last.matches(WHOLE)) last = last.lastElementChild;
  return last.matches("h1, h2, h3, h4");
}

function narrow(formula) {
  const width = formula.firstElementChild.getBoundingClientRect().width;
  if (width > TEXT_WIDTH) formula.style.fontSize = `${(105 * TEXT_WIDTH) / width}%`;
}

const slides = () => document.querySelectorAll(".slides section section");
const isEmpty = (element) => !element.textContent.trim() && !element.querySelector("img, math");

Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode())]).then(() => {
  document.querySelectorAll(".slides :is(.jp-InputPrompt, .jp-OutputPrompt, .jp-Collapser)").forEach((part) => part.remove());
  document.body.classList.add("measuring");
  document.querySelectorAll('math[display="block"]').forEach(narrow);
  slides().forEach(fit);
  document.body.classList.remove("measuring");
  slides().forEach((slide) => isEmpty(slide) && slide.remove());
  // A slide does not start blank: what it begins with is there at once.
  slides().forEach((slide) => slide.firstElementChild.classList.remove("fragment"));
  Reveal.initialize({
    width: WIDTH, height: HEIGHT, margin: 0, center: false, hash: true, slideNumber: "c/t", transition: "none",
  });
});
