// Shows the claims that hold all words of the filter, and says how many they are.

const claims = [...document.querySelectorAll(".claims .claim")];
const field = document.getElementById("claims-filter");

function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const claim of claims) {
    const text = claim.textContent.toLowerCase();
    claim.hidden = !words.every((word) => text.includes(word));
  }
  for (const list of document.querySelectorAll(".claims")) {
    list.closest("section").hidden = !list.querySelector(".claim:not([hidden])");
  }
  const left = claims.filter((claim) => !claim.hidden).length;
  document.getElementById("claims-count").textContent = `${left} of ${claims.length}`;
}

field.addEventListener("input", filter);
filter();
