/* A managed instance as the drill uses it: several invocations at once, lanes, refusals, late answers, crashes,
 * interruption. */
#include "clock.h"
#include "shell_function.h"

#include <pthread.h>
#include <unistd.h>

#define WORKERS 3
#define PATIENCE_US 20000000

/* As many workers as the variable says, each a shell: answers with the event; all end at "exit", one sleeps for
 * seven seconds at "slow", and forever at "stuck". At "last" the function's first process ends once the answer has
 * begun, and the worker sends the rest once it has ended. */
static const char bootstrap[] =
   SHELL_RUNTIME "last() {\n"
                 "   printf 'POST %s/%s/response HTTP/1.1\\r\\nHost: api\\r\\nContent-Length: 4\\r\\n\\r\\nla' \\\n"
                 "      $base \"$id\" >&3\n"
                 "   kill -KILL $$\n"
                 "   while kill -0 $$ 2>/dev/null && [[ $(< /proc/$$/stat) != *') Z '* ]]; do :; done\n"
                 "   printf 'st' >&3\n"
                 "   head\n"
                 "}\n"
                 "worker() {\n"
                 "   exec 3<>/dev/tcp/127.0.0.1/${AWS_LAMBDA_RUNTIME_API#*:}\n"
                 "   while :; do\n"
                 "      printf 'GET %s/next HTTP/1.1\\r\\nHost: api\\r\\n\\r\\n' $base >&3\n"
                 "      head\n"
                 "      [[ $body != exit ]] || exit\n"
                 "      [[ $body != slow ]] || read -t 7 < <(sleep 60)\n"
                 "      [[ $body != stuck ]] || read < <(sleep 60)\n"
                 "      [[ $body != last ]] || last\n"
                 "      printf 'POST %s/%s/response HTTP/1.1\\r\\nHost: api\\r\\nContent-Length: %d\\r\\n\\r\\n%s' \\\n"
                 "         $base \"$id\" ${#body} \"$body\" >&3\n"
                 "      head\n"
                 "   done\n"
                 "}\n"
                 "for ((i = 0; i < AWS_LAMBDA_MAX_CONCURRENCY; i++)); do worker & done\n"
                 "wait -n\n"
                 "exit 4\n";

BEFORE_EACH(set_up)
{
   make_function(bootstrap);
   config.concurrency = WORKERS;
   config.timeout_ms = 20000;
}

AFTER_EACH(tear_down)
{
   end_function();
}

/* Its process runs, and all its workers wait. */
static void
start(void)
{
   struct drill_error error;
   struct invocation_result cold;
   environment = environment_new(&config, 7, &error);
   assert_non_null(environment);
   assert_int_equal(environment_concurrency(environment), WORKERS);
   invoke("one", &cold);
   assert_int_equal(cold.outcome, INVOCATION_ANSWERED);
   assert_true(cold.cold && cold.lane == 0 && cold.init_ms > 0 && cold.end_us >= cold.start_us);
   invocation_result_clear(&cold);
   assert_int_equal(environment_await_workers(environment, WORKERS, clock_now_us() + PATIENCE_US), WORKERS);
}

struct caller {
   const char *event;
   pthread_t thread;
   int failed;
   struct invocation_result result;
   struct drill_error error;
};

static void *
call(void *argument)
{
   struct caller *caller = argument;
   caller->failed =
      environment_invoke(environment, caller->event, strlen(caller->event), &caller->result, &caller->error);
   return NULL;
}

/* So many at once, all of them handed out. */
static void
begin_all(struct caller *callers, unsigned count, const char *event)
{
   int64_t until_us = clock_now_us() + PATIENCE_US;
   for (unsigned i = 0; i < count; i++) {
      callers[i] = (struct caller){.event = event};
      assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
   }
   while (environment_await_workers(environment, 0, 0) > WORKERS - count) {
      assert_true(clock_now_us() < until_us);
      clock_sleep_us(1000);
   }
}

TEST(lanes_side_by_side_and_no_queue)
{
   start();
   struct caller callers[WORKERS];
   begin_all(callers, WORKERS, "slow");
   struct invocation_result refused;
   invoke("more", &refused);
   assert_int_equal(refused.outcome, INVOCATION_REFUSED);
   assert_string_equal(refused.error_type, "Runtime.Unavailable");
   assert_int_equal(refused.lane, -1);
   assert_contains(refused.payload, "3 invocations are open, 3 are allowed");
   invocation_result_clear(&refused);
   unsigned lanes = 0;
   for (size_t i = 0; i < WORKERS; i++) {
      pthread_join(callers[i].thread, NULL);
      assert_int_equal(callers[i].failed, 0);
      assert_int_equal(callers[i].result.outcome, INVOCATION_ANSWERED);
      assert_string_equal(callers[i].result.payload, "slow");
      assert_true(callers[i].result.thawed_us == 0 && !callers[i].result.cold);
      assert_null(callers[i].result.violations);
      lanes |= 1u << callers[i].result.lane;
      invocation_result_clear(&callers[i].result);
   }
   assert_int_equal(lanes, (1u << WORKERS) - 1);
   size_t count, shown = 0;
   struct timeline_entry *entries = timeline_copy(timeline, 0, &count);
   for (size_t i = 0; i < count; i++) {
      assert_int_not_equal(entries[i].kind, TIMELINE_FREEZE);
      shown += entries[i].kind == TIMELINE_INVOCATION ? 1u << entries[i].lane : 0;
   }
   assert_int_equal(shown, 1 + (1u << WORKERS) - 1); /* including the cold one */
   free(entries);
}

TEST(a_time_limit_ends_the_wait_alone)
{
   config.timeout_ms = 5000;
   start();
   pid_t process = environment_process(environment);
   struct invocation_result late;
   invoke("slow", &late);
   assert_int_equal(late.outcome, INVOCATION_TIMED_OUT);
   assert_string_equal(late.error_type, "Sandbox.Timedout");
   invocation_result_clear(&late);
   assert_int_equal(environment_await_workers(environment, WORKERS, clock_now_us() + PATIENCE_US), WORKERS);
   struct invocation_result next;
   invoke("next", &next);
   assert_string_equal(next.payload, "next");
   assert_null(next.violations); /* a late answer does not count */
   invocation_result_clear(&next);
   assert_int_equal(environment_process(environment), process);
}

TEST(its_end_is_that_of_all)
{
   start();
   struct caller callers[2];
   begin_all(callers, 2, "stuck");
   struct invocation_result ended;
   invoke("exit", &ended);
   assert_int_equal(ended.outcome, INVOCATION_CRASHED);
   invocation_result_clear(&ended);
   for (size_t i = 0; i < 2; i++) {
      pthread_join(callers[i].thread, NULL);
      assert_int_equal(callers[i].failed, 0);
      assert_int_equal(callers[i].result.outcome, INVOCATION_CRASHED);
      assert_string_equal(callers[i].result.error_type, "Runtime.ExitError");
      invocation_result_clear(&callers[i].result);
   }
   struct invocation_result next;
   invoke("next", &next);
   assert_true(next.cold && next.outcome == INVOCATION_ANSWERED);
   invocation_result_clear(&next);
}

/* Until the end is noticed, the answer may be there or still on its way. */
TEST(an_answer_as_the_process_ends)
{
   start();
   struct invocation_result last;
   invoke("last", &last);
   if (last.outcome == INVOCATION_ANSWERED) {
      assert_string_equal(last.payload, "last");
   } else {
      assert_int_equal(last.outcome, INVOCATION_CRASHED);
   }
   invocation_result_clear(&last);
}

TEST(an_interruption_ends_all_waits)
{
   start();
   struct caller callers[2];
   begin_all(callers, 2, "stuck");
   environment_interrupt(environment);
   for (size_t i = 0; i < 2; i++) {
      pthread_join(callers[i].thread, NULL);
      assert_int_equal(callers[i].failed, -1);
      assert_string_equal(callers[i].error.message, "interrupted");
   }
}
