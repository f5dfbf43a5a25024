#include "options.h"
#include "platforms.h"

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
   "The database (default: the embedded server, secantusd-py (pip install secantusdb), found\n"
   "beside faas-drill, in the virtual environment or on the PATH):\n"
   "  --server HOST:PORT      a MongoDB server without TLS or users; the function sees it as a\n"
   "                          replica set of three members. Failovers are emulated and need\n"
   "                          no second server\n"
   "  --server-command CMD    start that server with sh -c CMD; $PORT and $FOLDER are a free\n"
   "                          port and an empty folder. The server and all its descendants,\n"
   "                          daemons too, are killed at the end\n"
   "  --secure                the emulated replica set uses TLS and SCRAM-SHA-256; the\n"
   "                          function's URI has the password and tlsCAFile\n"
   "  --srv                   the function's URI is mongodb+srv://, and a DNS server answers\n"
   "                          with SRV and TXT records as Atlas has them. Implies --secure;\n"
   "                          needs root, or a machine where anybody may listen on port 53\n"
   "  --round-trip MS         delay each answer of the emulated replica set by MS\n"
   "                          milliseconds, 1 to 1000 (default: none)\n"
   "  --uri URI               your own deployment (default: $MONGODB_URI)\n"
   "  --outage-command CMD    run sh -c CMD to make the deployment lose its primary. What\n"
   "                          CMD starts in the background keeps running if CMD exits with\n"
   "                          status 0, and is killed if CMD fails or takes too long. Without\n"
   "                          CMD the phases outage and failover are skipped; without --server\n"
   "                          dropped is, too\n"
   "  --outage-timeout SECONDS\n"
   "                          time limit of that command (default: 300)\n"
   "  --uri-options OPTIONS   options to add to the function's URI: socketTimeoutMS=5000&w=1\n"
   "  --uri-variable NAME     the function's environment variable for the URI (default:\n"
   "                          MONGODB_URI)\n"
   "  --uri-file-variable NAME\n"
   "                          the function's environment variable for the path of a file that\n"
   "                          also contains the URI. Phase rotated replaces the file when it\n"
   "                          changes the password, and a function that reads it again must\n"
   "                          recover (default: none)\n";

static const char the_drill[] =
   "\n"
   "The drill:\n"
   "  --phases LIST           the phases to run, in this order; frozen*100 is one phase with 100\n"
   "                          invocations\n";

static const char the_drill_besides[] =
   "  --all                   run every phase of the platform once, including those marked\n"
   "                          \"by name only\"\n"
   "  --freeze SECONDS        how long the function is suspended (default: 60)\n"
   "  --repeat N              run all phases N times (default: 1)\n"
   "  --concurrency N         N invocations at once in all phases but cold, 1 to 64 (default: 1).\n"
   "                          On Lambda this implies --platform managed\n"
   "  --instances N           end with a burst of N cold starts at once (default: none). With\n"
   "                          phase storm or overload: the environments there, and no burst\n"
   "  --connection-limit N|TIER\n"
   "                          connections that a member accepts in phase storm: a number, or\n"
   "                          an Atlas tier, M0 to M50 (default: " CONNECTION_LIMIT_DEFAULT ")\n"
   "  --connection-rate N     new connections a second that a member accepts in phase storm,\n"
   "                          after an initial burst of N (default: no limit)\n"
   "  --connection-queue N    how many connections beyond that rate may wait; a member closes\n"
   "                          any further ones (default: 0, as in mongod)\n"
   "  --overload-rate N       commands a second that a member admits in phase overload, after\n"
   "                          an initial burst of N (default: 5)\n"
   "  --base-backoff MS       baseBackoffMS in the errors of phase overload (default: none)\n"
   "\n";

static const char the_function[] =
   "The function (a SAM template, or a folder with one, supplies what is not given here):\n"
   "  --platform NAME         run it as that platform does (default: lambda):\n";

static const char the_function_besides[] =
   "  --command CMD           start the function with sh -c CMD, in its folder (default: the\n"
   "                          platform's own file, or else the executable file bootstrap)\n"
   "  --request \"GET /PATH\"   request to send to a server (default: POST /, with the event {})\n"
   "  --handler MODULE.FUNCTION\n"
   "                          run it as Lambda's managed runtimes for Python and Node.js do:\n"
   "                          app.lambda_handler is in app.py, app.mjs, app.js or app.cjs. Uses\n"
   "                          the python3 or node on the PATH, and AWS's runtime client (pip\n"
   "                          install awslambdaric). Without --handler the package's executable\n"
   "                          file bootstrap is run, as on provided.al2023\n"
   "  --logical-id NAME       the function to run, if the template has several\n"
   "  --client pool|single    the client that faas-harness creates (default: pool); for\n"
   "                          faas-harness only\n"
   "  --env NAME=VALUE        an environment variable of the function; may be repeated\n"
   "  --mount PATH            let the function read PATH of this machine, at the same path; may\n"
   "                          be repeated. Without it the function sees its package at\n"
   "                          /var/task, /usr, /etc, and 512 MB of writable /tmp, as on Lambda\n"
   "  --timeout SECONDS       time limit of an invocation (default: 30)\n"
   "  --memory MB             memory limit (default: the platform's, on Lambda 128)\n"
   "\n"
   "Results:\n"
   "  --expect FILE           known failures of the driver, one a line: always|sometimes, a phase\n"
   "                          or a check, [until=YYYY-MM-DD] [needs=PHASE,...] [says=WORD],\n"
   "                          and the reason. They do not fail the drill. A line that is stale\n"
   "                          or has expired does: docs/ci.md\n"
   "  --output FOLDER         where to write drill.json, junit.xml, timeline.html and\n"
   "                          function.log, replacing those of an earlier drill (default:\n"
   "                          " OPTIONS_OUTPUT_DEFAULT ")\n"
   "  --quiet                 no progress on stderr, only the table on stdout\n"
   "  --version               print the version\n"
   "  --help                  print this text\n"
   "\n"
   "Exit status: 0 if every phase and check passed, except for known failures; 1 if one\n"
   "failed, or a line of --expect is stale; 2 if the drill could not run.\n";

static void
print_choice(const char *name, const char *help)
{
   for (const char *line = help; line != NULL;) {
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
      print_choice(phase_kinds[i]->name, phase_kinds[i]->help);
   }
}

static void
print_platforms(void)
{
   for (size_t i = 0; i < platform_count; i++) {
      print_choice(platforms[i]->name, platforms[i]->help);
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
   print_platforms();
   fputs(the_function_besides, stdout);
}
