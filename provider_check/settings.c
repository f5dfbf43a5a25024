#include "settings.h"

#include "error.h"

#include <errno.h>
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

enum { OWN_OPTION, OWN_ENV };

static const struct command_line_option known[] = {
   OPTION_PAIR("option", OWN_OPTION),
   OPTION_PAIR("env", OWN_ENV),
   OPTION_TEXT("stdin", struct settings, input),
   OPTION_NUMBER("events", struct settings, events, 0, 1000, NULL),
   OPTION_NUMBER("wait", struct settings, wait_ms, 1, 3600000, NULL),
   OPTION_NUMBER("limit", struct settings, limit_ms, 1, 3600000, NULL),
   OPTION_FLAG("verbose", struct settings, verbose),
   OPTION_ACTION("list", struct settings, action, ACTION_LIST),
   OPTION_ACTION("version", struct settings, action, ACTION_VERSION),
   OPTION_ACTION("help", struct settings, action, ACTION_HELP),
};

static bool
add_option(struct settings *settings, const struct named_value *option, struct faas_error *error)
{
   if (settings->option_count == SETTINGS_OPTIONS_MAX) {
      faas_error_set(error, ERROR_TYPE, "--option: more than %d options", SETTINGS_OPTIONS_MAX);
      return false;
   }
   settings->options[settings->option_count++] = *option;
   return true;
}

static bool
set_variable(const struct named_value *variable, struct faas_error *error)
{
   if (setenv(variable->name, variable->value, 1) != 0) {
      faas_error_set(error, ERROR_TYPE, "--env: cannot set %.100s: %s", variable->name, strerror(errno));
      return false;
   }
   return true;
}

bool
settings_init(struct settings *settings, int argc, char **argv, struct faas_error *error)
{
   *settings = (struct settings){.events = 3, .wait_ms = 2000, .limit_ms = 20000};
   struct command_line line;
   command_line_init(&line, known, sizeof known / sizeof known[0], settings, argc, argv);
   int own;
   while ((own = command_line_next(&line)) >= 0) {
      if (own == OWN_OPTION ? !add_option(settings, &line.pair, error) : !set_variable(&line.pair, error)) {
         return false;
      }
   }
   if (own == COMMAND_LINE_WRONG) {
      faas_error_set(error, ERROR_TYPE, "%s", line.message);
      return false;
   }
   if (settings->action == ACTION_CHECK && optind + 1 != argc) {
      faas_error_set(
         error, ERROR_TYPE, "name one PROVIDER, a name or a path with a slash; found %d (see --help)", argc - optind);
      return false;
   }
   settings->provider = optind < argc ? argv[optind] : NULL;
   if (settings->limit_ms <= settings->wait_ms) {
      faas_error_set(error, ERROR_TYPE, "--limit must be more than --wait, found %u ms", settings->limit_ms);
      return false;
   }
   return true;
}
