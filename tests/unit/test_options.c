/* options: the command line and the environment, and what is refused. */
#include "options.h"

#include "test_main.h"

#define ARGUMENTS_MAX 80

static int count;
static char *arguments[ARGUMENTS_MAX + 1];
static struct options options;
static struct faas_error error;

/* Reads a writable copy of a command line, like main's. */
static bool
read_line(const char *line)
{
   static char copy[1024];
   (void)snprintf(copy, sizeof copy, "faas-harness %s", line);
   count = 0;
   for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
      arguments[count++] = word;
   }
   arguments[count] = NULL;
   options_clear(&options);
   return options_init(&options, count, arguments, &error);
}

BEFORE_EACH(clean_environment)
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

AFTER_EACH(clear_options)
{
   options_clear(&options);
}

static void
expect_refused(const char *line, const char *part)
{
   assert_false(read_line(line));
   assert_string_equal(error.type, "Harness.BadOption");
   assert_contains(error.message, part);
   assert_null(strstr(error.message, "s3cr3t"));
}

TEST(defaults)
{
   assert_true(read_line(""));
   assert_int_equal(options.action, ACTION_RUN);
   assert_string_equal(options.provider, "local");
   assert_int_equal(options.client_mode, CLIENT_POOL);
   assert_int_equal(options.scenario, SCENARIO_MONGODB);
   assert_int_equal(options.timeout_ms, 0);
   assert_null(options.uri);
}

TEST(everything_given)
{
   assert_true(read_line("--uri mongodb://h/ --client single --scenario echo --timeout 250 --events --provider ./p.so "
                         "--option a=1 --option b=x=y --log-level debug"));
   assert_string_equal(options.uri, "mongodb://h/");
   assert_int_equal(options.client_mode, CLIENT_SINGLE);
   assert_int_equal(options.scenario, SCENARIO_ECHO);
   assert_int_equal(options.timeout_ms, 250);
   assert_true(options.with_events);
   assert_string_equal(options.provider, "./p.so");
   assert_int_equal(options.provider_option_count, 2);
   assert_string_equal(options.provider_options[1].name, "b");
   assert_string_equal(options.provider_options[1].value, "x=y");
   assert_int_equal(options.log_level, FAAS_LOG_DEBUG);
}

TEST(a_uri_does_not_stay_on_the_command_line)
{
   assert_true(read_line("--uri mongodb://ada:s3cr3t@h/ --uri=mongodb://ada:0ther@h/"));
   assert_string_equal(options.uri, "mongodb://ada:0ther@h/");
   for (int i = 0; i < count; i++) {
      assert_null(strstr(arguments[i], "s3cr3t"));
      assert_null(strstr(arguments[i], "0ther"));
   }
}

TEST(provider_by_environment)
{
   assert_int_equal(setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001", 1), 0);
   assert_true(read_line(""));
   assert_string_equal(options.provider, "aws_lambda");
   assert_int_equal(setenv("FAAS_HARNESS_PROVIDER", "mine", 1), 0);
   assert_true(read_line(""));
   assert_string_equal(options.provider, "mine");
   assert_true(read_line("--provider local"));
   assert_string_equal(options.provider, "local");
}

TEST(uri_by_environment_unless_given)
{
   assert_int_equal(setenv("MONGODB_URI", "mongodb://env/", 1), 0);
   assert_true(read_line(""));
   assert_string_equal(options.uri, "mongodb://env/");
   assert_true(read_line("--uri mongodb://given/"));
   assert_string_equal(options.uri, "mongodb://given/");
}

TEST(variables_where_no_arguments_can_be_given)
{
   assert_int_equal(setenv("FAAS_HARNESS_CLIENT", "single", 1), 0);
   assert_int_equal(setenv("FAAS_HARNESS_SCENARIO", "echo", 1), 0);
   assert_int_equal(setenv("FAAS_HARNESS_TIMEOUT", "250", 1), 0);
   assert_int_equal(setenv("FAAS_HARNESS_EVENTS", "1", 1), 0);
   assert_true(read_line("--client pool"));
   assert_int_equal(options.client_mode, CLIENT_POOL);
   assert_int_equal(options.scenario, SCENARIO_ECHO);
   assert_int_equal(options.timeout_ms, 250);
   assert_true(options.with_events);
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
   expect_refused("--urii=mongodb://ada:s3cr3t@h/", "--urii");
}

/* getopt_long moves arguments to the end of the line, after options that follow them. */
TEST(an_unknown_option_behind_an_argument)
{
   expect_refused("mongodb://ada:s3cr3t@h/ --bogus", "unknown option \"--bogus\"");
   expect_refused("mongodb://ada:s3cr3t@h/ --client pool --bogus", "unknown option \"--bogus\"");
   expect_refused("mongodb://ada:s3cr3t@h/ --bogus=mongodb://ada:s3cr3t@h/", "unknown option \"--bogus\"");
   expect_refused("--uri mongodb://ada:s3cr3t@h/ --bogus:mongodb://ada:s3cr3t@h/", "unknown option \"--bogus\"");
   expect_refused("mongodb://ada:s3cr3t@h/ x --bogus mongodb://ada:s3cr3t@h/", "unknown option \"--bogus\"");
   expect_refused("mongodb://ada:s3cr3t@h/ -mongodb://ada:s3cr3t@h/", "unknown option \"-m\"");
   expect_refused("mongodb://ada:s3cr3t@h/ --uri", "--uri needs a value");
   expect_refused("mongodb://ada:s3cr3t@h/ --events=mongodb://ada:s3cr3t@h/", "--events takes no value");
}

TEST(a_connection_string_in_a_wrong_place_is_not_shown)
{
   static const char *const names[] = {
      "client", "scenario", "timeout", "log-level", "option", "provider", "describe-provider"};
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      char line[128];
      (void)snprintf(line, sizeof line, "--%s mongodb://ada:s3cr3t@h/", names[i]);
      expect_refused(line, names[i]);
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
