/* An execution environment as the drill uses it: timeline, interruption, refusals. */
#include "shell_function.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* A runtime in a shell: answers with the event; exits at "exit", and does not answer at "hang". */
static const char bootstrap[] =
   SHELL_RUNTIME "exec 3<>/dev/tcp/127.0.0.1/${AWS_LAMBDA_RUNTIME_API#*:}\n"
                 "while :; do\n"
                 "   printf 'GET %s/next HTTP/1.1\\r\\nHost: api\\r\\n\\r\\n' $base >&3\n"
                 "   head\n"
                 "   echo \"event $body\"\n"
                 "   [[ $body != exit ]] || exit 4\n"
                 "   [[ $body != hang ]] || read -r < <(sleep 600)\n"
                 "   printf 'POST %s/%s/response HTTP/1.1\\r\\nHost: api\\r\\nContent-Length: %d\\r\\n\\r\\n%s' \\\n"
                 "      $base \"$id\" ${#body} \"$body\" >&3\n"
                 "   head\n"
                 "done\n";

BEFORE_EACH(set_up)
{
   make_function(bootstrap);
}

AFTER_EACH(tear_down)
{
   end_function();
}

TEST(timeline_has_all)
{
   environment = environment_new(&config, 0, NULL);
   static const char *const events[] = {"one", "exit", "three"};
   for (size_t i = 0; i < 3; i++) {
      struct invocation_result result;
      invoke(events[i], &result);
      assert_int_equal(result.outcome, i == 1 ? INVOCATION_CRASHED : INVOCATION_ANSWERED);
      assert_int_equal(result.cold, i != 1);
      invocation_result_clear(&result);
   }
   environment_destroy(environment);
   environment = NULL;

   static const struct {
      enum timeline_kind kind;
      bool bad;
   } expected[] = {{TIMELINE_INIT, false},
                   {TIMELINE_INVOCATION, false},
                   {TIMELINE_FREEZE, false},
                   {TIMELINE_INVOCATION, true},
                   {TIMELINE_INIT, false},
                   {TIMELINE_INVOCATION, false},
                   {TIMELINE_FREEZE, false}};
   size_t count;
   struct timeline_entry *entries = timeline_copy(timeline, &count);
   assert_int_equal(count, sizeof expected / sizeof expected[0]);
   for (size_t i = 0; i < count; i++) {
      assert_int_equal(entries[i].kind, expected[i].kind);
      assert_int_equal(entries[i].bad, expected[i].bad);
      assert_true(entries[i].end_us >= entries[i].start_us);
   }
   assert_string_equal(entries[3].detail, "Runtime.ExitError");
   free(entries);
}

static void *
interrupt_once_it_hangs(void *argument)
{
   (void)argument;
   while (environment_process(environment) == 0) {
      usleep(1000);
   }
   environment_interrupt(environment);
   return NULL;
}

TEST(interrupted)
{
   environment = environment_new(&config, 0, NULL);
   pthread_t thread;
   assert_int_equal(pthread_create(&thread, NULL, interrupt_once_it_hangs, NULL), 0);
   struct drill_error error = {""};
   struct invocation_result result;
   assert_int_equal(environment_invoke(environment, "hang", 4, &result, &error), -1);
   assert_string_equal(error.message, "interrupted");
   assert_int_equal(environment_invoke(environment, "hang", 4, &result, &error), -1);
   pthread_join(thread, NULL);
   pid_t process = environment_process(environment);
   environment_destroy(environment);
   environment = NULL;
   assert_int_equal(kill(process, 0), -1);
}

TEST(too_large)
{
   environment = environment_new(&config, 0, NULL);
   struct drill_error error = {""};
   struct invocation_result result;
   assert_int_equal(environment_invoke(environment, bootstrap, 6 * 1024 * 1024 + 1, &result, &error), -1);
   assert_contains(error.message, "at most 6291456 are allowed");
}

TEST(no_bootstrap)
{
   config.task_root = "/nowhere";
   struct drill_error error = {""};
   assert_null(environment_new(&config, 0, &error));
   assert_contains(error.message, "/nowhere/bootstrap");
}
