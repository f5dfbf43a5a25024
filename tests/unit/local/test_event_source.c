#include "event_source.h"

#include "scripted_host.h"

#include "test_main.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_EVENT_BYTES = 1 << 20 };

struct fixture {
   struct scripted_host scripted;
   int input[2];
   struct event_source *source;
};

static int
set_up(void **state)
{
   struct fixture *fixture = calloc(1, sizeof *fixture);

   if (!fixture || pipe(fixture->input) != 0) {
      return -1;
   }
   scripted_host_init(&fixture->scripted);
   fixture->source = event_source_new(fixture->input[0], MAX_EVENT_BYTES, &fixture->scripted.host);
   *state = fixture;
   return fixture->source ? 0 : -1;
}

static int
tear_down(void **state)
{
   struct fixture *fixture = *state;

   event_source_destroy(fixture->source);
   scripted_host_clear(&fixture->scripted);
   close(fixture->input[0]);
   close(fixture->input[1]);
   free(fixture);
   return 0;
}

static void
send_text(struct fixture *fixture, const char *text)
{
   assert_int_equal((int)strlen(text), (int)write(fixture->input[1], text, strlen(text)));
}

static void
end_input(struct fixture *fixture)
{
   close(fixture->input[1]);
   fixture->input[1] = -1;
}

static void
expect_event(struct event_source *source, const char *expected)
{
   struct json_text event;
   struct faas_error error;

   assert_int_equal(FAAS_OK, event_source_next(source, &event, &error));
   assert_int_equal(strlen(expected), event.length);
   assert_memory_equal(expected, event.bytes, event.length);
}

static void
expect_result(struct event_source *source, enum faas_result expected)
{
   struct json_text event;
   struct faas_error error;

   assert_int_equal(expected, event_source_next(source, &event, &error));
}

/* A new source on descriptor gives one empty event and ends. */
static void
expect_one_empty_event(struct fixture *fixture, int descriptor)
{
   struct event_source *source = event_source_new(descriptor, MAX_EVENT_BYTES, &fixture->scripted.host);

   assert_non_null(source);
   expect_event(source, "{}");
   expect_result(source, FAAS_END);
   expect_result(source, FAAS_END);
   event_source_destroy(source);
}

/* The writer keeps its end open, so a source that waited for more would hang. */
static void
answers_while_the_input_stays_open(void **state)
{
   struct fixture *fixture = *state;

   send_text(fixture, "{\"a\":1}");
   expect_event(fixture->source, "{\"a\":1}");
   send_text(fixture, "[1]true ");
   expect_event(fixture->source, "[1]");
   expect_event(fixture->source, "true");
   send_text(fixture, "{x");
   expect_result(fixture->source, FAAS_REJECTED);
   send_text(fixture, "}{\n");
   send_text(fixture, "}");
   expect_event(fixture->source, "{\n}");
}

static void
no_value_is_one_empty_event(void **state)
{
   struct fixture *fixture = *state;

   send_text(fixture, " \n\t\n");
   end_input(fixture);
   expect_event(fixture->source, "{}");
   expect_result(fixture->source, FAAS_END);
   expect_result(fixture->source, FAAS_END);
}

static void
a_bad_value_is_no_empty_event(void **state)
{
   struct fixture *fixture = *state;

   send_text(fixture, "{\"a\":");
   end_input(fixture);
   expect_result(fixture->source, FAAS_REJECTED);
   expect_result(fixture->source, FAAS_END);
}

static void
dev_null_is_one_empty_event(void **state)
{
   int null = open("/dev/null", O_RDONLY);

   assert_true(null >= 0);
   expect_one_empty_event(*state, null);
   close(null);
}

static void
a_closed_input_is_one_empty_event(void **state)
{
   struct fixture *fixture = *state;
   int descriptor = dup(fixture->input[0]);

   assert_true(descriptor >= 0);
   close(descriptor);
   expect_one_empty_event(*state, descriptor);
}

static void
a_terminal_is_not_read(void **state)
{
   char typed[8];
   int master = posix_openpt(O_RDWR | O_NOCTTY);
   int slave;

   assert_true(master >= 0);
   assert_int_equal(0, grantpt(master));
   assert_int_equal(0, unlockpt(master));
   slave = open(ptsname(master), O_RDWR | O_NOCTTY);
   assert_true(slave >= 0);
   assert_int_equal(3, (int)write(master, "42\n", 3));
   expect_one_empty_event(*state, slave);
   assert_int_equal(3, (int)read(slave, typed, sizeof typed));
   close(slave);
   close(master);
}

static void
a_directory_is_an_error(void **state)
{
   struct fixture *fixture = *state;
   int directory = open("/", O_RDONLY);
   struct event_source *source = event_source_new(directory, MAX_EVENT_BYTES, &fixture->scripted.host);
   struct json_text event;
   struct faas_error error;

   assert_non_null(source);
   assert_int_equal(FAAS_ERROR, event_source_next(source, &event, &error));
   assert_string_equal("Provider.EventNotRead", error.type);
   assert_non_null(strstr(error.message, "Is a directory"));
   event_source_destroy(source);
   close(directory);
}

static void
a_descriptor_that_does_not_block_is_waited_for(void **state)
{
   struct fixture *fixture = *state;
   pid_t writer;

   assert_int_equal(0, fcntl(fixture->input[0], F_SETFL, O_NONBLOCK));
   writer = fork();
   assert_true(writer >= 0);
   if (writer == 0) {
      (void)poll(NULL, 0, 50);
      _exit(write(fixture->input[1], "{}", 2) == 2 ? 0 : 1);
   }
   expect_event(fixture->source, "{}");
   assert_int_equal(writer, waitpid(writer, NULL, 0));
}

static void
a_stop_ends_the_wait(void **state)
{
   struct fixture *fixture = *state;
   pid_t stopper = fork();

   assert_true(stopper >= 0);
   if (stopper == 0) {
      (void)poll(NULL, 0, 50);
      scripted_host_stop(&fixture->scripted);
      _exit(0);
   }
   expect_result(fixture->source, FAAS_END);
   assert_int_equal(stopper, waitpid(stopper, NULL, 0));
}

static void
a_stop_goes_before_events_that_wait(void **state)
{
   struct fixture *fixture = *state;

   send_text(fixture, "{}{}");
   expect_event(fixture->source, "{}");
   scripted_host_stop(&fixture->scripted);
   expect_result(fixture->source, FAAS_END);
}

static void
send_bad_values(struct fixture *fixture, unsigned count)
{
   for (unsigned i = 0; i < count; i++) {
      send_text(fixture, "x ");
   }
}

static void
many_bad_values_are_told_as_one(void **state)
{
   struct fixture *fixture = *state;
   struct json_text event;
   struct faas_error error;

   send_bad_values(fixture, EVENT_SOURCE_PATIENCE + 7);
   send_text(fixture, "{}x x 1 x ");
   for (unsigned i = 0; i < EVENT_SOURCE_PATIENCE; i++) {
      expect_result(fixture->source, FAAS_REJECTED);
   }
   assert_int_equal(FAAS_REJECTED, event_source_next(fixture->source, &event, &error));
   assert_non_null(strstr(error.message, "7 more bad events"));
   expect_event(fixture->source, "{}");
   assert_int_equal(FAAS_REJECTED, event_source_next(fixture->source, &event, &error));
   assert_non_null(strstr(error.message, "found 'x'"));
   assert_int_equal(FAAS_REJECTED, event_source_next(fixture->source, &event, &error));
   assert_non_null(strstr(error.message, "1 more bad events"));
   expect_event(fixture->source, "1");
   end_input(fixture);
   assert_int_equal(FAAS_REJECTED, event_source_next(fixture->source, &event, &error));
   assert_non_null(strstr(error.message, "found 'x'"));
   expect_result(fixture->source, FAAS_END);
}

static void
the_untold_are_told_at_the_end(void **state)
{
   struct fixture *fixture = *state;

   send_bad_values(fixture, EVENT_SOURCE_PATIENCE + 2);
   end_input(fixture);
   for (unsigned i = 0; i < EVENT_SOURCE_PATIENCE + 1; i++) {
      expect_result(fixture->source, FAAS_REJECTED);
   }
   expect_result(fixture->source, FAAS_END);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest TESTS[] = {
   CASE(answers_while_the_input_stays_open),
   CASE(no_value_is_one_empty_event),
   CASE(a_bad_value_is_no_empty_event),
   CASE(dev_null_is_one_empty_event),
   CASE(a_closed_input_is_one_empty_event),
   CASE(a_terminal_is_not_read),
   CASE(a_directory_is_an_error),
   CASE(a_descriptor_that_does_not_block_is_waited_for),
   CASE(a_stop_ends_the_wait),
   CASE(a_stop_goes_before_events_that_wait),
   CASE(many_bad_values_are_told_as_one),
   CASE(the_untold_are_told_at_the_end),
};

FAAS_TEST_MAIN(TESTS)
