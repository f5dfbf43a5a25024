#include "options.h"

#include "command_line.h"
#include "error.h"
#include "lane.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define ERROR_TYPE "Harness.BadOption"

const char options_help[] = "Usage: faas-harness [OPTION]...\n"
                            "\n"
                            "Run MongoDB's FaaS scenario, one insert and one delete, for every event a provider\n"
                            "delivers, and answer each with a report of what the driver did around them.\n"
                            "\n"
                            "  MONGODB_URI=mongodb://127.0.0.1:27017 faas-harness </dev/null\n"
                            "  printf '{}{}{}' | faas-harness --uri mongodb://127.0.0.1:27017 --events\n"
                            "\n"
                            "What runs:\n"
                            "  --uri URI               the database (default: $MONGODB_URI)\n"
                            "  --client pool|single    the driver's client: a pool, which has background threads\n"
                            "                          and may stream, or a single-threaded one (default: pool)\n"
                            "  --scenario mongodb|echo\n"
                            "                          echo answers every event with itself, without a database\n"
                            "                          (default: mongodb)\n"
                            "  --timeout MS            end an invocation after MS milliseconds with an error that\n"
                            "                          shows what happened until then (default: the platform's\n"
                            "                          deadline, if it has one)\n"
                            "  --workers N             the most invocations to run at once, if the platform\n"
                            "                          has several open (default: as many as it has, up to 64)\n"
                            "  --events                put every event into the report, not just counts\n"
                            "\n"
                            "Where:\n"
                            "  --provider NAME|PATH    the platform (default: $FAAS_HARNESS_PROVIDER, else\n"
                            "                          aws_lambda if $AWS_LAMBDA_RUNTIME_API is set, openwhisk if\n"
                            "                          $__OW_ACTION_NAME is, else local), or the path of a\n"
                            "                          shared object, with a slash in it\n"
                            "  --option NAME=VALUE     an option of the provider; may be repeated\n"
                            "  --list-providers        list the providers installed with this program\n"
                            "  --describe-provider NAME|PATH\n"
                            "                          print what a provider is for, and its options\n"
                            "\n"
                            "  --log-level debug|info|warning|error\n"
                            "                          the least severe messages to log to stderr (default:\n"
                            "                          info)\n"
                            "  --version               print the version, and the driver in use\n"
                            "  --help                  print this text\n"
                            "\n"
                            "Exit status: 0 if every invocation succeeded, 1 if one failed, 2 if the program\n"
                            "could not start.\n";

enum {
   OPTION_URI = 256,
   OPTION_CLIENT,
   OPTION_SCENARIO,
   OPTION_TIMEOUT,
   OPTION_WORKERS,
   OPTION_EVENTS,
   OPTION_PROVIDER,
   OPTION_OPTION,
   OPTION_LIST,
   OPTION_DESCRIBE,
   OPTION_LOG_LEVEL,
   OPTION_VERSION,
   OPTION_HELP
};

static const struct option known[] = {{"uri", required_argument, NULL, OPTION_URI},
                                      {"client", required_argument, NULL, OPTION_CLIENT},
                                      {"scenario", required_argument, NULL, OPTION_SCENARIO},
                                      {"timeout", required_argument, NULL, OPTION_TIMEOUT},
                                      {"workers", required_argument, NULL, OPTION_WORKERS},
                                      {"events", no_argument, NULL, OPTION_EVENTS},
                                      {"provider", required_argument, NULL, OPTION_PROVIDER},
                                      {"option", required_argument, NULL, OPTION_OPTION},
                                      {"list-providers", no_argument, NULL, OPTION_LIST},
                                      {"describe-provider", required_argument, NULL, OPTION_DESCRIBE},
                                      {"log-level", required_argument, NULL, OPTION_LOG_LEVEL},
                                      {"version", no_argument, NULL, OPTION_VERSION},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {NULL, 0, NULL, 0}};

/* Returns the index of text among names, which are separated by |; -1 with error when it is not one of them. */
static int
choose(const char *option, const char *text, const char *names, struct faas_error *error)
{
   const char *name = names;
   for (int index = 0;; index++) {
      size_t length = strcspn(name, "|");
      if (strlen(text) == length && strncmp(text, name, length) == 0) {
         return index;
      }
      if (name[length] == '\0') {
         faas_error_set(
            error, ERROR_TYPE, "--%s: expected %s, found \"%.100s\"", option, names, command_line_shown(text));
         return -1;
      }
      name += length + 1;
   }
}

/* what names the unit for the message: "milliseconds". */
static bool
read_number(const char *option, const char *what, const char *text, long most, long *number, struct faas_error *error)
{
   char *end = NULL;
   errno = 0;
   long value = strtol(text, &end, 10);
   if (errno != 0 || end == text || *end != '\0' || value < 1 || value > most) {
      faas_error_set(error,
                     ERROR_TYPE,
                     "--%s: expected %s from 1 to %ld, found \"%.100s\"",
                     option,
                     what,
                     most,
                     command_line_shown(text));
      return false;
   }
   *number = value;
   return true;
}

static bool
read_workers(struct options *options, const char *text, struct faas_error *error)
{
   long number = 0;
   bool good = read_number("workers", "a number", text, LANES_MAX, &number, error);
   options->workers = (unsigned)number;
   return good;
}

static bool
read_timeout(struct options *options, const char *text, struct faas_error *error)
{
   long number = 0;
   bool good = read_number("timeout", "milliseconds", text, OPTIONS_TIMEOUT_MAX_MS, &number, error);
   options->timeout_ms = number;
   return good;
}

static bool
add_provider_option(struct options *options, char *text, struct faas_error *error)
{
   char *equals = strchr(text, '=');
   if (equals == NULL || equals == text) {
      faas_error_set(error, ERROR_TYPE, "--option: expected NAME=VALUE, found \"%.100s\"", command_line_shown(text));
      return false;
   }
   if (options->provider_option_count == OPTIONS_PROVIDER_MAX) {
      faas_error_set(error, ERROR_TYPE, "--option: more than %d options", OPTIONS_PROVIDER_MAX);
      return false;
   }
   *equals = '\0';
   options->provider_options[options->provider_option_count++] =
      (struct provider_option){.name = text, .value = equals + 1};
   return true;
}

/* uri is a copy, owned by options from here on. */
static bool
set_uri(struct options *options, char *uri, struct faas_error *error)
{
   free(options->uri);
   options->uri = uri;
   if (uri == NULL) {
      faas_error_set(error, "Harness.OutOfMemory", "out of memory for the command line");
      return false;
   }
   return true;
}

static bool
set_provider(struct options *options, const char *option, const char *text, struct faas_error *error)
{
   if (strstr(text, "://") != NULL) {
      faas_error_set(
         error, ERROR_TYPE, "--%s takes a name or a path, not a connection string; pass that with --uri", option);
      return false;
   }
   options->provider = text;
   return true;
}

static bool
apply(struct options *options, int option, char *value, struct faas_error *error)
{
   int choice = 0;
   switch (option) {
   case OPTION_URI:
      return set_uri(options, command_line_take(value), error);
   case OPTION_CLIENT:
      choice = choose("client", value, "pool|single", error);
      options->client_mode = choice == 1 ? CLIENT_SINGLE : CLIENT_POOL;
      return choice >= 0;
   case OPTION_SCENARIO:
      choice = choose("scenario", value, "mongodb|echo", error);
      options->scenario = choice == 1 ? SCENARIO_ECHO : SCENARIO_MONGODB;
      return choice >= 0;
   case OPTION_LOG_LEVEL:
      choice = choose("log-level", value, "debug|info|warning|error", error);
      options->log_level = choice >= 0 ? (enum faas_log_level)choice : FAAS_LOG_INFO;
      options->log_level_given = true;
      return choice >= 0;
   case OPTION_TIMEOUT:
      return read_timeout(options, value, error);
   case OPTION_WORKERS:
      return read_workers(options, value, error);
   case OPTION_OPTION:
      return add_provider_option(options, value, error);
   case OPTION_EVENTS:
      options->with_events = true;
      return true;
   case OPTION_PROVIDER:
      return set_provider(options, "provider", value, error);
   case OPTION_LIST:
      options->action = ACTION_LIST_PROVIDERS;
      return true;
   case OPTION_DESCRIBE:
      options->action = ACTION_DESCRIBE_PROVIDER;
      return set_provider(options, "describe-provider", value, error);
   case OPTION_VERSION:
      options->action = ACTION_VERSION;
      return true;
   default:
      options->action = ACTION_HELP;
      return true;
   }
}

static bool
is_set(const char *name)
{
   const char *value = getenv(name);
   return value != NULL && value[0] != '\0';
}

/* A platform passes no arguments, so every option of a run can also be set by a variable of its name. An argument takes
 * precedence. */
static bool
apply_environment(struct options *options, struct faas_error *error)
{
   static const struct {
      const char *variable;
      int option;
   } twins[] = {{"FAAS_HARNESS_SCENARIO", OPTION_SCENARIO},
                {"FAAS_HARNESS_CLIENT", OPTION_CLIENT},
                {"FAAS_HARNESS_TIMEOUT", OPTION_TIMEOUT},
                {"FAAS_HARNESS_WORKERS", OPTION_WORKERS},
                {"FAAS_HARNESS_LOG_LEVEL", OPTION_LOG_LEVEL}};
   for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
      struct faas_error why = {0};
      if (is_set(twins[i].variable) && !apply(options, twins[i].option, getenv(twins[i].variable), &why)) {
         faas_error_set(error, why.type, "%s, %s", twins[i].variable, why.message);
         return false;
      }
   }
   options->with_events = is_set("FAAS_HARNESS_EVENTS") && strcmp(getenv("FAAS_HARNESS_EVENTS"), "0") != 0;
   return true;
}

static bool
fill_from_environment(struct options *options, struct faas_error *error)
{
   if (options->provider == NULL) {
      options->provider = is_set("FAAS_HARNESS_PROVIDER")    ? getenv("FAAS_HARNESS_PROVIDER")
                          : is_set("AWS_LAMBDA_RUNTIME_API") ? "aws_lambda"
                          : is_set("__OW_ACTION_NAME")       ? "openwhisk"
                                                             : "local";
   }
   return options->uri != NULL || !is_set("MONGODB_URI") || set_uri(options, strdup(getenv("MONGODB_URI")), error);
}

bool
options_init(struct options *options, int argc, char **argv, struct faas_error *error)
{
   memset(options, 0, sizeof *options);
   options->log_level = FAAS_LOG_INFO;
   opterr = 0;
   optind = 0;
   if (!apply_environment(options, error)) {
      goto failed;
   }
   for (;;) {
      int option = getopt_long(argc, argv, ":", known, NULL);
      if (option == -1) {
         break;
      }
      if (option == '?' || option == ':') {
         char message[COMMAND_LINE_MESSAGE_MAX];
         command_line_complain(message, option, argv);
         faas_error_set(error, ERROR_TYPE, "%s", message);
         goto failed;
      }
      if (!apply(options, option, optarg, error)) {
         goto failed;
      }
   }
   if (optind < argc) {
      faas_error_set(error, ERROR_TYPE, "unexpected argument (see --help; pass the database with --uri)");
      goto failed;
   }
   if (!fill_from_environment(options, error)) {
      goto failed;
   }
   return true;

failed:
   options_clear(options);
   return false;
}

void
options_clear(struct options *options)
{
   free(options->uri);
   options->uri = NULL;
}
