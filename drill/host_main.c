/*
 * faas-lambda-host: one function, run as AWS Lambda does, with the invoke API on a port of this machine.
 */
#include "command_line.h"
#include "descriptors.h"
#include "environment.h"
#include "function_package.h"
#include "guard.h"
#include "invoke_api.h"
#include "isolation.h"
#include "variable_rules.h"

#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_CANNOT 2
#define VARIABLES_MAX 256
#define MOUNTS_MAX 32

enum action { ACTION_SERVE, ACTION_HELP, ACTION_VERSION };

struct options {
   enum action action;
   unsigned port;
   unsigned timeout_ms;
   unsigned init_timeout_ms;
   unsigned memory_mb;
   unsigned concurrency;
   bool no_freeze;
   const char *log;
   const char *handler; /* NULL: the package has a bootstrap */
   const char *package;
   char *variables[VARIABLES_MAX + 1]; /* copies: they may hold passwords */
   size_t variable_count;
   const char *mounts[MOUNTS_MAX + 1];
   size_t mount_count;
};

static const char help[] =
   "Usage: faas-lambda-host [OPTION]... FOLDER|ZIP\n"
   "\n"
   "Runs the function in FOLDER or ZIP (an executable bootstrap at its root) as AWS Lambda's provided.al2023 does: "
   "cold,\n"
   "then suspended between events, with its limits of time and memory. Send events over HTTP:\n"
   "\n"
   "  curl -d '{}' http://127.0.0.1:PORT/2015-03-31/functions/function/invocations\n"
   "  aws lambda invoke --endpoint-url http://127.0.0.1:PORT --function-name function out.json\n"
   "\n"
   "  --port P          listen on 127.0.0.1:P (default: any free port)\n"
   "  --timeout S       time limit of an event in seconds, 1 to 900 (default: 30)\n"
   "  --init-timeout S  time limit of init in seconds; after that the process is restarted within the invocation\n"
   "                    (default: 10)\n"
   "  --memory MB       memory limit of the function, 16 to 10240 (default: 128)\n"
   "  --handler M.F     run function F of module M, in Python or Node.js, as Lambda's managed runtimes do:\n"
   "                    app.lambda_handler is in app.py, app.mjs, app.js or app.cjs. Uses the python3 or node on the\n"
   "                    PATH, and AWS's runtime client (pip install awslambdaric). The package's bootstrap is ignored\n"
   "  --env NAME=VALUE  set an environment variable of the function; may be repeated. It inherits no other\n"
   "  --mount PATH      let the function read PATH of this machine; may be repeated. Without it the function sees its\n"
   "                    package at /var/task, /usr, /etc, and 512 MB of writable /tmp, as on Lambda\n"
   "  --concurrency N   run it as a Lambda Managed Instance, with N events at once, 1 to 64 (default: 1): it is not\n"
   "                    suspended, a time limit ends the wait but not the code, and an event that none of the\n"
   "                    function's workers asked for is answered with 400 Runtime.Unavailable\n"
   "  --no-freeze       do not suspend the function between events\n"
   "  --log FILE        where to write START, END and REPORT lines and the function's output (default: standard "
   "error)\n"
   "  --version         print the version\n"
   "  --help            print this text\n"
   "\n"
   "Answers like the service: 200 for every event, with X-Amz-Function-Error if the function failed. AWS's emulator\n"
   "leaves that header out, answers 502 after a crash or a failed init, with an empty body if nothing was posted, and\n"
   "reports a time-out as plain text. It passes every body to the function; here, as on Lambda, an event that is not "
   "JSON\n"
   "is refused with 400, and an empty one becomes {}. Nor does it retry a failed init for the event that waits for "
   "it.\n"
   "X-Amz-Log-Type, X-Amz-Invocation-Type and X-Amz-Client-Context are honoured.\n"
   "X-Faas-Frozen-Ms is how long the function was suspended, X-Faas-Frozen-Cpu-Ms the CPU time it used meanwhile.\n"
   "\n"
   "Exit codes: 0 after SIGINT or SIGTERM, 2 if it could not start.\n";

enum { OWN_ENV, OWN_MOUNT };

static const struct command_line_option known[] = {
   OPTION_NUMBER("port", struct options, port, 0, 65535, NULL),
   OPTION_SECONDS("timeout", struct options, timeout_ms, 900),
   OPTION_SECONDS("init-timeout", struct options, init_timeout_ms, 900),
   OPTION_NUMBER("memory", struct options, memory_mb, 16, 10240, NULL),
   OPTION_TEXT("handler", struct options, handler),
   OPTION_OWN("env", OWN_ENV),
   OPTION_OWN("mount", OWN_MOUNT),
   OPTION_NUMBER("concurrency", struct options, concurrency, 1, 64, NULL),
   OPTION_FLAG("no-freeze", struct options, no_freeze),
   OPTION_TEXT("log", struct options, log),
   OPTION_ACTION("version", struct options, action, ACTION_VERSION),
   OPTION_ACTION("help", struct options, action, ACTION_HELP),
};

static bool
take_variable(struct options *options, char *value)
{
   struct drill_error error;
   bool accepted = options->variable_count < VARIABLES_MAX;
   if (!accepted) {
      drill_error_set(&error, "--env: more than %d variables", VARIABLES_MAX);
   } else if (variable_rules_accept(value, &error)) {
      options->variables[options->variable_count] = command_line_take(value);
      options->variable_count += options->variables[options->variable_count] != NULL ? 1 : 0;
      accepted = variable_rules_fit((const char *const *)options->variables, options->variable_count, &error);
   } else {
      accepted = false;
   }
   if (!accepted) {
      fprintf(stderr, "faas-lambda-host: %s\n", error.message);
   }
   return accepted;
}

static bool
take_mount(struct options *options, const char *path)
{
   if (options->mount_count == MOUNTS_MAX) {
      fprintf(stderr, "faas-lambda-host: --mount: more than %d paths\n", MOUNTS_MAX);
      return false;
   }
   options->mounts[options->mount_count++] = path;
   return true;
}

/* Returns -1 to go on, else the exit code. */
static int
parse(struct options *options, int count, char **words)
{
   struct command_line line;
   command_line_init(&line, known, sizeof known / sizeof known[0], options, count, words);
   int own;
   while ((own = command_line_next(&line)) >= 0) {
      if (own == OWN_ENV ? !take_variable(options, line.value) : !take_mount(options, line.value)) {
         return EXIT_CANNOT;
      }
   }
   if (own == COMMAND_LINE_WRONG) {
      fprintf(stderr, "faas-lambda-host: %s\n", line.message);
      return EXIT_CANNOT;
   }
   if (options->action == ACTION_HELP) {
      fputs(help, stdout);
      return 0;
   }
   if (options->action == ACTION_VERSION) {
      printf("faas-lambda-host %s\nlibmicrohttpd %s\n", FAAS_DRILL_VERSION, MHD_get_version());
      return 0;
   }
   if (optind != count - 1) {
      fputs("faas-lambda-host: name one folder or zip file (see --help)\n", stderr);
      return EXIT_CANNOT;
   }
   if (strstr(words[optind], "://") != NULL) {
      fputs("faas-lambda-host: the argument is a connection string, not a folder or zip file; pass it with --env "
            "MONGODB_URI=…\n",
            stderr);
      return EXIT_CANNOT;
   }
   options->package = words[optind];
   return -1;
}

static int
serve(const struct options *options, const struct function_config *config, const sigset_t *signals)
{
   struct drill_error error;
   int exit_code = EXIT_CANNOT;
   struct invoke_api *api = NULL;
   struct environment *environment = environment_new(config, 0, &error);
   if (environment != NULL) {
      api = invoke_api_new(environment, (uint16_t)options->port, config->log, &error);
   }
   if (api == NULL) {
      fprintf(stderr, "faas-lambda-host: %s\n", error.message);
   } else {
      fprintf(stderr,
              "faas-lambda-host: listening on http://127.0.0.1:%u/2015-03-31/functions/function/invocations\n",
              invoke_api_port(api));
      int received;
      sigwait(signals, &received);
      exit_code = 0;
   }
   invoke_api_destroy(api);
   environment_destroy(environment);
   return exit_code;
}

static int
run(const struct options *options, struct guard *guard, const sigset_t *signals)
{
   struct drill_error error;
   struct function_package package;
   const struct function_start start = {.handler = options->handler};
   if (function_package_open(&package, options->package, &start, guard, &error) != 0) {
      fprintf(stderr, "faas-lambda-host: %s\n", error.message);
      return EXIT_CANNOT;
   }
   if (package.warning[0] != '\0') {
      fprintf(stderr, "faas-lambda-host: %s: %s\n", options->package, package.warning);
   }
   const char *difference = isolation_difference(isolation_possible());
   if (difference != NULL) {
      fprintf(stderr, "faas-lambda-host: %s\n", difference);
   }
   int exit_code = EXIT_CANNOT;
   FILE *log = options->log != NULL ? fopen(options->log, "ae") : stderr;
   if (log == NULL) {
      fprintf(stderr, "faas-lambda-host: cannot write %s: %s\n", options->log, strerror(errno));
   } else {
      setvbuf(log, NULL, _IOLBF, BUFSIZ);
      const struct function_config config = {
         .task_root = package.task_root,
         .runtime = package.runtime,
         .handler = options->handler,
         .variables = (const char *const *)options->variables,
         .mounts = options->mounts,
         .timeout_ms = options->timeout_ms,
         .init_timeout_ms = options->init_timeout_ms,
         .memory_mb = options->memory_mb,
         .concurrency = options->concurrency,
         .keep_running = options->no_freeze,
         .log = log,
         .guard = guard,
      };
      exit_code = serve(options, &config, signals);
   }
   if (log != NULL && log != stderr) {
      fclose(log);
   }
   function_package_clear(&package);
   return exit_code;
}

static int
run_guarded(const struct options *options)
{
   descriptors_allow();
   sigset_t signals;
   sigemptyset(&signals);
   sigaddset(&signals, SIGINT);
   sigaddset(&signals, SIGTERM);
   sigaddset(&signals, SIGHUP);
   sigprocmask(SIG_BLOCK, &signals, NULL);
   signal(SIGPIPE, SIG_IGN);
   struct drill_error error;
   struct guard *guard = guard_new(&error);
   if (guard == NULL) {
      fprintf(stderr, "faas-lambda-host: %s\n", error.message);
      return EXIT_CANNOT;
   }
   int exit_code = run(options, guard, &signals);
   guard_destroy(guard);
   return exit_code;
}

int
main(int count, char **words)
{
   struct options options = {0};
   int exit_code = parse(&options, count, words);
   if (exit_code < 0) {
      exit_code = run_guarded(&options);
   }
   for (size_t i = 0; i < options.variable_count; i++) {
      free(options.variables[i]);
   }
   return exit_code;
}
