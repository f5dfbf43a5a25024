from shrub.v3.evg_build_variant import BuildVariant
from shrub.v3.evg_command import EvgCommandType
from shrub.v3.evg_task import EvgTask, EvgTaskRef

from config_generator.components.funcs.bootstrap_mongo_orchestration import BootstrapMongoOrchestration
from config_generator.components.funcs.fetch_det import FetchDET
from config_generator.etc.distros import find_large_distro
from config_generator.etc.function import Function
from config_generator.etc.utils import bash_exec

TAG = "faas-harness"

# The oldest with libcurl 7.85, which the provider aws_lambda needs.
DISTRO = "ubuntu2404"


class FaasHarness(Function):
    name = TAG
    commands = [
        bash_exec(
            command_type=EvgCommandType.SETUP,
            working_dir="mongoc",
            script=".evergreen/scripts/install-faas-harness-dependencies.sh",
        ),
        bash_exec(
            command_type=EvgCommandType.TEST,
            working_dir="mongoc",
            add_expansions_to_env=True,
            env={
                "CC": "gcc",
                "EXTRA_CONFIGURE_FLAGS": "-DENABLE_FAAS_HARNESS=ON",
                "SSL": "OPENSSL",
            },
            script=".evergreen/scripts/compile.sh",
        ),
        bash_exec(
            command_type=EvgCommandType.TEST,
            working_dir="mongoc",
            add_expansions_to_env=True,
            script=".evergreen/scripts/run-faas-harness-tests.sh",
        ),
    ]


def functions():
    return FaasHarness.defn()


def tasks():
    yield EvgTask(
        name=TAG,
        run_on=find_large_distro(DISTRO).name,
        tags=[TAG, DISTRO],
        commands=[
            FetchDET.call(),
            BootstrapMongoOrchestration.call(
                vars={
                    "AUTH": "noauth",
                    "MONGODB_VERSION": "latest",
                    "SSL": "nossl",
                    "TOPOLOGY": "replica_set",
                }
            ),
            FaasHarness.call(),
        ],
    )


def variants():
    return [
        BuildVariant(
            name=TAG,
            display_name=TAG,
            tasks=[EvgTaskRef(name=f".{TAG}")],
        ),
    ]
