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

static int
clean_environment(void **state)
{
   (void)state;
   static const char *const twins[] = {
      "FAAS_HARNESS_CLIENT", "FAAS_HARNESS_SCENARIO", "FAAS_HARNESS_TIMEOUT", "FAAS_HARNESS_EVENTS"};
   for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
      (void)unsetenv(twins[i]);
   }
   return unsetenv("MONGODB_URI") + unsetenv("FAAS_HARNESS_PROVIDER") + unsetenv("AWS_LAMBDA_RUNTIME_API");
}

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

static void
defaults(void **state)
{
   (void)state;
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

static void
everything_given(void **state)
{
   (void)state;
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

static void
a_uri_does_not_stay_on_the_command_line(void **state)
{
   (void)state;
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

static void
provider_by_environment(void **state)
{
   (void)state;
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

static void
uri_by_environment_unless_given(void **state)
{
   (void)state;
   struct line line;
   assert_int_equal(setenv("MONGODB_URI", "mongodb://env/", 1), 0);
   line_read(&line, "");
   assert_string_equal(line.options.uri, "mongodb://env/");
   line_clear(&line);
   line_read(&line, "--uri mongodb://given/");
   assert_string_equal(line.options.uri, "mongodb://given/");
   line_clear(&line);
}

static void
variables_where_no_arguments_can_be_given(void **state)
{
   (void)state;
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

static void
wrong_values_name_what_is_expected(void **state)
{
   (void)state;
   expect_refused("--client many", "expected pool|single, found \"many\"");
   expect_refused("--client poo", "expected pool|single");
   expect_refused("--scenario ping", "expected mongodb|echo");
   expect_refused("--log-level loud", "expected debug|info|warning|error");
   expect_refused("--option novalue", "expected NAME=VALUE");
   expect_refused("--option =x", "expected NAME=VALUE");
   expect_refused("--uri", "--uri needs a value");
   expect_refused("stray", "unexpected argument");
}

static void
wrong_timeouts(void **state)
{
   (void)state;
   expect_refused("--timeout 0", "expected milliseconds");
   expect_refused("--timeout -5", "expected milliseconds");
   expect_refused("--timeout 1s", "expected milliseconds");
   expect_refused("--timeout 99999999999999999999", "expected milliseconds");
   expect_refused("--timeout 86400001", "expected milliseconds");
}

static void
unknown_options_do_not_show_their_values(void **state)
{
   (void)state;
   struct line line;
   line_read(&line, "--urii=mongodb://ada:s3cr3t@h/");
   assert_false(line.read);
   assert_non_null(strstr(line.error.message, "--urii"));
   assert_null(strstr(line.error.message, "s3cr3t"));
   line_clear(&line);
}

/* getopt_long moves arguments to the end of the line, after options that follow them. */
static void
an_unknown_option_behind_an_argument(void **state)
{
   (void)state;
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

static void
a_connection_string_in_a_wrong_place_is_not_shown(void **state)
{
   (void)state;
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

static void
too_many_provider_options(void **state)
{
   (void)state;
   char words[1024] = "";
   for (int i = 0; i <= OPTIONS_PROVIDER_MAX; i++) {
      (void)strcat(words, "--option a=1 ");
   }
   expect_refused(words, "more than 32 options");
}

#define CASE(name) cmocka_unit_test_setup(name, clean_environment)

static const struct CMUnitTest tests[] = {
   CASE(defaults),
   CASE(everything_given),
   CASE(a_uri_does_not_stay_on_the_command_line),
   CASE(provider_by_environment),
   CASE(uri_by_environment_unless_given),
   CASE(variables_where_no_arguments_can_be_given),
   CASE(wrong_values_name_what_is_expected),
   CASE(wrong_timeouts),
   CASE(unknown_options_do_not_show_their_values),
   CASE(an_unknown_option_behind_an_argument),
   CASE(a_connection_string_in_a_wrong_place_is_not_shown),
   CASE(too_many_provider_options),
};

FAAS_TEST_MAIN(tests)
