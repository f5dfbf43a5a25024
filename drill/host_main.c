/*
 * faas-lambda-host: one function, run as AWS Lambda does, with the invoke API on a port of this machine.
 */
#include "command_line.h"
#include "environment.h"
#include "function_package.h"
#include "guard.h"
#include "invoke_api.h"
#include "isolation.h"
#include "variable_rules.h"

#include <errno.h>
#include <getopt.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define EXIT_CANNOT 2
#define VARIABLES_MAX 256
#define MOUNTS_MAX 32
#define CONCURRENCY_MAX 64

struct options {
   unsigned short port;
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

static bool
parse_number(const char *text, double min, double max, double *number)
{
   char *end;
   errno = 0;
   *number = strtod(text, &end);
   return end != text && *end == '\0' && errno == 0 && *number >= min && *number <= max;
}

enum option_code {
   PORT = 256,
   TIMEOUT,
   INIT_TIMEOUT,
   MEMORY,
   HANDLER,
   ENV,
   MOUNT,
   CONCURRENCY,
   NO_FREEZE,
   LOG,
   VERSION,
   HELP
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
take_option(struct options *options, int option, char *value)
{
   double number;
   switch (option) {
   case PORT:
      if (!parse_number(value, 0, 65535, &number)) {
         fprintf(stderr, "faas-lambda-host: --port must be 0 to 65535, found %s\n", command_line_shown(value));
         return false;
      }
      options->port = (unsigned short)number;
      return true;
   case TIMEOUT:
      if (!parse_number(value, 0.001, 900, &number)) {
         fprintf(
            stderr, "faas-lambda-host: --timeout must be at most 900 seconds, found %s\n", command_line_shown(value));
         return false;
      }
      options->timeout_ms = (unsigned)(number * 1000);
      return true;
   case INIT_TIMEOUT:
      if (!parse_number(value, 0.001, 900, &number)) {
         fprintf(stderr,
                 "faas-lambda-host: --init-timeout must be at most 900 seconds, found %s\n",
                 command_line_shown(value));
         return false;
      }
      options->init_timeout_ms = (unsigned)(number * 1000);
      return true;
   case MEMORY:
      if (!parse_number(value, 16, 10240, &number)) {
         fprintf(stderr, "faas-lambda-host: --memory must be 16 to 10240 MB, found %s\n", command_line_shown(value));
         return false;
      }
      options->memory_mb = (unsigned)number;
      return true;
   case HANDLER:
      options->handler = value;
      return true;
   case ENV:
      return take_variable(options, value);
   case MOUNT:
      if (options->mount_count == MOUNTS_MAX) {
         fprintf(stderr, "faas-lambda-host: --mount: more than %d paths\n", MOUNTS_MAX);
         return false;
      }
      options->mounts[options->mount_count++] = value;
      return true;
   case CONCURRENCY:
      if (!parse_number(value, 1, CONCURRENCY_MAX, &number) || number != (unsigned)number) {
         fprintf(stderr,
                 "faas-lambda-host: --concurrency must be a whole number from 1 to %d, found %s\n",
                 CONCURRENCY_MAX,
                 command_line_shown(value));
         return false;
      }
      options->concurrency = (unsigned)number;
      return true;
   case NO_FREEZE:
      options->no_freeze = true;
      return true;
   case LOG:
      options->log = value;
      return true;
   default:
      return false;
   }
}

/* Returns -1 to go on, else the exit code. */
static int
parse(struct options *options, int count, char **words)
{
   static const struct option names[] = {
      {"port", required_argument, NULL, PORT},
      {"timeout", required_argument, NULL, TIMEOUT},
      {"init-timeout", required_argument, NULL, INIT_TIMEOUT},
      {"memory", required_argument, NULL, MEMORY},
      {"handler", required_argument, NULL, HANDLER},
      {"env", required_argument, NULL, ENV},
      {"mount", required_argument, NULL, MOUNT},
      {"concurrency", required_argument, NULL, CONCURRENCY},
      {"no-freeze", no_argument, NULL, NO_FREEZE},
      {"log", required_argument, NULL, LOG},
      {"version", no_argument, NULL, VERSION},
      {"help", no_argument, NULL, HELP},
      {NULL, 0, NULL, 0},
   };
   int option;
   opterr = 0;
   while ((option = getopt_long(count, words, ":", names, NULL)) != -1) {
      if (option == '?' || option == ':') {
         char why[COMMAND_LINE_MESSAGE_MAX];
         command_line_complain(why, option, words);
         fprintf(stderr, "faas-lambda-host: %s\n", why);
         return EXIT_CANNOT;
      }
      if (option == HELP) {
         fputs(help, stdout);
         return 0;
      }
      if (option == VERSION) {
         printf("faas-lambda-host %s\nlibmicrohttpd %s\n", FAAS_DRILL_VERSION, MHD_get_version());
         return 0;
      }
      if (!take_option(options, option, optarg)) {
         return EXIT_CANNOT;
      }
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
      api = invoke_api_new(environment, options->port, config->log, &error);
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

/* Each connection of a client needs a descriptor. The function's own limit is set when it is started. */
static void
raise_descriptor_limit(void)
{
   struct rlimit limit;
   if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
      limit.rlim_cur = limit.rlim_max;
      setrlimit(RLIMIT_NOFILE, &limit);
   }
}

static int
run_guarded(const struct options *options)
{
   raise_descriptor_limit();
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
