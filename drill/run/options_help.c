#include "options.h"

#include <stdio.h>
#include <string.h>

/* In parts, because C11 5.2.4.1 promises only 4,095 characters for one literal. */
static const char the_database[] =
   "Usage: faas-drill [OPTION]... FOLDER|FILE.zip|template.yaml\n"
   "\n"
   "Run a function's deployment package as AWS Lambda or another platform would, cold, frozen\n"
   "and through an outage of the database, and judge what it did. Needs neither an account nor\n"
   "Docker.\n"
   "\n"
   "  faas-drill function.zip\n"
   "  faas-drill --server 127.0.0.1:27017 function.zip\n"
   "  faas-drill --uri \"$MONGODB_URI\" --outage-command ./restart-primary.sh function.zip\n"
   "  faas-drill --platform cloud-run --command \"node server.js\" server/\n"
   "\n"
   "The database; without any of these options the embedded server, secantusd-py (pip install\n"
   "secantusdb), beside faas-drill, in the virtual environment or on the PATH:\n"
   "  --server HOST:PORT      a MongoDB server without TLS or users, which is shown to the\n"
   "                          function as a replica set of three members: failovers are\n"
   "                          emulated and need no second server\n"
   "  --server-command CMD    start that server with CMD, by sh, which finds a free port\n"
   "                          and an empty folder as $PORT and $FOLDER, and end it later\n"
   "                          with all that came of it, also what runs as a daemon\n"
   "  --secure                that replica set speaks TLS and asks for a user, SCRAM-SHA-256;\n"
   "                          the function's URI has the password and tlsCAFile\n"
   "  --srv                   that replica set is found by DNS, SRV and TXT records as Atlas has\n"
   "                          them: the function's URI is a mongodb+srv:// one. Implies --secure;\n"
   "                          needs root, or a machine where anybody may listen on port 53\n"
   "  --round-trip MS         that replica set is so far away: each of its answers comes MS\n"
   "                          milliseconds late, 1 to 1000 (default: none)\n"
   "  --uri URI               your own deployment (default: $MONGODB_URI)\n"
   "  --outage-command CMD    what makes it lose its primary, by sh; what it has started in\n"
   "                          the background goes on when it ends with status 0, and is\n"
   "                          killed when it fails or takes too long. Without it the\n"
   "                          phases outage and failover are skipped, without --server\n"
   "                          also dropped\n"
   "  --outage-timeout SECONDS\n"
   "                          how long it may take (default: 300)\n"
   "  --uri-options OPTIONS   add them to the function's URI: socketTimeoutMS=5000&w=1\n"
   "  --uri-variable NAME     the function's variable that the URI goes into (default:\n"
   "                          MONGODB_URI)\n"
   "  --uri-file-variable NAME\n"
   "                          the function's variable for the path of a file that has the URI,\n"
   "                          too, and is replaced when phase rotated changes the password: a\n"
   "                          function that reads it again has to recover (default: none)\n";

static const char the_drill[] =
   "\n"
   "The drill:\n"
   "  --phases LIST           which and in which order; frozen*100 is one phase of 100 invocations\n";

static const char the_drill_besides[] =
   "  --all                   all phases that the platform has, each once, those by name, too\n"
   "  --freeze SECONDS        how long the function is suspended (default: 60)\n"
   "  --repeat N              all phases N times over (default: 1)\n"
   "  --concurrency N         N invocations at once in all phases but cold, 1 to 64 (default: 1). On\n"
   "                          Lambda that is a managed instance, as is --platform managed\n"
   "  --instances N           at the end a burst: N cold starts at once (default: none); with\n"
   "                          phases storm and overload so many there, and no burst\n"
   "  --connection-limit N|TIER\n"
   "                          what a member takes in phase storm: a number, or an Atlas tier,\n"
   "                          M0 to M50 (default: " CONNECTION_LIMIT_DEFAULT ")\n"
   "  --connection-rate N     new connections a second that a member lets in in phase storm, and\n"
   "                          as many at once at the beginning (default: any number)\n"
   "  --connection-queue N    how many connections beyond that rate wait for their turn; a member\n"
   "                          closes the others (default: 0, as mongod's)\n"
   "  --overload-rate N       commands a second that a member admits in phase overload, and as\n"
   "                          many at once at the beginning (default: 5)\n"
   "  --base-backoff MS       baseBackoffMS in the errors of phase overload (default: none)\n"
   "\n";

static const char the_function[] =
   "The function (from a SAM template, or a folder with one, all that is not said here):\n"
   "  --platform NAME         run it as that platform does (default: lambda):\n"
   "    lambda                frozen between its invocations\n"
   "    managed               Lambda Managed Instances: several invocations at once, never frozen\n"
   "    cloud-run             a server on $PORT, which has next to no CPU between requests; started\n"
   "                          by --command, or the line \"web: COMMAND\" of its Procfile\n"
   "    azure                 a custom handler, never frozen; started as its host.json says\n"
   "    openfaas              a server behind of-watchdog, never frozen; started by --command\n"
   "    fn                    a server on the socket $FN_LISTENER, frozen; started by --command\n"
   "    openwhisk             an action that reads lines, frozen; its file exec is started\n"
   "  --command CMD           start the function by sh, in its folder; without it, and without the\n"
   "                          platform's own file, by its executable file bootstrap\n"
   "  --request \"GET /PATH\"   ask a server so (default: POST /, with the event {})\n"
   "  --handler MODULE.FUNCTION\n"
   "                          run it as Lambda's managed runtimes for Python and Node.js do:\n"
   "                          app.lambda_handler is in app.py, app.mjs, app.js or app.cjs. By\n"
   "                          the python3 or node on the PATH, with AWS's runtime client (pip\n"
   "                          install awslambdaric). Without it the package's executable\n"
   "                          file bootstrap is run, as on provided.al2023\n"
   "  --logical-id NAME       the function of a template with several\n"
   "  --client pool|single    which client faas-harness makes (default: pool); refused for a function\n"
   "                          that is not faas-harness\n"
   "  --env NAME=VALUE        a variable of the function; may be repeated\n"
   "  --mount PATH            show PATH of this machine to the function, read-only, at the\n"
   "                          same place; may be repeated. Without it the function sees\n"
   "                          its package at /var/task, /usr, /etc, and 512 MB of /tmp to\n"
   "                          write to, as on Lambda\n"
   "  --timeout SECONDS       of an invocation (default: 30)\n"
   "  --memory MB             what it may use (default: the platform's, of Lambda 128)\n"
   "\n"
   "Results:\n"
   "  --expect FILE           known failures of the driver, a line each: always|sometimes, a\n"
   "                          phase or a check, [until=YYYY-MM-DD] [needs=PHASE,...]\n"
   "                          [says=WORD], and why. They leave the drill green. A line that\n"
   "                          no longer holds, or has expired, does not: docs/ci.md\n"
   "  --output FOLDER         drill.json, junit.xml, timeline.html and function.log there\n"
   "                          (default: " OPTIONS_OUTPUT_DEFAULT "), in place of an earlier drill's\n"
   "  --quiet                 no progress on stderr, only the table on stdout\n"
   "  --version               this program's version\n"
   "  --help                  this text\n"
   "\n"
   "Exit status: 0 when every phase and check passed, but for known failures; 1 when one\n"
   "failed, or a line of --expect is stale; 2 when the drill could not be held.\n";

static void
print_phase(const struct phase_kind *kind)
{
   const char *name = kind->name;
   for (const char *line = kind->help; line != NULL;) {
      int length = (int)strcspn(line, "\n");
      printf("    %-21s %.*s\n", name, length, line);
      name = "";
      line = line[length] == '\0' ? NULL : line + length + 1;
   }
}

static void
print_phases(void)
{
   char defaults[200];
   phase_kind_names(defaults, sizeof defaults, true);
   printf("                          (default: %s)\n", defaults);
   for (size_t i = 0; i < phase_kind_count; i++) {
      print_phase(phase_kinds[i]);
   }
}

void
options_help_print(void)
{
   fputs(the_database, stdout);
   fputs(the_drill, stdout);
   print_phases();
   fputs(the_drill_besides, stdout);
   fputs(the_function, stdout);
}
