/* options: the command line and the environment, and what is refused. */
#include "options.h"

#include "test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 80

/* A writable copy of a command line, like main's. */
struct line {
   int count;
   char *arguments[ARGUMENTS_MAX + 1];
   struct options options;
   struct faas_error error;
   bool read;
};

static void
line_read(struct line *line, const char *words)
{
   memset(line, 0, sizeof *line);
   char *copy = strdup(words);
   char *rest = NULL;
   line->arguments[line->count++] = strdup("faas-harness");
   for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
      line->arguments[line->count++] = strdup(word);
   }
   free(copy);
   line->read = options_init(&line->options, line->count, line->arguments, &line->error);
}

static void
line_clear(struct line *line)
{
   options_clear(&line->options);
   for (int i = 0; i < line->count; i++) {
      free(line->arguments[i]);
   }
}

static void
clean_environment(void)
{
   static const char *const variables[] = {"FAAS_HARNESS_CLIENT",
                                           "FAAS_HARNESS_SCENARIO",
                                           "FAAS_HARNESS_TIMEOUT",
                                           "FAAS_HARNESS_EVENTS",
                                           "MONGODB_URI",
                                           "FAAS_HARNESS_PROVIDER",
                                           "AWS_LAMBDA_RUNTIME_API"};
   for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
      (void)unsetenv(variables[i]);
   }
}

TEST_FIXTURE(clean_environment, NULL)

static void
expect_refused(const char *words, const char *part)
{
   struct line line;
   line_read(&line, words);
   assert_false(line.read);
   assert_string_equal(line.error.type, "Harness.BadOption");
   if (strstr(line.error.message, part) == NULL) {
      fail_msg("expected \"%s\" in \"%s\"", part, line.error.message);
   }
   line_clear(&line);
}

TEST(defaults)
{
   struct line line;
   line_read(&line, "");
   assert_true(line.read);
   assert_int_equal(line.options.action, ACTION_RUN);
   assert_string_equal(line.options.provider, "local");
   assert_int_equal(line.options.client_mode, CLIENT_POOL);
   assert_int_equal(line.options.scenario, SCENARIO_MONGODB);
   assert_int_equal(line.options.timeout_ms, 0);
   assert_null(line.options.uri);
   line_clear(&line);
}

TEST(everything_given)
{
   struct line line;
   line_read(&line,
             "--uri mongodb://h/ --client single --scenario echo --timeout 250 --events --provider ./p.so "
             "--option a=1 --option b=x=y --log-level debug");
   assert_true(line.read);
   assert_string_equal(line.options.uri, "mongodb://h/");
   assert_int_equal(line.options.client_mode, CLIENT_SINGLE);
   assert_int_equal(line.options.scenario, SCENARIO_ECHO);
   assert_int_equal(line.options.timeout_ms, 250);
   assert_true(line.options.with_events);
   assert_string_equal(line.options.provider, "./p.so");
   assert_int_equal(line.options.provider_option_count, 2);
   assert_string_equal(line.options.provider_options[1].name, "b");
   assert_string_equal(line.options.provider_options[1].value, "x=y");
   assert_int_equal(line.options.log_level, FAAS_LOG_DEBUG);
   line_clear(&line);
}

TEST(a_uri_does_not_stay_on_the_command_line)
{
   struct line line;
   line_read(&line, "--uri mongodb://ada:s3cr3t@h/ --uri=mongodb://ada:0ther@h/");
   assert_true(line.read);
   assert_string_equal(line.options.uri, "mongodb://ada:0ther@h/");
   for (int i = 0; i < line.count; i++) {
      assert_null(strstr(line.arguments[i], "s3cr3t"));
      assert_null(strstr(line.arguments[i], "0ther"));
   }
   line_clear(&line);
}

TEST(provider_by_environment)
{
   struct line line;
   assert_int_equal(setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001", 1), 0);
   line_read(&line, "");
   assert_string_equal(line.options.provider, "aws_lambda");
   line_clear(&line);
   assert_int_equal(setenv("FAAS_HARNESS_PROVIDER", "mine", 1), 0);
   line_read(&line, "");
   assert_string_equal(line.options.provider, "mine");
   line_clear(&line);
   line_read(&line, "--provider local");
   assert_string_equal(line.options.provider, "local");
   line_clear(&line);
}

TEST(uri_by_environment_unless_given)
{
   struct line line;
   assert_int_equal(setenv("MONGODB_URI", "mongodb://env/", 1), 0);
   line_read(&line, "");
   assert_string_equal(line.options.uri, "mongodb://env/");
   line_clear(&line);
   line_read(&line, "--uri mongodb://given/");
   assert_string_equal(line.options.uri, "mongodb://given/");
   line_clear(&line);
}

TEST(variables_where_no_arguments_can_be_given)
{
   struct line line;
   assert_int_equal(setenv("FAAS_HARNESS_CLIENT", "single", 1), 0);
   assert_int_equal(setenv("FAAS_HARNESS_SCENARIO", "echo", 1), 0);
   assert_int_equal(setenv("FAAS_HARNESS_TIMEOUT", "250", 1), 0);
   assert_int_equal(setenv("FAAS_HARNESS_EVENTS", "1", 1), 0);
   line_read(&line, "--client pool");
   assert_true(line.read);
   assert_int_equal(line.options.client_mode, CLIENT_POOL);
   assert_int_equal(line.options.scenario, SCENARIO_ECHO);
   assert_int_equal(line.options.timeout_ms, 250);
   assert_true(line.options.with_events);
   line_clear(&line);
   assert_int_equal(setenv("FAAS_HARNESS_CLIENT", "many", 1), 0);
   expect_refused("", "FAAS_HARNESS_CLIENT, --client: expected pool|single");
}

TEST(wrong_values_name_what_is_expected)
{
   expect_refused("--client many", "expected pool|single, found \"many\"");
   expect_refused("--client poo", "expected pool|single");
   expect_refused("--scenario ping", "expected mongodb|echo");
   expect_refused("--log-level loud", "expected debug|info|warning|error");
   expect_refused("--option novalue", "expected NAME=VALUE");
   expect_refused("--option =x", "expected NAME=VALUE");
   expect_refused("--uri", "--uri needs a value");
   expect_refused("stray", "unexpected argument");
}

TEST(wrong_timeouts)
{
   expect_refused("--timeout 0", "expected milliseconds");
   expect_refused("--timeout -5", "expected milliseconds");
   expect_refused("--timeout 1s", "expected milliseconds");
   expect_refused("--timeout 99999999999999999999", "expected milliseconds");
   expect_refused("--timeout 86400001", "expected milliseconds");
}

TEST(unknown_options_do_not_show_their_values)
{
   struct line line;
   line_read(&line, "--urii=mongodb://ada:s3cr3t@h/");
   assert_false(line.read);
   assert_non_null(strstr(line.error.message, "--urii"));
   assert_null(strstr(line.error.message, "s3cr3t"));
   line_clear(&line);
}

/* getopt_long moves arguments to the end of the line, after options that follow them. */
TEST(an_unknown_option_behind_an_argument)
{
   static const char *const lines[] = {
      "mongodb://ada:s3cr3t@h/ --bogus",
      "mongodb://ada:s3cr3t@h/ --client pool --bogus",
      "mongodb://ada:s3cr3t@h/ --bogus=mongodb://ada:s3cr3t@h/",
      "--uri mongodb://ada:s3cr3t@h/ --bogus:mongodb://ada:s3cr3t@h/",
      "mongodb://ada:s3cr3t@h/ x --bogus mongodb://ada:s3cr3t@h/",
   };
   for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
      struct line line;
      line_read(&line, lines[i]);
      assert_false(line.read);
      assert_string_equal(line.error.message, "unknown option \"--bogus\" (see --help)");
      line_clear(&line);
   }
   expect_refused("mongodb://ada:s3cr3t@h/ -mongodb://ada:s3cr3t@h/", "unknown option \"-m\"");
   expect_refused("mongodb://ada:s3cr3t@h/ --uri", "--uri needs a value");
   expect_refused("mongodb://ada:s3cr3t@h/ --events=mongodb://ada:s3cr3t@h/", "--events takes no value");
}

TEST(a_connection_string_in_a_wrong_place_is_not_shown)
{
   static const char *const options[] = {
      "client", "scenario", "timeout", "log-level", "option", "provider", "describe-provider"};
   for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
      char words[128];
      struct line line;
      (void)snprintf(words, sizeof words, "--%s mongodb://ada:s3cr3t@h/", options[i]);
      line_read(&line, words);
      assert_false(line.read);
      assert_non_null(strstr(line.error.message, options[i]));
      assert_null(strstr(line.error.message, "s3cr3t"));
      line_clear(&line);
   }
}

TEST(too_many_provider_options)
{
   char words[1024] = "";
   for (int i = 0; i <= OPTIONS_PROVIDER_MAX; i++) {
      (void)strcat(words, "--option a=1 ");
   }
   expect_refused(words, "more than 32 options");
}
