/* What a client gave up while a member was slow, and what was written, as seen on the wire. */
#include "slow_look.h"
#include "test_main.h"

#define SECOND 1000000

static struct witness_connection connections[] = {
   {.member = 0, .end = WITNESS_CLOSED_BY_CLIENT},
   {.member = 1, .end = WITNESS_OPEN},
   {.member = 0, .end = WITNESS_CLOSED_BY_MEMBER},
};
static struct witness_command commands[4];
static struct witness_hello hellos[4];
static struct witness_facts facts;
static struct slow_given_up given_up;
static struct slow_window window;

BEFORE_EACH(set_up)
{
   facts =
      (struct witness_facts){.connections = connections, .connection_count = 3, .commands = commands, .hellos = hellos};
   window = (struct slow_window){.start_us = 10 * SECOND, .end_us = 40 * SECOND};
}

/* Seconds. */
static void
command(size_t connection, double from, double until, enum witness_outcome outcome)
{
   commands[facts.command_count++] = (struct witness_command){.connection = connection,
                                                              .name = "insert",
                                                              .is_write = true,
                                                              .start_us = (int64_t)(from * SECOND),
                                                              .end_us = (int64_t)(until * SECOND),
                                                              .outcome = outcome};
}

static void
hello(size_t connection, double from, double until, enum witness_outcome outcome)
{
   hellos[facts.hello_count++] = (struct witness_hello){.connection = connection,
                                                        .start_us = (int64_t)(from * SECOND),
                                                        .end_us = (int64_t)(until * SECOND),
                                                        .outcome = outcome};
}

static void
look(double hello_ms, double command_ms, bool with_hello)
{
   slow_look_given_up(&given_up, &facts, &window);
   assert_true(given_up.hello_ms == hello_ms && given_up.command_ms == command_ms);
   assert_true(given_up.with_hello == with_hello);
}

TEST(what_was_answered_was_not_given_up)
{
   command(0, 11, 16, WITNESS_OK);
   command(2, 12, 13, WITNESS_NO_REPLY); /* the member closed it */
   command(1, 12, 0, WITNESS_PENDING);
   command(0, 5, 9, WITNESS_NO_REPLY); /* before */
   hello(0, 11, 16, WITNESS_OK);
   look(-1, -1, false);
}

TEST(a_command_by_its_own_limit)
{
   command(0, 11, 16, WITNESS_NO_REPLY);
   hello(0, 12, 16.001, WITNESS_NO_REPLY); /* a check that is cancelled because of it */
   look(-1, 5000, false);
   assert_string_equal(given_up.command, "insert");
}

TEST(a_command_as_its_monitor_gave_up)
{
   hello(0, 11, 21, WITNESS_NO_REPLY);
   command(0, 12, 21.01, WITNESS_NO_REPLY);
   look(10000, 9010, true);
}

TEST(what_ends_with_the_process_was_not_given_up)
{
   command(0, 11, 39.99, WITNESS_NO_REPLY);
   look(-1, 28990, false);
   window.timed_out = true;
   look(-1, -1, false);
   hello(0, 11, 21, WITNESS_NO_REPLY);
   look(10000, -1, false);
}

TEST(commands_by_member)
{
   command(0, 11, 12, WITNESS_OK);
   command(1, 12, 13, WITNESS_OK);
   command(1, 41, 42, WITNESS_OK);
   command(1, 13, 14, WITNESS_OK);
   commands[3].is_write = false; /* ping, endSessions */
   assert_int_equal(slow_look_commands(&facts, 1, &window), 1);
   assert_int_equal(slow_look_commands(&facts, 2, &window), 0);
   hello(1, 11, 12, WITNESS_OK);
   hello(1, 9, 12, WITNESS_OK);
   hello(2, 11, 12, WITNESS_OK);
   assert_int_equal(slow_look_messages(&facts, 1, &window), 3);
}

TEST(documents_are_counted_once)
{
   const struct witness_write writes[] = {
      {.at_us = 1, .n = 1},
      {.at_us = 5, .n = 1, .reply_lost = true},
      {.at_us = 6, .n = 1, .retry = true},
      {.at_us = 7, .n = 0},
      {.at_us = 8, .n = 1, .is_delete = true, .reply_lost = true},
   };
   struct slow_written written;
   slow_look_written(&written, writes, 5, 2);
   assert_int_equal(written.documents, 1);
   assert_true(written.unanswered);
   slow_look_written(&written, writes, 5, 6);
   assert_int_equal(written.documents, 0);
   assert_false(written.unanswered);
}

TEST(a_cold_start_begins_with_its_first_connection)
{
   window.event_us = 20 * SECOND;
   assert_true(slow_look_took_ms(&facts, &window) == 20000);
   window.cold = true;
   assert_true(slow_look_took_ms(&facts, &window) == 20000);
   connections[1].opened_us = 15 * SECOND;
   connections[2].opened_us = 16 * SECOND;
   assert_true(slow_look_took_ms(&facts, &window) == 25000);
   connections[1].opened_us = connections[2].opened_us = 0;
}
