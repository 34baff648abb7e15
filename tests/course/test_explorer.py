"""The explorer: its networks compute as Keras does, and its page moves, ends, and lets all in."""

import base64
import json

import numpy as np
import pytest
from browser import served, small_targets, violations

from aekit.datasets import load_mnist
from course.lessons.source import definitions
from course.publishing import explorer, live, render

LIMIT = 1_520_000  # bytes of the data
RELATIVE = 1e-5
in_browser = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The explorer and the index, as `make site` makes them, without the lessons."""
    source, folder = (tmp_path_factory.mktemp(name) for name in ("source", "site"))
    render.lay_out(source, {"lessons": []}, source, whole=True)
    for path in source.glob("*.*"):
        if path.name not in ("index.md", "explorer.md"):
            path.unlink()
    render.sphinx("html", source, folder)
    live.write(folder / "_static" / "live")
    explorer.write(folder / "_static" / "live")
    return folder


@pytest.fixture(scope="module")
def networks():
    return {name: explorer.network(name) for name in explorer.NETWORKS}


@pytest.fixture
def opened(browser, site):
    """Opens the page with all its figures ready; no page may complain."""
    pages, errors = [], []

    def keep(message):
        is_icon = message.location["url"].endswith("/favicon.ico")  # which the browser asks for
        if message.type in ("error", "warning") and not is_icon:
            errors.append(message.text)

    def open_page(address=None, **settings):
        page = browser.new_page(**({"viewport": {"width": 1280, "height": 900}} | settings))
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", keep)
        page.goto(address or (site / "explorer.html").as_uri())
        page.wait_for_function("window.aeExplorer", timeout=60_000)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert errors == []


def shown(page, name):
    """The pictures of one of the figures."""
    return page.evaluate(
        """(name) => [...document.querySelectorAll(`[data-explorer=${name}] .live-picture canvas`)]
          .map((canvas) => canvas.toDataURL())""",
        name,
    )


def slide(page, name, key="ArrowRight"):
    page.locator(f"[data-explorer={name}] input[type=range]").press(key)


def as_text(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def as_array(text):
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


HELPERS = """() => {
  window.floats = (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  };
  window.text = (values) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  };
  window.networkOf = async (name, kernel) => {
    const { decoder, denoiser } = (await AEExplorer.unpack(AEExplorerData))[name];
    const { createConvolution, jsKernel, wasmKernel, KERNEL_BYTES } = AEExplorer;
    const wasm = (size) => wasmKernel(size, KERNEL_BYTES);
    const makeKernel = kernel === "js" ? jsKernel : wasm;
    return decoder ?? createConvolution(denoiser, denoiser.weights.values, makeKernel);
  };
}"""


def outputs(page, name, inputs, kernel="wasm"):
    page.evaluate(HELPERS)
    made = page.evaluate(
        """async ([name, kernel, inputs]) => {
          const network = await networkOf(name, kernel);
          return inputs.map((input) => text(network(floats(input))));
        }""",
        [name, kernel, [as_text(row) for row in inputs]],
    )
    return np.stack([as_array(text) for text in made])


def distance(ours, theirs):
    """The largest difference, in units of the largest value."""
    return np.abs(ours - theirs.reshape(ours.shape)).max() / np.abs(theirs).max()


def test_page_and_data_are_small_and_come_from_nowhere_else(site):
    folder = site / "_static" / "live"
    assert (folder / "explorer-data.js").stat().st_size < LIMIT
    assert (folder / "explorer.js").stat().st_size < 100_000
    for word in ("import(", "fetch(", "http://", "https://", "eval(", "innerHTML"):
        assert word not in explorer.script(), word
    assert "explorer.js" not in (site / "index.html").read_text(encoding="utf-8")
    assert 'href="explorer.html"' in (site / "index.html").read_text(encoding="utf-8")


def test_words_stand_before_the_figures(site):
    page = (site / "explorer.html").read_text(encoding="utf-8")
    order = ["Four networks", "Two numbers", "Halfway", "Take the noise", "A digit from noise"]
    places = [page.rindex(words) for words in order]  # the page's contents name them before
    assert places == sorted(places)


def test_levels_and_digits_are_those_of_the_lessons_and_of_mnist():
    text = explorer.data()
    data = json.loads(text.removeprefix("const AEExplorerData = ").removesuffix(";\n"))
    levels = data["walk"]["levels"]
    assert len(levels) == 41 and levels[0] == pytest.approx(3) and levels[-1] == 0
    _, (_, y_test) = load_mnist(flatten=True)
    assert data["digits"]["pixels"]["shape"] == [200, 784]
    assert (y_test[84], y_test[32]) == (8, 3)


def test_data_are_made_anew_where_they_are_made_of_something_else(tmp_path, monkeypatch):
    monkeypatch.setattr(explorer, "data", lambda: "new")
    monkeypatch.setattr(explorer, "_made_of", lambda: "this")
    kept = tmp_path / "explorer-data.js"
    for old, new in (("// Made of this.\nold", "old"), ("// Made of that.\nold", "new")):
        kept.write_text(old)
        explorer.write(tmp_path)
        assert kept.read_text() == f"// Made of this.\n{new}"


def test_layer_that_the_page_cannot_compute_is_refused():
    import keras

    pooled = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.MaxPooling2D(name="pool")])
    with pytest.raises(ValueError, match="Received: a layer 'pool' of the kind MaxPooling2D"):
        explorer.chain(pooled)


@in_browser
def test_decoders_are_those_of_keras(opened, networks):
    page = opened()
    random = np.random.default_rng(0)
    inputs = {"plane": random.uniform(-1, 1, (8, 2)), "mixture": random.normal(0, 5, (8, 16))}
    for (name, codes), stored in zip(inputs.items(), ("04_deep_2", "05_deep"), strict=True):
        codes = codes.astype("float32")
        assert distance(outputs(page, name, codes), networks[stored].decode(codes)) < RELATIVE


@in_browser
@pytest.mark.parametrize("kernel", ["wasm", "js"])
def test_denoisers_are_those_of_keras(opened, networks, kernel):
    page = opened()
    random = np.random.default_rng(0)
    _, (x_test, _) = load_mnist(1, 8, flatten=True)
    for name, stored in (("denoising", "08_conv_digits"), ("walk", "12_denoiser")):
        noisy = (x_test + random.normal(0, 0.5, x_test.shape)).astype("float32")
        theirs = networks[stored].reconstruct(noisy.reshape(-1, 28, 28, 1))
        assert distance(outputs(page, name, noisy, kernel), theirs) < RELATIVE, name


@in_browser
def test_convolutions_of_other_sizes_are_those_of_keras(opened):
    import keras
    from keras import layers

    page = opened()
    page.evaluate(HELPERS)
    keras.utils.set_random_seed(0)
    conv = {"padding": "same", "bias_initializer": "normal"}
    model = keras.Sequential([
        keras.Input((9, 7, 3)),
        layers.Conv2D(5, 3, 2, activation="relu", **conv),
        layers.Conv2D(6, 4, 1, activation="tanh", **conv),
        layers.Conv2DTranspose(2, 5, 3, activation="sigmoid", **conv),
        layers.Conv2DTranspose(3, 2, 1, **conv),
    ])  # fmt: skip
    x = np.random.default_rng(0).normal(size=(1, 9, 7, 3)).astype("float32")
    chain = explorer.chain(model)
    weights = as_text(chain.pop("weights"))
    made = page.evaluate(
        """([chain, weights, x]) => {
          const network = AEExplorer.createConvolution(chain, floats(weights));
          return text(network(floats(x)));
        }""",
        [chain, weights, as_text(x)],
    )
    assert distance(as_array(made), model.predict(x, verbose=0)) < RELATIVE


class Given:
    """A generator that gives stored numbers."""

    def __init__(self, numbers):
        self.numbers, self.at = numbers, 0

    def standard_normal(self, shape, dtype):
        self.at += 1
        return self.numbers[self.at].reshape(shape)


@in_browser
def test_walk_is_that_of_the_lesson(opened, networks):
    """Of the same noise; 40 passes of the network make of 1e-6 a little more."""
    noise = np.random.default_rng(0).standard_normal((41, 784), "float32")
    (x_train, _), _ = load_mnist(flatten=True)
    mean = x_train.mean(axis=0).astype("float16").astype("float32")
    names = ("levels", "walk")
    walk = definitions("12_where_it_led", *names, rng=Given(noise))["walk"]
    start = mean.reshape(1, 28, 28, 1) + 3 * noise[0].reshape(1, 28, 28, 1)
    theirs = np.stack(walk(start, networks["12_denoiser"].reconstruct)).reshape(41, 784)
    page = opened()
    page.evaluate(HELPERS)
    ours = page.evaluate(
        """async (given) => {
          const { walk: { levels, mean } } = await AEExplorer.unpack(AEExplorerData);
          const denoise = await networkOf("walk"), numbers = floats(given);
          let at = 0;
          const draw = () => numbers[at++];
          const walk = AEExplorer.createWalk({ denoise, levels, mean: mean.values }, draw);
          while (walk.step());
          return walk.path.map(({ x }) => text(x));
        }""",
        as_text(noise),
    )
    ours = np.stack([as_array(text) for text in ours])
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() < 1e-4
    assert theirs[-1].max() > 0.9  # it is a picture


@in_browser
def test_pointer_and_keys_move_the_code(opened):
    page = opened()
    plane = page.locator("canvas.live-plane")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    seen = shown(page, "plane")
    for across in (0.2, 0.8):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + 0.3 * box["height"])
        page.wait_for_timeout(100)
        seen += shown(page, "plane")
    page.mouse.move(1, 1)
    plane.focus()
    for key in ("ArrowDown", "Shift+ArrowLeft", "Home"):
        page.keyboard.press(key)
        seen += shown(page, "plane")
    assert len({*seen}) == len(seen)


@in_browser
def test_alpha_and_the_two_numbers_change_both_mixtures(opened):
    page = opened()
    readout = page.locator("[data-explorer=mixture] .live-readout")
    before = shown(page, "mixture")
    slide(page, "mixture")
    assert readout.get_attribute("aria-live") == "polite"  # by keys a reader hears it
    assert "The first: an 8" in page.inner_text("[data-explorer=mixture]")
    second, pixels, codes, first = shown(page, "mixture")
    assert (second, first) == (before[0], before[3])
    assert pixels != before[1] and codes != before[2]
    slide(page, "mixture", "End")  # the first digit alone
    assert shown(page, "mixture")[1] == first
    page.get_by_label("The second: test digit").fill("0")
    page.get_by_label("The second: test digit").press("Tab")
    assert shown(page, "mixture")[0] != second
    slide(page, "mixture", "Home")
    assert shown(page, "mixture")[1] == shown(page, "mixture")[0]


@in_browser
def test_noise_and_drawing_change_what_the_denoiser_makes(opened):
    page = opened()
    seen = [shown(page, "denoising")]
    slide(page, "denoising")
    seen.append(shown(page, "denoising"))
    assert seen[0][0] == seen[1][0] and len({seen[0][1], seen[1][1], seen[0][2], seen[1][2]}) == 4
    page.get_by_role("button", name="Fresh noise").click()
    fresh = shown(page, "denoising")
    assert fresh[1] != seen[1][1]
    slide(page, "denoising", "Home")  # no noise: the noisy picture is the digit
    assert shown(page, "denoising")[0] == shown(page, "denoising")[1]
    page.get_by_role("button", name="Clear").click()
    pad = page.locator("canvas.live-pad")
    pad.focus()
    for key in (" ", *["ArrowRight"] * 5, " "):
        page.keyboard.press(key)
    drawn = shown(page, "denoising")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=4)
    page.mouse.up()
    assert shown(page, "denoising")[2] != drawn[2]
    readout = page.locator("[data-explorer=denoising] .live-readout")
    assert readout.get_attribute("aria-live") == "off"


@in_browser
def test_walk_begins_by_a_button_ends_by_itself_and_is_made_again_by_its_seed(opened):
    page = opened()
    page.wait_for_timeout(300)
    assert page.evaluate("aeExplorer.walk.state()") == {"steps": 0, "isRunning": False}
    start = page.locator("[data-explorer=walk] .live-start")
    at_first = shown(page, "walk")

    def to_the_end():
        page.wait_for_function(
            "aeExplorer.walk.state().steps === 41 && !aeExplorer.walk.state().isRunning"
        )
        return page.evaluate("[...aeExplorer.walk.end()]")

    start.click()
    page.wait_for_function("aeExplorer.walk.state().steps > 3")
    assert start.inner_text() == "Stop"
    start.click()
    stopped = page.evaluate("aeExplorer.walk.state().steps")
    page.wait_for_timeout(300)
    assert page.evaluate("aeExplorer.walk.state().steps") == stopped < 41
    start.click()
    end = to_the_end()
    assert max(end) > 0.9 and shown(page, "walk")[:2] != at_first[:2]
    assert (
        page.inner_text("[data-explorer=walk] .live-readout") == "The walk with seed 1 has ended."
    )
    page.get_by_role("button", name="Next seed").click()
    page.wait_for_function("aeExplorer.walk.state().steps < 41")
    assert to_the_end() != end
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("1")
    seed.press("Tab")
    start.click()
    page.wait_for_function("aeExplorer.walk.state().steps < 41")
    assert to_the_end() == end
    last = shown(page, "walk")[0]
    slide(page, "walk", "Home")
    assert shown(page, "walk")[0] != last


@in_browser
def test_walk_without_motion_shows_its_end_only(opened):
    page = opened(reduced_motion="reduce")
    before = shown(page, "walk")[0]
    page.evaluate(
        """() => {
          window.pictures = new Set();
          const put = CanvasRenderingContext2D.prototype.putImageData;
          const canvas = document.querySelector("[data-explorer=walk] .live-two canvas");
          CanvasRenderingContext2D.prototype.putImageData = function (image, ...at) {
            if (this.canvas === canvas) window.pictures.add(image.data.join());
            put.call(this, image, ...at);
          };
        }"""
    )
    page.locator("[data-explorer=walk] .live-start").click()
    page.wait_for_function("aeExplorer.walk.state().steps === 41")
    assert shown(page, "walk")[0] != before
    assert page.evaluate("pictures.size") == 1


@in_browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_for_everybody(opened, width, scheme):
    page = opened(
        viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.locator("[data-explorer=walk] .live-start").click()
    page.wait_for_function("aeExplorer.walk.state().steps === 41")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert violations(page, "article") == []
    assert small_targets(page, "[data-explorer]") == []


@in_browser
def test_page_works_over_http(opened, site):
    with served(site) as address:
        page = opened(f"{address}/explorer.html")
        before = shown(page, "mixture")
        slide(page, "mixture")
        assert shown(page, "mixture") != before


@in_browser
def test_browser_without_webassembly_walks_too(browser, site):
    page = browser.new_page(reduced_motion="reduce")
    page.add_init_script("delete window.WebAssembly;")
    page.goto((site / "explorer.html").as_uri())
    page.wait_for_function("window.aeExplorer", timeout=60_000)
    page.locator("[data-explorer=walk] .live-start").click()
    page.wait_for_function("aeExplorer.walk.state().steps === 41", timeout=60_000)
    page.close()
