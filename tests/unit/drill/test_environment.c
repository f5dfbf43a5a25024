/* An execution environment as the drill uses it: results, timeline, concurrency, interruption, destruction. */
#include "clock.h"
#include "shell_function.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define AT_ONCE 4
#define EACH 5

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

TEST(cold_warm_frozen)
{
   struct drill_error error;
   environment = environment_new(&config, 3, &error);
   assert_non_null(environment);
   assert_int_equal(environment_process(environment), 0);

   struct invocation_result cold;
   invoke("one", &cold);
   assert_int_equal(cold.outcome, INVOCATION_ANSWERED);
   assert_string_equal(cold.payload, "one");
   assert_int_equal(cold.payload_length, 3);
   assert_non_null(strstr(cold.log_tail, "Version: $LATEST\nevent one\nEND RequestId: "));
   assert_true(cold.cold && cold.init_ms > 0 && cold.thawed_us == 0);
   assert_true(cold.end_us >= cold.start_us && cold.max_memory_mb > 0);
   assert_null(cold.violations);
   pid_t process = environment_process(environment);
   assert_true(process > 0);

   int64_t before_us = clock_now_us();
   struct invocation_result warm;
   invoke("two", &warm);
   assert_string_equal(warm.payload, "two");
   assert_true(!warm.cold && warm.init_ms == 0 && warm.instance == 3);
   assert_true(warm.thawed_us >= before_us && warm.start_us >= warm.thawed_us);
   assert_true(warm.frozen_ms > 0 && warm.frozen_cpu_ms == 0);
   assert_int_equal(environment_process(environment), process);
   assert_string_not_equal(warm.request_id, cold.request_id);

   invocation_result_clear(&cold);
   invocation_result_clear(&warm);
   environment_destroy(environment);
   environment = NULL;
   assert_int_equal(kill(process, 0), -1);
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
   struct timeline_entry *entries = timeline_copy(timeline, 0, &count);
   assert_int_equal(count, sizeof expected / sizeof expected[0]);
   for (size_t i = 0; i < count; i++) {
      assert_int_equal(entries[i].kind, expected[i].kind);
      assert_int_equal(entries[i].bad, expected[i].bad);
      assert_true(entries[i].end_us >= entries[i].start_us);
   }
   assert_string_equal(entries[3].detail, "Runtime.ExitError");
   free(entries);
}

TEST(keep_running)
{
   config.keep_running = true;
   environment = environment_new(&config, 0, NULL);
   for (int i = 0; i < 2; i++) {
      struct invocation_result result;
      invoke("one", &result);
      assert_true(result.frozen_ms == 0 && result.thawed_us == 0);
      invocation_result_clear(&result);
   }
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

static void *
several_times(void *argument)
{
   struct environment *own = argument;
   size_t good = 0;
   for (int i = 0; i < EACH; i++) {
      struct invocation_result result;
      char event[16];
      int length = snprintf(event, sizeof event, "%d", i);
      if (environment_invoke(own, event, (size_t)length, &result, NULL) == 0) {
         good += result.outcome == INVOCATION_ANSWERED && strcmp(result.payload, event) == 0;
         invocation_result_clear(&result);
      }
   }
   return good == EACH ? argument : NULL;
}

TEST(several_at_once)
{
   struct environment *environments[AT_ONCE];
   pthread_t threads[AT_ONCE];
   for (int i = 0; i < AT_ONCE; i++) {
      environments[i] = environment_new(&config, i, NULL);
      assert_int_equal(pthread_create(&threads[i], NULL, several_times, environments[i]), 0);
   }
   for (int i = 0; i < AT_ONCE; i++) {
      void *good;
      pthread_join(threads[i], &good);
      assert_non_null(good);
      environment_destroy(environments[i]);
   }
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
