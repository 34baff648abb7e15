// Starts the deck: what can be touched, texts that fit, and reveal.js with the speaker's notes (key S).
const WIDTH = 1280, HEIGHT = 720;
const SMALLEST = 0.8; // of the size that slides.css gives the text: 22 px of 720

/** Puts claims that are too long for their column under the figure, then makes the text smaller, until nothing lies outside. */
function fit(slide) {
  const overflows = () => slide.scrollHeight > HEIGHT || slide.scrollWidth > WIDTH;
  if (overflows()) slide.classList.remove("beside");
  for (let scale = 1; scale > SMALLEST && overflows(); scale -= 0.05) slide.style.setProperty("--scale", scale.toFixed(2));
}

/** Makes a formula that is wider than its slide smaller. */
function narrow(formula) {
  const room = formula.parentElement.clientWidth, width = formula.getBoundingClientRect().width;
  if (width > room) formula.style.fontSize = `${(100 * room) / width}%`;
}

async function start() {
  if (new URLSearchParams(location.search).has("print-pdf")) {
    for (const film of document.querySelectorAll("[data-on-paper]")) film.src = film.dataset.onPaper;
  }
  await Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode())]);
  document.body.classList.add("measuring");
  document.querySelectorAll('math[display="block"]').forEach(narrow);
  document.querySelectorAll(".slides > section").forEach(fit);
  document.body.classList.remove("measuring");
  await Reveal.initialize({
    width: WIDTH, height: HEIGHT, margin: 0, center: false, hash: true, slideNumber: "c/t", transition: "none",
    pdfMaxPagesPerSlide: 1, plugins: [RevealNotes],
  });
  for (const record of document.querySelectorAll(".touch-record")) {
    await AETouch.mount(record.previousElementSibling, JSON.parse(record.textContent));
  }
}
start();
