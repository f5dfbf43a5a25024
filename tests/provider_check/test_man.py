"""The man pages match --help, and groff has no complaints."""

import re
import shutil
import subprocess

import harness
import pytest

PAGES = harness.BUILD_DIR / "share" / "man"
PROGRAMS = ["faas-harness", "faas-provider-check", "faas-drill", "faas-lambda-host", "faas-front"]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")

pytestmark = [
    pytest.mark.man,
    pytest.mark.skipif(not PAGES.exists(), reason="no man pages: FAAS_MAN is off because help2man is missing"),
    pytest.mark.skipif(not shutil.which("groff"), reason="no groff"),
]


def page(name):
    for path in PAGES.glob(f"man?/{name}.?"):
        return path
    pytest.skip(f"{name} is not built")


def shown(path):
    """As a reader sees it, with unlimited line length."""
    command = ["groff", "-k", "-man", "-Tutf8", "-rLL=2000n", "-P-c", path]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return re.sub(r".\x08|\x1b\[[0-9;]*m", "", text).replace("‐", "-").replace("−", "-")


def help_of(name):
    done = subprocess.run([harness.BUILD_DIR / "bin" / name, "--help"], capture_output=True, text=True, timeout=250)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def own_options(text):
    """Options at the beginning of a line, where they are explained."""
    return {
        option for line in text.splitlines() if line.lstrip().startswith("--") for option in OPTION.findall(line[:40])
    }


@pytest.mark.parametrize("name", PROGRAMS)
def test_options_agree(name):
    text = shown(page(name))
    in_help, in_page = own_options(help_of(name)), own_options(text)
    assert {"--help", "--version"} <= in_help == in_page
    assert set(OPTION.findall(help_of(name))) == set(OPTION.findall(text))


@pytest.mark.parametrize("name", PROGRAMS)
def test_page_has_its_sections(name):
    lines = shown(page(name)).splitlines()
    assert {"NAME", "DESCRIPTION", "SEE ALSO"} <= set(lines)
    assert re.match(rf" +{name} - \w", lines[lines.index("NAME") + 1])


@pytest.mark.parametrize("name", ["faas-harness", "faas-provider-check"])
def test_examples_keep_their_lines(name):
    text = help_of(name)
    lines = [line.strip() for line in shown(page(name)).splitlines()]
    examples = [line.strip() for line in text.splitlines() if re.match(r"  (\w+=\S+ |printf.*)?faas-", line)]
    assert len(examples) >= 2 and all(example in lines for example in examples if "|" not in example)


@pytest.mark.parametrize("name", PROGRAMS)
def test_groff_has_no_warning(name):
    done = subprocess.run(["groff", "-k", "-man", "-Tutf8", "-ww", page(name)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_programs_that_are_named_have_pages():
    named = set(re.findall(r"^\.BR (faas\S+) \((\d)\)", "".join(p.read_text() for p in PAGES.glob("man?/*")), re.M))
    there = {(path.stem.replace("-", r"\-"), path.suffix[1:]) for path in PAGES.glob("man?/*")}
    built = {(name.replace("-", r"\-"), "1") for name in PROGRAMS if (harness.BUILD_DIR / "bin" / name).exists()}
    assert built <= there and named & built <= there
