"""The live page in a browser: it trains, answers to pointer and keys, and lets everybody in."""

import base64
import functools
import zlib

import numpy as np
import pytest
from browser import served, small_targets, violations

from aekit import touch
from aekit.datasets import load_mnist
from course.publishing import live, render

LIMIT = 2_500_000  # bytes, of the page with all that it loads
in_browser = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The live page and the index, as `make site` makes them, without the lessons."""
    source, folder = (tmp_path_factory.mktemp(name) for name in ("source", "site"))
    render.lay_out(source, {"lessons": []}, source)
    for path in source.glob("*.*"):
        if path.name not in ("index.md", "live.md"):
            path.unlink()
    render.sphinx("html", source, folder)
    live.write(folder / "_static" / "live")
    return folder


class Page:
    """The live page, opened; whatever it complains of is kept in `errors`."""

    def __init__(self, browser, address, **settings):
        self.page = browser.new_page(**({"viewport": {"width": 1280, "height": 900}} | settings))
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._keep)
        self.page.goto(address)
        self.wait(
            "window.aeLive && aeLive.state() && !document.querySelector('.live-start').disabled"
        )

    def _keep(self, message):
        is_icon = message.location["url"].endswith("/favicon.ico")  # which the browser asks for
        if message.type in ("error", "warning") and not is_icon:
            self.errors.append(message.text)

    def wait(self, condition):
        self.page.wait_for_function(condition, timeout=60_000, polling=20)

    def state(self, name):
        return self.page.evaluate(f"aeLive.state().{name}")

    def train(self, images):
        self.page.click(".live-start")
        self.wait(f"aeLive.state().images >= {images}")
        self.page.click(".live-start")
        self.wait("!aeLive.state().running")

    def error(self):
        return self.page.evaluate("aeLive.state().measured.error")

    def picture(self, caption):
        """What the picture with a caption shows, as its canvas' pixels."""
        return self.page.evaluate(
            """(caption) => {
              const figure = [...document.querySelectorAll(".live-picture")]
                .find((figure) => figure.innerText.startsWith(caption));
              return figure.querySelector("canvas").toDataURL();
            }""",
            caption,
        )

    def button(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def hash(self):
        return self.page.evaluate("location.hash")


@pytest.fixture
def opened(browser, site):
    """Opens the page with a hash; at the end no page may have complained."""
    pages = []

    def open_page(hash_="", address=None, **settings):
        pages.append(Page(browser, (address or (site / "live.html").as_uri()) + hash_, **settings))
        return pages[-1]

    yield open_page
    for page in pages:
        page.page.close()
    assert [error for page in pages for error in page.errors] == []


def test_kernel_is_its_text_assembled():
    wasmtime = pytest.importorskip("wasmtime")
    text = (touch.SOURCES / "kernel.wat").read_text(encoding="utf-8")
    stored = base64.b64decode((touch.SOURCES / "kernel.b64").read_text())
    assert bytes(wasmtime.wat2wasm(text)) == stored


def test_digits_are_those_of_mnist_and_the_page_is_small(site):
    import json

    text = (site / "_static/live/digits.js").read_text()
    digits = json.loads(text.removeprefix("const AELiveDigits = ").removesuffix(";\n"))
    (x_train, y_train), (x_test, y_test) = load_mnist(4500, 500, flatten=True)
    x, labels = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    pixels = np.frombuffer(zlib.decompress(base64.b64decode(digits["pixels"])), np.uint8)
    np.testing.assert_allclose(pixels.reshape(-1, 784) / 255, x, atol=1e-6)
    assert digits["labels"] == "".join(map(str, labels))
    assert digits["meanError"] == pytest.approx(np.mean((x_test - x_train.mean(axis=0)) ** 2))
    assert 0.8 < digits["pcaError"] / digits["meanError"] < 0.9
    loaded = [site / "live.html", *(site / "_static/live").iterdir()]
    loaded += [path for path in (site / "_static").rglob("*") if path.suffix in (".js", ".css")]
    assert sum(path.stat().st_size for path in set(loaded)) < LIMIT


def test_scripts_load_on_the_live_page_only_and_from_no_elsewhere(site):
    assert "_static/live" not in (site / "index.html").read_text(encoding="utf-8")
    assert 'href="live.html"' in (site / "index.html").read_text(encoding="utf-8")
    script = live.script()
    for word in ("import(", "fetch(", "http://", "https://", "eval(", "innerHTML"):
        assert word not in script, word


@in_browser
def test_page_trains_pauses_steps_and_starts_again(opened):
    page = opened()
    assert (page.state("images"), page.state("running")) == (0, False)  # never by itself
    assert page.state("kernel") == "WebAssembly"
    page.button("One step")
    page.wait("aeLive.state().images === 32")
    page.train(6000)
    seen, codes = page.state("images"), page.page.evaluate("[...aeLive.state().codes]")
    first = page.page.evaluate("aeLive.points()[0].heldOut")
    assert page.error() < 0.7 * first
    page.page.wait_for_timeout(200)
    assert page.state("images") == seen  # it is paused indeed
    page.button("Start again")
    page.wait("aeLive.state().images === 0")
    assert page.page.evaluate("aeLive.points().length") == 1
    page.wait("document.querySelectorAll('.live-table tbody tr').length === 2")  # the run is kept
    assert codes != page.page.evaluate("[...aeLive.state().codes]")


@in_browser
def test_same_seed_makes_the_same_picture_and_another_another(opened):
    def codes(hash_):
        page = opened(hash_)
        page.page.click(".live-start")
        page.wait("aeLive.state().images === 3200 && !aeLive.state().running")
        assert "as many digits as the address asks for" in page.page.inner_text(".live-status")
        return page.page.evaluate("[...aeLive.state().codes]")

    noisy = "#images=3200&noise=gaussian&level=0.5"
    assert codes(noisy) == codes(noisy)
    assert codes(noisy) != codes(noisy + "&seed=2")


@in_browser
def test_link_restores_the_settings_and_controls_change_the_link(opened):
    hash_ = "#layers=50-50&activation=tanh&noise=masking&level=0.5&rate=0.005&seed=7"
    page = opened(hash_)
    assert page.page.evaluate("AELive.toAddress(aeLive.settings())") == hash_ == page.hash()
    assert page.page.get_by_label("Hidden layers").input_value() == "50-50"
    assert page.page.get_by_label("Seed").input_value() == "7"
    assert "MaskingNoise(0.5)" in page.page.inner_text(".live pre")
    page.page.get_by_label("Preset").select_option("Contractive")
    page.wait("location.hash === '#lambda=0.001&seed=7'")
    page.page.get_by_label("Weight λ").press("ArrowRight")
    assert page.hash() == "#lambda=0.01&seed=7"
    page.page.evaluate("location.hash = '#batch=128'")
    page.wait("aeLive.settings().batch === 128 && aeLive.settings().seed === 1")


@in_browser
def test_address_that_says_nonsense_is_read_as_far_as_it_makes_sense(opened):
    page = opened(
        "#layers=1-x&rate=abc&batch=0.5&seed=-1&activation=magic&level=9&noise=pepper&__proto__=1"
    )
    assert page.page.evaluate("AELive.toAddress(aeLive.settings())") == "#noise=pepper"


@in_browser
def test_control_acts_while_it_trains_or_starts_again_where_the_network_is_another(opened):
    page = opened()
    page.train(2000)
    seen = page.state("images")
    page.page.get_by_label("Noise on the input").select_option("gaussian")
    page.page.wait_for_timeout(100)
    assert page.state("images") == seen
    page.train(seen + 500)
    assert "of the corrupted held-out digits" in page.page.inner_text(".live-controls")
    page.page.get_by_label("Activation").select_option("tanh")
    page.wait("aeLive.state().images === 0")


@in_browser
def test_pointer_and_keys_change_the_decoded_picture(opened):
    page = opened()
    page.train(3000)
    plane = page.page.locator("canvas.live-plane")
    box = plane.bounding_box()
    seen = [page.picture("Decoded")]
    for across in (0.3, 0.7):
        page.page.mouse.move(box["x"] + across * box["width"], box["y"] + 0.4 * box["height"])
        page.page.wait_for_timeout(100)
        seen.append(page.picture("Decoded"))
    page.page.mouse.move(1, 1)
    plane.focus()
    at = page.page.evaluate("({...aeLive.plane.cross})")
    for keys in ("ArrowDown", "Shift+ArrowLeft", "Home"):
        page.page.keyboard.press(keys)
        seen.append(page.picture("Decoded"))
    assert len(set(seen)) == len(seen)
    page.page.keyboard.press("ArrowRight")
    assert page.page.evaluate("aeLive.plane.cross.x") != at["x"]
    # What a screen reader is told, when the keys rest.
    page.wait("document.querySelector('.live-heard').textContent.startsWith('Code (')")


@in_browser
def test_network_that_learns_below_a_resting_pointer_is_decoded_anew_and_no_more(opened):
    page = opened()
    box = page.page.locator("canvas.live-plane").bounding_box()
    page.page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
    page.page.evaluate(
        """() => {
          window.drawn = 0;
          window.drawnAt = performance.now();
          const clear = CanvasRenderingContext2D.prototype.clearRect;
          CanvasRenderingContext2D.prototype.clearRect = function (...at) {
            if (this.canvas.matches(".live-plane")) {
              window.drawn += 1;
              window.drawnAt = performance.now();
            }
            clear.apply(this, at);
          };
        }"""
    )
    rests = "performance.now() - drawnAt > 500"  # or the wait fails: it would be drawn for ever
    page.page.wait_for_function(rests)
    before, drawn = page.picture("Decoded"), page.page.evaluate("drawn")
    page.page.evaluate("document.querySelector('.live-start + button').click()")  # one step
    page.wait("aeLive.state().steps === 1")
    page.page.wait_for_function("(before) => drawn > before", arg=drawn)
    page.page.wait_for_function(rests)
    assert page.picture("Decoded") != before


@in_browser
def test_drawn_digit_comes_back_by_pointer_by_keys_and_from_the_test_set(opened):
    page = opened("#noise=masking")
    page.train(3000)
    pad = page.page.locator("canvas.live-pad")
    seen = [page.picture("What the network makes of it")]  # a test digit is there at first
    page.button("Clear")
    seen.append(page.picture("What the network makes of it"))
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    at = [(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * y) for y in (0.2, 0.8)]
    page.page.mouse.move(*at[0])
    page.page.mouse.down()
    page.page.mouse.move(*at[1], steps=5)
    page.page.mouse.up()
    seen.append(page.picture("What the network makes of it"))
    assert page.picture("Your digit, corrupted") != page.picture("Your digit: draw here")
    pad.focus()
    page.page.keyboard.press("Delete")
    for key in (" ", *["ArrowRight"] * 5, *["ArrowUp"] * 6, " "):
        page.page.keyboard.press(key)
    assert page.page.evaluate("aeLive.pad.pixels.filter((ink) => ink > 0.5).length") > 20
    seen.append(page.picture("What the network makes of it"))
    page.page.get_by_role("spinbutton", name="Test digit").fill("3")
    page.button("Use this test digit")
    seen.append(page.picture("What the network makes of it"))
    assert len(set(seen)) == len(seen)


@in_browser
def test_training_stops_by_itself_and_when_the_page_is_hidden(opened):
    page = opened("#patience=20&rate=0.1&batch=8")
    page.page.click(".live-start")
    page.wait("!aeLive.state().running && aeLive.state().images > 0")
    assert page.state("reason") == "no progress"
    page = opened()
    page.page.click(".live-start")
    page.wait("aeLive.state().running")
    page.page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", {value: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    page.wait("!aeLive.state().running")


@in_browser
def test_browser_without_webassembly_or_workers_trains_too(browser, site):
    page = browser.new_page()
    page.add_init_script("delete window.WebAssembly; delete window.Worker;")
    page.goto((site / "live.html").as_uri())
    page.wait_for_function("window.aeLive && aeLive.state()", timeout=60_000)
    page.click(".live-start")
    page.wait_for_function("aeLive.state().images > 200", timeout=60_000)
    assert page.evaluate("aeLive.state().kernel") == "JavaScript"
    page.close()


@in_browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_for_everybody(opened, width, scheme):
    page = opened(
        "#noise=masking", viewport={"width": width, "height": 844}, color_scheme=scheme,
        reduced_motion="reduce" if scheme == "dark" else "no-preference",
    )  # fmt: skip
    page.train(500)
    assert page.page.evaluate("document.documentElement.scrollWidth") == width
    assert violations(page.page, ".live") == []
    assert small_targets(page.page, ".live") == []
    nameless = page.page.evaluate(
        """() => [...document.querySelectorAll(".live-control input, .live-control select")]
          .filter((control) => !control.labels.length).length"""
    )
    assert nameless == 0


@in_browser
def test_page_works_over_http(opened, site):
    with served(site) as address:
        page = opened(address=f"{address}/live.html")
        page.train(500)
    assert page.state("images") >= 500


RUN = """async ([hash, images]) => {
  const data = await AELive.unpack(AELiveDigits);
  const waiting = [];
  let state;
  const send = AELive.createTrainer(data, (next) => { state = next; }, (work) => waiting.push(work), 1e9);
  send({type: "start", settings: AELive.fromAddress(`${hash}&patience=0&images=${images}`), generation: 0});
  send({type: "run"});
  while (waiting.length) waiting.shift()();
  send({type: "ask"});
  return {...state.measured, points: state.points.map(({heldOut}) => heldOut),
    meanError: AELiveDigits.meanError, pcaError: AELiveDigits.pcaError};
}"""


@in_browser
def test_neighbours_in_the_plane_agree_after_40_000_digits(opened):
    measured = opened().page.evaluate(RUN, ["#", 40_000])
    assert measured["accuracy"] >= 0.45
    assert measured["error"] < 0.9 * measured["pcaError"]


@in_browser
def test_what_the_page_says_to_expect_is_so(opened):
    page = opened().page

    @functools.cache
    def run(some, images=6400):
        return page.evaluate(RUN, [f"#{some}", images])

    plain, mean = run(""), run("")["meanError"]
    linear = run("activation=linear&layers=&rate=0.005", 12_800)
    assert linear["error"] == pytest.approx(plain["pcaError"], rel=0.05)
    assert run("activation=tanh")["error"] == pytest.approx(plain["error"], rel=0.1)
    assert run("activation=sigmoid")["error"] > 1.1 * plain["error"]
    assert run("layers=256-128-64")["error"] < 0.98 * plain["error"]
    noisy = run("noise=gaussian&level=0.5")
    assert noisy["noise"]["after"] < 0.6 * noisy["noise"]["before"]
    assert noisy["error"] > 1.05 * plain["error"]
    sparse, very = run("beta=0.003"), run("beta=0.3")
    assert abs(sparse["units"]["mean"] - 0.05) < 0.04 and sparse["units"]["off"] > 0.6
    assert very["error"] > 1.03 * sparse["error"]
    contractive, strongly = run("lambda=0.001"), run("lambda=1")
    assert contractive["sensitivity"] < 0.3 * plain["sensitivity"]
    assert contractive["spread"] < 0.5 * plain["spread"]
    assert strongly["error"] > 1.05 * plain["error"]
    assert run("loss=bce")["spread"] > 5 * plain["spread"]
    assert run("rate=0.0001")["error"] > 1.1 * plain["error"]
    assert run("rate=0.1")["error"] > 0.9 * mean
    # How far the held-out error rises in all, after its first fall.
    steps = [np.diff(run(some, 20_000)["points"][20:]) for some in ("", "rate=0.02")]
    steady, jumpy = (step[step > 0].sum() for step in steps)
    assert jumpy > 2 * steady
    assert run("batch=16")["error"] < plain["error"] < 0.95 * run("batch=256")["error"]
