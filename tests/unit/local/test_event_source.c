#include "event_source.h"

#include "scripted_host.h"

#include "test_main.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_EVENT_BYTES = 1 << 20 };

static struct scripted_host scripted;
static int input[2];
static struct event_source *source;
static struct provider_bytes event;
static struct faas_error error;

BEFORE_EACH(set_up)
{
   assert_int_equal(pipe(input), 0);
   scripted_host_init(&scripted);
   source = event_source_new(input[0], MAX_EVENT_BYTES, &scripted.host);
   assert_non_null(source);
}

AFTER_EACH(tear_down)
{
   event_source_destroy(source);
   scripted_host_clear(&scripted);
   close(input[0]);
   close(input[1]);
}

static void
send_text(const char *text)
{
   assert_int_equal((int)strlen(text), (int)write(input[1], text, strlen(text)));
}

static void
end_input(void)
{
   close(input[1]);
   input[1] = -1;
}

static void
expect_event(struct event_source *from, const char *expected)
{
   assert_int_equal(FAAS_OK, event_source_next(from, &event, &error));
   assert_int_equal(strlen(expected), event.length);
   assert_memory_equal(expected, event.bytes, event.length);
}

static void
expect_result(struct event_source *from, enum faas_result expected)
{
   assert_int_equal(expected, event_source_next(from, &event, &error));
}

static void
expect_rejected(const char *words)
{
   expect_result(source, FAAS_REJECTED);
   assert_contains(error.message, words);
}

/* A new source on descriptor gives one empty event and ends. */
static void
expect_one_empty_event(int descriptor)
{
   struct event_source *its = event_source_new(descriptor, MAX_EVENT_BYTES, &scripted.host);

   assert_non_null(its);
   expect_event(its, "{}");
   expect_result(its, FAAS_END);
   expect_result(its, FAAS_END);
   event_source_destroy(its);
}

TEST(a_closed_input_is_one_empty_event)
{
   int descriptor = dup(input[0]);

   assert_true(descriptor >= 0);
   close(descriptor);
   expect_one_empty_event(descriptor);
}

TEST(a_terminal_is_not_read)
{
   char typed[8];
   int slave;
   int master = scripted_terminal(&slave);

   assert_int_equal(3, (int)write(master, "42\n", 3));
   expect_one_empty_event(slave);
   assert_int_equal(3, (int)read(slave, typed, sizeof typed));
   close(slave);
   close(master);
}

TEST(a_directory_is_an_error)
{
   int directory = open("/", O_RDONLY);
   struct event_source *its = event_source_new(directory, MAX_EVENT_BYTES, &scripted.host);
   assert_non_null(its);
   expect_result(its, FAAS_ERROR);
   assert_string_equal("Provider.EventNotRead", error.type);
   assert_contains(error.message, "Is a directory");
   event_source_destroy(its);
   close(directory);
}

TEST(a_descriptor_that_does_not_block_is_waited_for)
{
   pid_t writer;

   assert_int_equal(0, fcntl(input[0], F_SETFL, O_NONBLOCK));
   writer = fork();
   assert_true(writer >= 0);
   if (writer == 0) {
      (void)poll(NULL, 0, 50);
      _exit(write(input[1], "{}", 2) == 2 ? 0 : 1);
   }
   expect_event(source, "{}");
   assert_int_equal(writer, waitpid(writer, NULL, 0));
}

static void
send_bad_values(unsigned count)
{
   for (unsigned i = 0; i < count; i++) {
      send_text("x ");
   }
}

TEST(many_bad_values_are_told_as_one)
{
   send_bad_values(EVENT_SOURCE_PATIENCE + 7);
   send_text("{}x x 1 x ");
   for (unsigned i = 0; i < EVENT_SOURCE_PATIENCE; i++) {
      expect_result(source, FAAS_REJECTED);
   }
   expect_rejected("7 more bad events were skipped without a message each: check the sender");
   expect_event(source, "{}");
   expect_rejected("found 'x'");
   expect_rejected("1 more bad events");
   expect_event(source, "1");
   end_input();
   expect_rejected("found 'x'");
   expect_result(source, FAAS_END);
}

TEST(the_untold_are_told_at_the_end)
{
   send_bad_values(EVENT_SOURCE_PATIENCE + 2);
   end_input();
   for (unsigned i = 0; i < EVENT_SOURCE_PATIENCE + 1; i++) {
      expect_result(source, FAAS_REJECTED);
   }
   expect_result(source, FAAS_END);
}
