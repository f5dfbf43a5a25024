/*
 * faas-drill: run a function's package as AWS Lambda would, through an outage, and judge what it did.
 */
#include "capacity.h"
#include "checks.h"
#include "clock.h"
#include "crowd.h"
#include "descriptors.h"
#include "drill.h"
#include "embedded_server.h"
#include "expectations.h"
#include "function_package.h"
#include "guard.h"
#include "isolation.h"
#include "options.h"
#include "output.h"
#include "platforms.h"
#include "steps.h"
#include "utf8.h"
#include "writers.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EXIT_GREEN = 0, EXIT_RED = 1, EXIT_NOT_HELD = 2 };

#define SELF "faas-drill"

/* Prints the error on one line, whatever is in the names that it quotes. */
static void
complain(struct drill_error *error)
{
   utf8_make_one_line(error->message);
   fprintf(stderr, "%s: %s\n", SELF, error->message);
}

static bool
is_colourful(int descriptor)
{
   const char *none = getenv("NO_COLOR"); /* https://no-color.org */
   const char *terminal = getenv("TERM");
   return isatty(descriptor) && (none == NULL || none[0] == '\0') && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static unsigned
columns_of(int descriptor)
{
   struct winsize size;
   return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

/* Makes the drill's own folder, which the guard removes. */
static bool
make_folder(char *folder, size_t size, struct guard *guard, struct drill_error *error)
{
   const char *where = getenv("TMPDIR");
   int length = snprintf(folder, size, "%s/faas-drill-XXXXXX", where != NULL && where[0] == '/' ? where : "/tmp");
   if (length < 0 || (size_t)length >= size || mkdtemp(folder) == NULL) {
      return drill_error_false(
         error, "cannot create the folder %s: %s (TMPDIR chooses where)", folder, strerror(errno));
   }
   guard_add_folder(guard, folder);
   return true;
}

static void
plan(struct live *live, const struct options *options)
{
   const char *names[OPTIONS_STEPS_MAX + 1];
   size_t count = 0;
   while (count < options->step_count) {
      names[count] = options->steps[count].kind->name;
      count++;
   }
   live_plan(live, names, count, options->repeat);
}

/* Runs everything between the start of the deployment and its end. */
static int
hold(struct drill *drill, struct drill_error *error)
{
   struct drill_results *results = drill->results;
   results->emulated = deployment_front(drill->deployment) != NULL;
   snprintf(results->deployment, sizeof results->deployment, "%s", deployment_description(drill->deployment));
   plan(drill->live, drill->options);
   int result = steps_run(drill, error);
   function_destroy(drill->function);
   drill->function = NULL;
   if (result == 0) {
      result = deployment_check_server(drill->deployment, "after the last phase", error);
   }
   if (result == 0) {
      results->handshake = witness_newest_document(drill->witness);
      result = checks_run(drill, error);
   }
   results->duration_ms = drill_ms(drill, clock_now_us());
   return result;
}

static int
publish(const struct drill *drill, struct drill_error *error)
{
   const char *folder = drill->options->output;
   if (output_write(folder, drill->results, drill->timeline, error) != 0) {
      return -1;
   }
   table_print(stdout, drill->results, is_colourful(STDOUT_FILENO), columns_of(STDOUT_FILENO));
   printf("\nTimeline: %s/timeline.html; drill.json, junit.xml and function.log are in the same folder.\n", folder);
   if (fflush(stdout) != 0) {
      return drill_error_set(error, "cannot write to stdout: %s", strerror(errno));
   }
   return 0;
}

/* Writes the results of a drill that was cut short. The error that counts is the one that cut it short. */
static void
publish_part(const struct drill *drill)
{
   struct drill_error error = {0};
   if (drill->results->phase_count > 0) {
      drill->results->verdict = DRILL_FAIL;
      output_write(drill->options->output, drill->results, drill->timeline, &error);
   }
}

static struct live *
make_live(const struct options *options)
{
   if (options->quiet) {
      return NULL;
   }
   return live_new(stderr, isatty(STDERR_FILENO), is_colourful(STDERR_FILENO));
}

static bool
read_expectations(struct drill *drill, struct drill_error *error)
{
   char today[EXPECTATIONS_DAY];
   expectations_today(today);
   return drill->options->expect == NULL ||
          expectations_read(drill->results, drill->options->expect, today, error) == 0;
}

/* Checks the capacity for the phase with most functions, so that a lack is reported at once and not after minutes. */
static bool
has_capacity(const struct options *options, struct drill_error *error)
{
   const struct demand demand = {.functions = crowd_largest(options)};
   return capacity_expect(&demand, options->output, error) == 0;
}

/* Starts the parts that live as long as the drill. */
static bool
start(struct drill *drill, char *folder, size_t size, struct function_package *package, struct drill_error *error)
{
   const struct options *options = drill->options;
   const struct function_start how = {
      .handler = options->handler, .command = options->command, .find_command = options->platform->find_command};
   drill->log = output_open(options->output, error);
   if (drill->log == NULL) {
      return false;
   }
   if (!has_capacity(options, error) || !read_expectations(drill, error) ||
       !make_folder(folder, size, drill->guard, error) ||
       function_package_open(package, options->package, &how, drill->guard, error) != 0) {
      return false;
   }
   if (package->warning[0] != '\0') {
      fprintf(stderr, "%s: %s: %s\n", SELF, options->package, package->warning);
   }
   drill->package = package;
   drill->timeline = timeline_new();
   drill->witness = witness_new();
   drill->interruption = interruption_new();
   if (drill->timeline == NULL || drill->witness == NULL || drill->interruption == NULL) {
      return drill_error_false(error, "could not start the drill: out of memory or threads");
   }
   drill->live = make_live(options);
   live_say(drill->live, "Starting the database");
   const struct deployment_parts parts = {.settings = &options->database,
                                          .folder = folder,
                                          .timeline = drill->timeline,
                                          .witness = drill->witness,
                                          .guard = drill->guard,
                                          .interruption = drill->interruption};
   drill->deployment = deployment_new(&parts, error);
   return drill->deployment != NULL;
}

static void
end(struct drill *drill)
{
   deployment_destroy(drill->deployment);
   live_destroy(drill->live);
   if (drill->log != NULL) {
      fclose(drill->log);
   }
}

static void
tell_isolation(struct drill_results *results)
{
   enum isolation isolation = isolation_possible();
   const char *difference = isolation_difference(isolation);
   snprintf(results->isolation, sizeof results->isolation, "%s", isolation_name(isolation));
   if (difference != NULL) {
      fprintf(stderr, "%s: %s\n", SELF, difference);
   }
}

static int
run(const struct options *options, int *signal_number)
{
   int status = EXIT_NOT_HELD;
   struct drill_error error = {0};
   struct drill_results results;
   results_init(&results);
   struct function_package package = {0};
   struct drill drill = {.options = options, .results = &results, .lock = PTHREAD_MUTEX_INITIALIZER};
   char folder[256] = "";
   snprintf(results.version, sizeof results.version, "%s", FAAS_DRILL_VERSION);
   snprintf(results.package, sizeof results.package, "%s", options->package);
   results.concurrency = options->concurrency;
   results.platform = options->platform->name;
   results.platform_title = options->platform->title;
   results.idle = platform_idle_name(options->platform->idle);
   if (options->client != NULL) {
      snprintf(results.client, sizeof results.client, "%s", options->client);
   }
   given_template_tell(options, SELF, stderr);
   descriptors_allow(); /* the functions get 1,024, as on Lambda */
   results.started_wall_ms = clock_wall_ms();
   drill.guard = guard_new(&error); /* forks, so before any thread */
   tell_isolation(&results);
   bool held =
      drill.guard != NULL && start(&drill, folder, sizeof folder, &package, &error) && hold(&drill, &error) == 0;
   *signal_number = drill.interruption == NULL ? 0 : interruption_signal(drill.interruption);
   end(&drill);
   if (!held) {
      publish_part(&drill);
   }
   if (held && publish(&drill, &error) == 0) {
      status = results.verdict == DRILL_FAIL ? EXIT_RED : EXIT_GREEN;
   } else if (*signal_number == 0) {
      complain(&error);
   }
   function_package_clear(&package);
   guard_destroy(drill.guard);
   interruption_destroy(drill.interruption);
   timeline_destroy(drill.timeline);
   witness_destroy(drill.witness);
   results_clear(&results);
   return status;
}

/* When the drill was given no database, sets the embedded server's command, which the caller frees. */
static bool
find_server(struct options *options, const char *self, char **command, struct drill_error *error)
{
   if (options->database.uri != NULL || options->database.server != NULL || options->database.server_command != NULL) {
      return true;
   }
   *command = embedded_server_command(self, error);
   options->database.server_command = *command;
   options->database.embedded = true;
   return *command != NULL;
}

int
main(int argc, char **argv)
{
   struct options options;
   struct drill_error error = {0};
   signal(SIGPIPE, SIG_IGN);
   if (!options_init(&options, argc, argv, &error)) {
      complain(&error);
      return EXIT_NOT_HELD;
   }
   int status = EXIT_GREEN, signal_number = 0;
   char *command = NULL;
   if (options.action == ACTION_HELP) {
      options_help_print();
   } else if (options.action == ACTION_VERSION) {
      printf("%s %s\n", SELF, FAAS_DRILL_VERSION);
   } else if (!find_server(&options, argv[0], &command, &error)) {
      complain(&error);
      status = EXIT_NOT_HELD;
   } else {
      status = run(&options, &signal_number);
   }
   options_clear(&options);
   free(command);
   /* The exit status that a shell expects of an interrupted program. */
   return signal_number != 0 ? 128 + signal_number : status;
}
