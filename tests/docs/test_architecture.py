"""The page's table of links matches CMake for the parts of the drill."""

import re

import pytest
from pages import SOURCE_DIR, Page

pytestmark = pytest.mark.architecture

# Names as on the page.
NAMES = {
    "faas_common": "`common`",
    "faas_drill_base": "`base`",
    "faas_drill_function": "`function`",
    "faas_drill_lambda": "`lambda`",
    "faas_drill_service": "`service`",
    "faas_drill_host": "`host`",
    "faas_drill_witness": "`witness`",
    "faas_drill_judge": "`judge`",
    "faas_drill_front": "`front`",
    "faas_drill_deployment": "`deployment`",
    "faas_drill_phases": "`phases`",
    "faas_drill_results": "`results`",
    "faas_drill_dns": "`dns`",
    "faas_drill_template": "`template`",
    "PkgConfig::FAAS_MICROHTTPD": "libmicrohttpd",
    "PkgConfig::FAAS_ARCHIVE": "libarchive",
    "PkgConfig::FAAS_XML": "libxml2",
    "PkgConfig::FAAS_UTF8PROC": "utf8proc",
    "PkgConfig::FAAS_YAML": "libyaml",
    "PkgConfig::FAAS_OPENSSL": "OpenSSL",
    "PkgConfig::FAAS_LDNS": "libldns",
    "faas::cjson": "cJSON",
    "faas::curl": "libcurl",
    "faas::bson": "libbson",
}


def parts():
    """Each part of the drill, and what CMake links it with."""
    text = (SOURCE_DIR / "drill" / "CMakeLists.txt").read_text()
    found = re.findall(r"^faas_drill_part\((\w+)([^)]*)\)", text, re.M)
    return {name: {NAMES[library] for library in libraries.split() if library != "m"} for name, libraries in found}


def documented():
    rows = re.findall(r"^\| `drill/(\w+)`[^|]* \| ([^|]+) \|", Page("docs/architecture.md").text, re.M)
    return {name: set() if libraries == "nothing" else set(libraries.split(", ")) for name, libraries in rows}


def test_parts_of_the_drill():
    assert parts() == documented()
