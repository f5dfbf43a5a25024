"""The drill's page in headless Chromium, used as a reader does: with wheel, mouse, fingers and keys."""

import base64
import json
import os
import re
import shutil
import time
from pathlib import Path

import pytest
from secantus import free_port

# Selenium would look for newer drivers on the network.
os.environ["SE_OFFLINE"] = "true"

DATA = re.compile(r'(<script type="application/json" id="data">)(.*?)(</script>)', re.DOTALL)
KEY_CODES = {
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
    "Enter": 13,
    "Escape": 27,
    "Home": 36,
    "End": 35,
}
SHIFT = 8


def programs():
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    driver = shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("needs chromium and chromedriver (Debian: chromium, chromium-driver)")
    return chromium, driver


def data_of(file):
    return json.loads(DATA.search(Path(file).read_text())[2])


def with_data(file, data):
    """Opens the page with other data in it."""
    text = json.dumps(data).replace("<", "\\u003c")
    page = DATA.sub(lambda match: match[1] + text + match[3], Path(file).read_text())
    Path(file).write_text(page)
    return file


def same_text(text):
    """The text without the page's own breaks and non-breaking spaces."""
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


class Browser:
    def __init__(self, folder):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        chromium, driver = programs()
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            f"--user-data-dir={folder}/profile",
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(driver, port=free_port()))
        self.driver.set_script_timeout(40)
        self.driver.set_page_load_timeout(40)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def forget(self):
        """Continues in a new tab, as if just started."""
        before = self.driver.current_window_handle
        self.driver.switch_to.new_window("tab")
        after = self.driver.current_window_handle
        self.driver.switch_to.window(before)
        self.driver.close()
        self.driver.switch_to.window(after)
        self.console()
        self.requests()

    def command(self, name, **arguments):
        return self.driver.execute_cdp_cmd(name, arguments)

    def look(self, width=1280, height=900, dark=False, media=""):
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def open(self, file, **look):
        self.look(**look)
        self.driver.get(Path(file).as_uri())
        self.frame()
        return self

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def frame(self):
        """Waits until everything requested has been drawn."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
        )

    def wait_for(self, condition, *arguments):
        """Waits until the expression is true, for at most the driver's script timeout."""
        self.driver.execute_async_script(
            f"const done = arguments[arguments.length - 1]; const look = () => {condition} ? done() : requestAnimationFrame(look); look()",
            *arguments,
        )

    def count_cpu(self):
        self.command("Performance.enable", timeDomain="threadTicks")

    def cpu_seconds(self):
        """CPU seconds of the page's main thread since it was opened."""
        metrics = self.command("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    def text(self, selector="body"):
        return same_text(self.run("return document.querySelector(arguments[0]).textContent", selector))

    def cells(self, selector):
        """The texts of the rows of a table's body."""
        return self.run(
            """return [...document.querySelectorAll(`${arguments[0]} tbody tr`)].map((row) =>
                 [...row.children].map((cell) => cell.textContent))""",
            selector,
        )

    def console(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Addresses of all requests since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]

    def range(self):
        """What the timeline shows, in ms of the drill."""
        self.frame()
        shown = self.run("return {...document.getElementById('plot').dataset}")
        return float(shown["fromMs"]), float(shown["toMs"])

    def width(self):
        start, end = self.range()
        return end - start

    def click(self, selector):
        self.run("document.querySelector(arguments[0]).click()", selector)
        self.frame()

    def key(self, key, modifiers=0):
        code = {"windowsVirtualKeyCode": KEY_CODES[key]} if key in KEY_CODES else {"text": key}
        self.command("Input.dispatchKeyEvent", type="keyDown", key=key, modifiers=modifiers, **code)
        self.command("Input.dispatchKeyEvent", type="keyUp", key=key, modifiers=modifiers)
        self.frame()

    def plot(self):
        """Left, top, width and height of the timeline on the screen, after scrolling it into view."""
        self.run("document.getElementById('timeline').scrollIntoView()")
        time.sleep(0.5)  # a page that is still scrolling ignores the wheel
        return self.run(
            "const {x, y, width, height} = document.getElementById('canvas').getBoundingClientRect(); return [x, y, width, height]"
        )

    def mouse(self, kind, x, y, **more):
        self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def wheel(self, x, y, down):
        self.mouse("mouseWheel", x, y, deltaX=0, deltaY=down)
        self.frame()

    def drag(self, x0, y0, x1, y1):
        self.mouse("mousePressed", x0, y0, button="left", buttons=1, clickCount=1)
        for part in (0.3, 0.6, 1):
            self.mouse("mouseMoved", x0 + (x1 - x0) * part, y0 + (y1 - y0) * part, button="left", buttons=1)
        self.mouse("mouseReleased", x1, y1, button="left", clickCount=1)
        self.frame()

    def pinch(self, x, y, apart_before, apart_after):
        def touch(kind, apart):
            points = (
                []
                if kind == "touchEnd"
                else [{"x": x - apart / 2, "y": y, "id": 0}, {"x": x + apart / 2, "y": y, "id": 1}]
            )
            self.command("Input.dispatchTouchEvent", type=kind, touchPoints=points)

        touch("touchStart", apart_before)
        for part in (0.25, 0.5, 0.75, 1):
            touch("touchMove", apart_before + (apart_after - apart_before) * part)
        touch("touchEnd", 0)
        self.frame()

    def pdf(self, file):
        answer = self.command("Page.printToPDF", printBackground=False, preferCSSPageSize=True)
        Path(file).write_bytes(base64.b64decode(answer["data"]))
        return file
