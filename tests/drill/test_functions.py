"""The functions of examples/functions, each with its language's driver, as ./dev test has built them."""

import json
from dataclasses import dataclass

import pytest
from harness import SOURCE_DIR

pytestmark = pytest.mark.functions

EXAMPLES = SOURCE_DIR / "examples" / "functions"
BUILT = SOURCE_DIR / "build" / "functions"


@dataclass
class Language:
    driver: str  # as in its handshake
    lock: str | None  # the file that pins it
    pinned: str  # its line there
    options: tuple = ()
    streams: bool = True  # with serverMonitoringMode=stream
    faults: tuple = ()  # checks that fail now and then: docs/findings


LANGUAGES = {
    "python": Language("PyMongo", "requirements.txt", "pymongo=={}", ("--handler", "app.lambda_handler")),
    "node": Language("nodejs", "package.json", '"mongodb": "{}"', ("--handler", "index.handler")),
    # It accepts the option but ignores it.
    "go": Language(
        "mongo-go-driver", "go.mod", "go.mongodb.org/mongo-driver/v2 v{}", streams=False, faults=("heartbeat_interval",)
    ),
    "rust": Language("mongo-rust-driver", "Cargo.toml", 'mongodb = "={}"'),
    "java": Language("mongo-java-driver", "pom.xml", "<mongodb.version>{}</mongodb.version>"),
    # As ./dev build left it.
    "libmongoc": Language("mongoc", None, ""),
}
EACH = pytest.mark.parametrize("name", LANGUAGES)


@pytest.fixture
def built(hold):
    def run(name, *more, **options):
        package = BUILT / name / "pinned"
        if not package.exists():
            pytest.skip(f"not built; ./dev drill --function {name} builds it, or says what is missing")
        words = LANGUAGES[name].options if name in LANGUAGES else ()
        return hold("cold,warm,frozen", lambda _: [*words, *more, package.resolve()], freeze=0.5, **options)

    return run


@EACH
def test_function(built, name):
    held = built(name)
    language = LANGUAGES[name]
    assert_green(held, language)
    driver, version = held.result["driver"].split()
    assert driver == language.driver
    if language.lock:
        assert language.pinned.format(version) in (EXAMPLES / name / language.lock).read_text(), "none that lay around"
    assert "no awaitable hello" in held.check("streaming_protocol")["detail"]
    assert_answers(held)


def assert_green(held, language):
    assert held.status in (0, 1) and set(held.failed) <= set(language.faults), held.log


def assert_answers(held):
    for invocation in held.invocations:
        answer = json.loads(invocation["answer"])
        assert answer["statusCode"] == 200 and json.loads(answer["body"]) == {"deleted": 1}


def test_php(built):
    """The driver is this machine's, with its faults."""
    held = built("php")
    assert "ext-mongodb:PHP" in held.result["driver"]
    assert set(held.failed) <= {"handshake"}, held.log
    assert_answers(held)


@EACH
def test_stream(built, name):
    held = built(name, uri_options="serverMonitoringMode=stream")
    check = held.check("streaming_protocol")
    if LANGUAGES[name].streams:
        assert held.status == 1 and held.failed == ["streaming_protocol"], held.log
        assert "the driver streams" in check["detail"] and "a frozen function cannot read the stream" in check["detail"]
    else:
        assert_green(held, LANGUAGES[name])
        assert "the driver polls: no awaitable hello" in check["detail"]


@pytest.mark.parametrize(
    ("name", "variable", "verdict", "words"),
    [
        ("python", "KUBERNETES_SERVICE_HOST", "pass", "introduced themselves as aws.lambda"),
        (
            "python",
            "FUNCTION_NAME",
            "pass",
            "sent no client.env.name, as required: FUNCTION_NAME names a second platform",
        ),
        ("libmongoc", "FUNCTION_NAME", "fail", "but must be left out, because FUNCTION_NAME names a second platform"),
    ],
    ids=["container", "two platforms", "two platforms to libmongoc"],
)
def test_variables_that_say_where_it_runs(built, name, variable, verdict, words):
    """docs/findings/libmongoc-handshake.md"""
    held = built(name, "--env", f"{variable}=shop")
    check = held.check("handshake")
    assert check["verdict"] == verdict and words in check["detail"], check


def test_what_is_pinned_names_no_registry():
    """Otherwise it could be installed from that registry only."""
    suffixes = (".txt", ".json", ".mod", ".sum", ".toml", ".xml")
    names = [name for name, language in LANGUAGES.items() if language.lock]
    locks = [path for name in names for path in (EXAMPLES / name).iterdir() if path.suffix in suffixes]
    assert {path.parent.name for path in locks} == set(names)
    for path in locks:
        assert "://" not in path.read_text().replace('xmlns="http://maven.apache.org/POM/4.0.0"', ""), path
