// Random numbers that one can have again, and what corrupts a picture.

/** A small generator of numbers in [0, 1) (mulberry32): the same seed, the same numbers. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A draw from the standard normal distribution (Box and Muller's way). */
const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** C(. | x): a corrupted copy of pixels in [0, 1], by the formulas of `aekit.noise`. */
function corrupt(x, { noise, level }, random) {
  const corrupted = Float32Array.from(x);
  for (let i = 0; i < x.length; i++) {
    if (noise === "masking") {
      if (random() < level) corrupted[i] = 0;
    } else if (noise === "pepper") {
      const draw = random(); // below level / 2 it is pepper, from there to level salt
      if (draw < level) corrupted[i] = draw < level / 2 ? 0 : 1;
    } else if (noise === "gaussian") {
      corrupted[i] = Math.min(Math.max(x[i] + level * normal(random), 0), 1);
    }
  }
  return corrupted;
}

/** Bytes 0 to 255 as pixels in [0, 1]. */
const asPixels = (bytes) => Float32Array.from(bytes, (byte) => byte / 255);
