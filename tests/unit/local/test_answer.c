#include "answer.h"

#include "scripted_host.h"

#include "test_main.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];
static struct faas_error error;

BEFORE_EACH(set_up)
{
   signal(SIGPIPE, SIG_IGN);
   assert_int_equal(0, pipe(ends));
}

AFTER_EACH(tear_down)
{
   close(ends[0]);
   close(ends[1]);
}

static void
expect_to_read(int descriptor, const char *expected)
{
   char found[1024];
   ssize_t length = read(descriptor, found, sizeof found - 1);

   assert_true(length >= 0);
   found[length] = '\0';
   assert_string_equal(expected, found);
}

TEST(writes_a_report_as_one_line)
{
   assert_int_equal(FAAS_OK, answer_with_report(ends[1], "{\n \"a\":\r\n\"\\n\"}", 14, &error));
   expect_to_read(ends[0], "{  \"a\":  \"\\n\"}\n");
}

TEST(writes_an_error_as_one_line)
{
   assert_int_equal(FAAS_OK, answer_with_error(ends[1], "Event.Malformed", "found '\"'\n", &error));
   expect_to_read(ends[0], "{\"errorType\":\"Event.Malformed\",\"errorMessage\":\"found '\\\"'\\n\"}\n");
}

TEST(lays_a_report_out_on_a_terminal)
{
   int slave;
   int master = scripted_terminal(&slave);

   assert_int_equal(FAAS_OK, answer_with_report(slave, "{\"a\":1}", 7, &error));
   expect_to_read(master, "{\n\t\"a\":\t1\n}\n");
   assert_int_equal(FAAS_OK, answer_with_report(slave, "no JSON", 7, &error));
   expect_to_read(master, "no JSON\n");
   close(slave);
   close(master);
}

TEST(waits_for_a_slow_reader)
{
   enum { LENGTH = 1 << 20 };
   char *report = malloc(LENGTH);
   int status;
   pid_t reader;

   assert_non_null(report);
   memset(report, '1', LENGTH);
   assert_int_equal(0, fcntl(ends[1], F_SETFL, O_NONBLOCK));
   reader = fork();
   assert_true(reader >= 0);
   if (reader == 0) {
      static char part[50000];
      size_t total = 0;
      ssize_t length;

      close(ends[1]);
      while ((length = read(ends[0], part, sizeof part)) > 0) {
         total += (size_t)length;
         (void)poll(NULL, 0, 1);
      }
      _exit(total == LENGTH + 1 ? 0 : 1);
   }
   close(ends[0]);
   assert_int_equal(FAAS_OK, answer_with_report(ends[1], report, LENGTH, &error));
   close(ends[1]);
   assert_int_equal(reader, waitpid(reader, &status, 0));
   assert_true(WIFEXITED(status));
   assert_int_equal(0, WEXITSTATUS(status));
   free(report);
}

static void
expect_not_written(int descriptor, const char *reason)
{
   assert_int_equal(FAAS_ERROR, answer_with_report(descriptor, "{}", 2, &error));
   assert_string_equal("Provider.AnswerNotWritten", error.type);
   assert_contains(error.message, reason);
}

TEST(says_that_the_reader_is_gone)
{
   close(ends[0]);
   expect_not_written(ends[1], "Broken pipe");
   close(ends[1]);
   expect_not_written(ends[1], "Bad file descriptor");
}

TEST(says_that_the_disk_is_full)
{
   int full = open("/dev/full", O_WRONLY);

   if (full < 0) {
      skip();
   }
   expect_not_written(full, "No space left on device");
   close(full);
}
