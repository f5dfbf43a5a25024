#include "settings.h"

#include "command_line.h"
#include "error.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define ERROR_TYPE "Check.BadOption"

const char settings_help[] =
   "Usage: faas-provider-check [OPTION]... PROVIDER\n"
   "\n"
   "Run a provider of faas-harness, a name or the path of a shared object, against a\n"
   "scripted host, and name every rule of faas_harness/provider.h that it breaks.\n"
   "\n"
   "  faas-provider-check ./mine.so\n"
   "  faas-provider-check --option folder=events --events 2 ./mine.so\n"
   "  faas-provider-check --env AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001 aws_lambda\n"
   "\n"
   "Every scenario runs in its own process, so a crash or a hang is reported like any other\n"
   "violation. Each scenario needs events of its own: what sends them must send them to every\n"
   "process. Unusual values of options are tried one by one.\n"
   "\n"
   "What the provider needs:\n"
   "  --option NAME=VALUE   an option of the provider; may be repeated\n"
   "  --env NAME=VALUE      an environment variable of the provider; may be repeated\n"
   "  --stdin FILE          its stdin, in every scenario (default: the event {}, repeated as\n"
   "                        --events says)\n"
   "  --events N            the most invocations in a scenario (default: 3)\n"
   "\n"
   "Time limits:\n"
   "  --wait MS             how long to wait for an event; without one a scenario is skipped\n"
   "                        (default: 2000)\n"
   "  --limit MS            time limit of a scenario; one that takes longer hangs\n"
   "                        (default: 20000)\n"
   "\n"
   "  --verbose             print each scenario as it runs, and what the provider writes to\n"
   "                        stderr\n"
   "  --list                list the rules and the scenarios\n"
   "  --version             print the version, and the ABI that is checked\n"
   "  --help                print this text\n"
   "\n"
   "Exit status: 0 if no rule is broken, 1 if one is, 2 if the provider could not be\n"
   "checked: no such file, a wrong option, or it did not open.\n";

enum {
   OPTION_OPTION = 256,
   OPTION_ENV,
   OPTION_STDIN,
   OPTION_EVENTS,
   OPTION_WAIT,
   OPTION_LIMIT,
   OPTION_VERBOSE,
   OPTION_LIST,
   OPTION_VERSION,
   OPTION_HELP
};

static const struct option known[] = {{"option", required_argument, NULL, OPTION_OPTION},
                                      {"env", required_argument, NULL, OPTION_ENV},
                                      {"stdin", required_argument, NULL, OPTION_STDIN},
                                      {"events", required_argument, NULL, OPTION_EVENTS},
                                      {"wait", required_argument, NULL, OPTION_WAIT},
                                      {"limit", required_argument, NULL, OPTION_LIMIT},
                                      {"verbose", no_argument, NULL, OPTION_VERBOSE},
                                      {"list", no_argument, NULL, OPTION_LIST},
                                      {"version", no_argument, NULL, OPTION_VERSION},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {NULL, 0, NULL, 0}};

static bool
read_number(const char *option, const char *text, int lowest, int highest, int *number, struct faas_error *error)
{
   char *end = NULL;
   errno = 0;
   long value = strtol(text, &end, 10);
   if (errno != 0 || end == text || *end != '\0' || value < lowest || value > highest) {
      faas_error_set(error,
                     ERROR_TYPE,
                     "--%s: expected a whole number from %d to %d, found \"%.100s\"",
                     option,
                     lowest,
                     highest,
                     command_line_shown(text));
      return false;
   }
   *number = (int)value;
   return true;
}

/* Splits text at its first '='. */
static bool
read_pair(const char *option, char *text, struct named_value *pair, struct faas_error *error)
{
   char *equals = strchr(text, '=');
   if (equals == NULL || equals == text) {
      faas_error_set(
         error, ERROR_TYPE, "--%s: expected NAME=VALUE, found \"%.100s\"", option, command_line_shown(text));
      return false;
   }
   *equals = '\0';
   *pair = (struct named_value){.name = text, .value = equals + 1};
   return true;
}

static bool
add_option(struct settings *settings, char *text, struct faas_error *error)
{
   if (settings->option_count == SETTINGS_OPTIONS_MAX) {
      faas_error_set(error, ERROR_TYPE, "--option: more than %d options", SETTINGS_OPTIONS_MAX);
      return false;
   }
   return read_pair("option", text, &settings->options[settings->option_count++], error);
}

static bool
set_variable(char *text, struct faas_error *error)
{
   struct named_value pair;
   if (!read_pair("env", text, &pair, error)) {
      return false;
   }
   if (setenv(pair.name, pair.value, 1) != 0) {
      faas_error_set(error, ERROR_TYPE, "--env: cannot set %.100s: %s", pair.name, strerror(errno));
      return false;
   }
   return true;
}

static bool
take(struct settings *settings, int option, char *argument, struct faas_error *error)
{
   int number = 0;
   switch (option) {
   case OPTION_OPTION:
      return add_option(settings, argument, error);
   case OPTION_ENV:
      return set_variable(argument, error);
   case OPTION_STDIN:
      settings->input = argument;
      return true;
   case OPTION_EVENTS:
      if (!read_number("events", argument, 0, 1000, &number, error)) {
         return false;
      }
      settings->events = (unsigned)number;
      return true;
   case OPTION_WAIT:
      return read_number("wait", argument, 1, 3600000, &settings->wait_ms, error);
   case OPTION_LIMIT:
      return read_number("limit", argument, 1, 3600000, &settings->limit_ms, error);
   case OPTION_VERBOSE:
      settings->verbose = true;
      return true;
   case OPTION_LIST:
      settings->action = ACTION_LIST;
      return true;
   case OPTION_VERSION:
      settings->action = ACTION_VERSION;
      return true;
   case OPTION_HELP:
      settings->action = ACTION_HELP;
      return true;
   default:
      return false;
   }
}

bool
settings_init(struct settings *settings, int argc, char **argv, struct faas_error *error)
{
   *settings = (struct settings){.events = 3, .wait_ms = 2000, .limit_ms = 20000};
   opterr = 0;
   for (int option = getopt_long(argc, argv, ":", known, NULL); option != -1;
        option = getopt_long(argc, argv, ":", known, NULL)) {
      if (option == '?' || option == ':') {
         char message[COMMAND_LINE_MESSAGE_MAX];
         command_line_complain(message, option, argv);
         faas_error_set(error, ERROR_TYPE, "%s", message);
         return false;
      }
      if (!take(settings, option, optarg, error)) {
         return false;
      }
   }
   if (settings->action == ACTION_CHECK && optind + 1 != argc) {
      faas_error_set(
         error, ERROR_TYPE, "name one PROVIDER, a name or a path with a slash; found %d (see --help)", argc - optind);
      return false;
   }
   settings->provider = optind < argc ? argv[optind] : NULL;
   if (settings->limit_ms <= settings->wait_ms) {
      faas_error_set(error, ERROR_TYPE, "--limit must be more than --wait, found %d ms", settings->limit_ms);
      return false;
   }
   return true;
}
