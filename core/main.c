/*
 * faas-harness: load a provider, make a client, answer invocations.
 */
#include "capture.h"
#include "client.h"
#include "connections.h"
#include "error.h"
#include "host.h"
#include "interpose.h"
#include "invocation.h"
#include "lane.h"
#include "loader.h"
#include "log.h"
#include "options.h"
#include "providers_list.h"
#include "redact.h"
#include "runner.h"
#include "scenario.h"
#include "stop.h"
#include "system_gaps.h"
#include "version.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { EXIT_GOOD = 0, EXIT_INVOCATION_FAILED = 1, EXIT_NOT_STARTED = 2 };

#define SELF "faas-harness"

static int
print_version(void)
{
   printf("faas-harness %s\n", FAAS_HARNESS_VERSION);
   printf("libmongoc %s\n", driver_version());
   printf("cJSON %s\n", cJSON_Version());
   printf("provider ABI %u\n", FAAS_PROVIDER_ABI_VERSION);
   return EXIT_GOOD;
}

static int
not_started(const struct faas_error *error)
{
   log_error(SELF, error);
   return EXIT_NOT_STARTED;
}

/* What exists once a provider is open: the client, and the loop. */
struct session {
   const struct options *options;
   const struct faas_provider *provider;
   const struct redactor *redactor;
   const struct snapshot *snapshot;
   void *state;
   unsigned lanes;
   struct capture *capture;
   struct client *client;
   struct invocation_context context;
   struct invoker *invokers[LANES_MAX]; /* one for each lane */
   unsigned invoker_count;
   bool left_behind; /* a thread of the driver still runs */
};

/* How many invocations to have open at once. */
static unsigned
count_lanes(const struct session *session)
{
   unsigned open = loader_open_invocations(session->provider, session->state);
   unsigned most = session->options->workers == 0 ? LANES_MAX : session->options->workers;
   return open < most ? open : most;
}

static bool
start_client(struct session *session, struct faas_error *error)
{
   if (session->options->uri == NULL) {
      faas_error_set(error,
                     "Harness.NoUri",
                     "no connection string: set MONGODB_URI or pass --uri, for example --uri mongodb://127.0.0.1:27017 "
                     "(--scenario echo needs no database)");
      return false;
   }
   session->capture = capture_new(session->lanes, error);
   if (session->capture == NULL) {
      return false;
   }
   connections_observe(session->capture);
   driver_init();
   session->client = client_new(
      session->options->client_mode, session->options->uri, session->lanes, session->capture, session->redactor, error);
   if (session->client == NULL) {
      return false;
   }
   session->context = (struct invocation_context){.options = session->options,
                                                  .provider = session->provider,
                                                  .client = session->client,
                                                  .capture = session->capture,
                                                  .redactor = session->redactor,
                                                  .snapshot = session->snapshot};
   for (; session->invoker_count < session->lanes; session->invoker_count++) {
      struct invoker *invoker = invoker_new(&session->context, session->invoker_count, error);
      if (invoker == NULL) {
         return false;
      }
      session->invokers[session->invoker_count] = invoker;
   }
   return true;
}

static void
warn_of_leftovers(size_t count)
{
   if (count > 0) {
      log_line(FAAS_LOG_WARNING,
               SELF,
               "%zu document(s) may be left in " SCENARIO_DATABASE "." SCENARIO_COLLECTION
               ": the database did not answer the delete",
               count);
   }
}

/* Whether the driver blocks in an invocation: then nothing that it uses may be released. */
static bool
is_blocked(const struct session *session)
{
   for (unsigned i = 0; i < session->invoker_count; i++) {
      if (invoker_is_blocked(session->invokers[i])) {
         return true;
      }
   }
   return false;
}

/* Returns false when the driver still blocks and is left behind. */
static bool
end_invokers(struct session *session)
{
   size_t leftovers = 0;
   for (unsigned i = 0; i < session->invoker_count; i++) {
      leftovers += invoker_finish(session->invokers[i]);
   }
   warn_of_leftovers(leftovers);
   if (is_blocked(session) || !invoker_end_client(session->invokers[0])) {
      return false;
   }
   for (unsigned i = 0; i < session->invoker_count; i++) {
      (void)invoker_destroy(session->invokers[i]);
   }
   return true;
}

static void
end_client(struct session *session)
{
   if (session->invoker_count == 0) {
      client_destroy(session->client);
   } else if (!end_invokers(session)) {
      log_line(
         FAAS_LOG_WARNING, SELF, "the driver is blocked in a call that cannot be interrupted; exiting without cleanup");
      session->left_behind = true;
      return;
   }
   connections_observe(NULL);
   if (session->capture != NULL) {
      driver_cleanup();
   }
   capture_destroy(session->capture);
}

static int
answer_all(struct session *session)
{
   struct runner runner = {.provider = session->provider,
                           .state = session->state,
                           .lanes = session->lanes,
                           .invokers = session->invoker_count == 0 ? NULL : session->invokers};
   struct runner_tally tally;
   struct faas_error error = {0};
   bool ended = runner_run(&runner, &tally, &error);
   if (!ended) {
      log_error(SELF, &error);
   }
   return ended && tally.failed == 0 ? EXIT_GOOD : EXIT_INVOCATION_FAILED;
}

static void
tell_platform(const struct session *session, const struct faas_error *error)
{
   if (session->provider->init_failed == NULL) {
      return;
   }
   struct faas_failure failure = {.size = sizeof failure, .type = error->type, .message = error->message};
   struct faas_error why = {0};
   if (session->provider->init_failed(session->state, &failure, &why) != FAAS_OK) {
      log_error(SELF, &why);
   }
}

static int
not_opened(const struct faas_provider *provider, const struct faas_error *why)
{
   bool has_reason = why->type[0] != '\0';
   struct faas_error error = {0};
   faas_error_set(&error,
                  has_reason ? why->type : "Provider.Failed",
                  "provider %s: %.900s",
                  provider->name,
                  has_reason ? why->message : "open failed without setting an error");
   return not_started(&error);
}

/* libmongoc keeps its counters in shared memory of this name (mongoc-counters.c), and its cleanup will not run. */
static void
remove_counters(void)
{
   char name[32];
   snprintf(name, sizeof name, "/mongoc-%ld", (long)getpid());
   if (getenv("MONGOC_DISABLE_SHM") == NULL) {
      (void)shm_unlink(name);
   }
}

static int
run_session(const struct options *options, const struct faas_provider *provider, const struct redactor *redactor)
{
   struct session session = {.options = options, .provider = provider, .redactor = redactor};
   struct faas_error error = {0};
   struct host host;
   host_init(&host, provider, options);
   session.snapshot = &host.snapshot;
   if (provider->open(&host.services, &session.state, &error) != FAAS_OK) {
      return not_opened(provider, &error);
   }
   log_set_form(provider, session.state, options->log_level_given);
   session.lanes = count_lanes(&session);
   int status = EXIT_NOT_STARTED;
   if (!host_check_options(&host, &error) ||
       (options->scenario == SCENARIO_MONGODB && !start_client(&session, &error))) {
      status = not_started(&error);
      tell_platform(&session, &error);
   } else {
      status = answer_all(&session);
   }
   end_client(&session);
   log_set_form(NULL, NULL, false);
   if (provider->close != NULL) {
      provider->close(session.state);
   }
   if (session.left_behind) {
      /* The driver's thread may still use the redactor and the libraries' own state, so release nothing. */
      (void)fflush(stdout);
      remove_counters();
      _exit(status);
   }
   return status;
}

/* Tells Lambda through its provider, if that is installed. Returns false if the error could not be reported, not even
 * on stderr. */
static bool
tell_lambda(const struct faas_error *error)
{
   static const struct options none = {.provider = "aws_lambda"};
   const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
   struct loaded_provider loaded;
   struct faas_error why = {0};
   if (api == NULL || api[0] == '\0' || !loader_load(&loaded, none.provider, &why)) {
      return false;
   }
   struct session session = {.options = &none, .provider = &loaded.provider};
   struct host host;
   host_init(&host, &loaded.provider, &none);
   bool opened = loaded.provider.open(&host.services, &session.state, &why) == FAAS_OK;
   if (opened) {
      log_set_form(&loaded.provider, session.state, false);
      (void)not_started(error);
      tell_platform(&session, error);
      log_set_form(NULL, NULL, false);
      if (loaded.provider.close != NULL) {
         loaded.provider.close(session.state);
      }
   }
   loader_unload(&loaded);
   return opened;
}

/* A failure before a provider is open can be told only to stderr, unless the process runs in Lambda. */
static int
nothing_opened(const struct faas_error *error)
{
   return tell_lambda(error) ? EXIT_NOT_STARTED : not_started(error);
}

static int
run(const struct options *options)
{
   struct faas_error error = {0};
   struct loaded_provider loaded;
   int status = EXIT_NOT_STARTED;
   struct redactor *redactor = redactor_new(&error);
   /* Refuse to run if a secret could not be stored: it could not be redacted. */
   if (redactor == NULL || !redactor_add_uri(redactor, options->uri, &error) ||
       !redactor_add_environment(redactor, &error)) {
      status = nothing_opened(&error);
      goto done;
   }
   log_configure(options->log_level, redactor);
   if (!stop_install(&error) || !loader_load(&loaded, options->provider, &error)) {
      status = nothing_opened(&error);
      goto done;
   }
   status = run_session(options, &loaded.provider, redactor);
   loader_unload(&loaded);

done:
   log_configure(options->log_level, NULL);
   redactor_destroy(redactor);
   return status;
}

static int
act(const struct options *options)
{
   struct faas_error error = {0};
   switch (options->action) {
   case ACTION_HELP:
      fputs(options_help, stdout);
      return EXIT_GOOD;
   case ACTION_VERSION:
      return print_version();
   case ACTION_LIST_PROVIDERS:
      return providers_print_list(&error) ? EXIT_GOOD : not_started(&error);
   case ACTION_DESCRIBE_PROVIDER:
      return providers_print_description(options->provider, &error) ? EXIT_GOOD : not_started(&error);
   case ACTION_RUN:
   default:
      return run(options);
   }
}

/* A standard descriptor that was closed must not be reused for one of ours, which would then be read or written as
 * standard input or output. Fill its place with one that refuses, as the closed one would. */
static void
fill_standard_descriptors(void)
{
   for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
      if (fcntl(descriptor, F_GETFD) == -1) {
         (void)open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
      }
   }
}

int
main(int argc, char **argv)
{
   struct options options;
   struct faas_error error = {0};
   fill_standard_descriptors();
   system_gaps_fill("");
   if (!interpose_install(&error)) {
      return not_started(&error);
   }
   if (!options_init(&options, argc, argv, &error)) {
      return nothing_opened(&error);
   }
   int status = act(&options);
   options_clear(&options);
   if (fflush(stdout) != 0 && status == EXIT_GOOD) {
      status = EXIT_INVOCATION_FAILED;
   }
   return status;
}
