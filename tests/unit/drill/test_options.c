/* The command line of faas-drill. */
#include "options.h"
#include "test_main.h"

#define ARGUMENTS_MAX 16

static struct options options;
static struct drill_error error;

/* Copies the words, because a URI is overwritten in place. A ~ stands for a space in a word. */
static bool
read(const char *line)
{
   static char words[1024];
   char *argv[ARGUMENTS_MAX + 1] = {(char[]){"faas-drill"}};
   int argc = 1;
   snprintf(words, sizeof words, "%s", line);
   for (char *word = strtok(words, " "); word != NULL && argc < ARGUMENTS_MAX; word = strtok(NULL, " ")) {
      argv[argc++] = word;
      for (char *tilde = strchr(word, '~'); tilde != NULL; tilde = strchr(tilde, '~')) {
         *tilde = ' ';
      }
   }
   error.message[0] = '\0';
   unsetenv("MONGODB_URI");
   options_clear(&options);
   return options_init(&options, argc, argv, &error);
}

static void
refused(const char *line, const char *why)
{
   assert_false(read(line));
   assert_contains(error.message, why);
   assert_null(strstr(error.message, "s3cr3t"));
}

AFTER_EACH(clear)
{
   options_clear(&options);
}

TEST(defaults)
{
   assert_true(read("--server 127.0.0.1:27017 function.zip"));
   assert_string_equal(options.package, "function.zip");
   assert_int_equal(options.step_count, 6);
   for (size_t i = 0; i < options.step_count; i++) {
      assert_ptr_equal(options.steps[i].kind, phase_kinds[i]);
      assert_int_equal(options.steps[i].times, 1);
   }
   assert_int_equal(options.freeze_ms, 60000);
   assert_int_equal(options.timeout_ms, 30000);
   assert_int_equal(options.repeat, 1);
   assert_string_equal(options.uri_variable, "MONGODB_URI");
}

TEST(the_variable_of_the_uri)
{
   assert_true(read("--server h:1 --uri-variable DB_URL --env DB_URLS=x f"));
   assert_string_equal(options.uri_variable, "DB_URL");
   refused("--server h:1 --uri-variable X f", "--uri-variable X: Lambda refuses");
   refused("--server h:1 --uri-variable mongodb://u:s3cr3t@h/ f", "pass the URI with --uri");
   refused("--server h:1 --env DB_URL=x --uri-variable DB_URL f", "--env DB_URL: the drill sets");
   assert_true(read("--server h:1 --uri-file-variable DB_FILE f"));
   assert_string_equal(options.database.uri_file_variable, "DB_FILE");
   refused("--server h:1 --uri-file-variable MONGODB_URI f", "MONGODB_URI: this variable already holds the URI itself");
   refused("--server h:1 --env DB_FILE=x --uri-file-variable DB_FILE f",
           "--env DB_FILE: the drill sets this variable to the path of the file with the URI");
}

TEST(a_set_found_by_dns)
{
   assert_true(read("--server h:1 --srv f"));
   assert_true(options.database.srv && options.database.secure);
   refused("--uri mongodb://h/ --srv f", "--srv works with the emulated replica set");
}

/* The names of the steps in order. */
static const char *
steps(void)
{
   static char names[400];
   names[0] = '\0';
   for (size_t i = 0; i < options.step_count; i++) {
      strcat(strcat(names, i == 0 ? "" : ","), options.steps[i].kind->name);
   }
   return names;
}

TEST(all_phases)
{
   char all[400];
   phase_kind_names(all, sizeof all, false);
   assert_true(read("--server h:1 --all f"));
   assert_string_equal(steps(), all);
   assert_true(options.database.secure);
   assert_true(read("--server h:1 --all --platform cloud-run f"));
   assert_int_equal(options.step_count, phase_kind_count - 1);
   assert_null(strstr(steps(), "restore"));
   assert_true(read("--server h:1 --all --phases warm f"));
   assert_string_equal(steps(), "warm");
   assert_true(read("--uri mongodb://h --all f"));
   assert_false(options.database.secure);
}

TEST(phases)
{
   assert_true(read("--server h:1 --phases cold,frozen*100,outage --freeze 0.05 --repeat 3 f"));
   assert_int_equal(options.step_count, 3);
   assert_ptr_equal(options.steps[1].kind, &phase_frozen);
   assert_int_equal(options.steps[1].times, 100);
   assert_ptr_equal(options.steps[2].kind, &phase_outage);
   assert_int_equal(options.freeze_ms, 50);
   assert_int_equal(options.repeat, 3);
   refused("--server h:1 --phases cold,hot f", "no phase \"hot\"");
   refused("--server h:1 --phases cold,,warm f", "no phase \"\"");
   refused("--server h:1 --phases cold*0 f", "from 1 to");
   refused("--server h:1 --phases cold*x f", "found \"x\"");
}

TEST(secrets_leave_the_command_line)
{
   char program[] = "faas-drill", uri_flag[] = "--uri", uri[] = "mongodb://u:s3cr3t@h/", more_flag[] = "--uri-options",
        more[] = "tlsCertificateKeyFilePassword=s3cr3t", joined[] = "--env=TOKEN=s3cr3t", flag[] = "--env",
        value[] = "MINE=s3cr3t", package[] = "f";
   char *argv[] = {program, uri_flag, uri, more_flag, more, joined, flag, value, package, NULL};
   assert_true(options_init(&options, 9, argv, &error));
   assert_string_equal(options.database.uri, "mongodb://u:s3cr3t@h/");
   assert_string_equal(options.database.uri_options, "tlsCertificateKeyFilePassword=s3cr3t");
   assert_int_equal(options.variable_count, 2);
   assert_string_equal(options.variables[0], "TOKEN=s3cr3t");
   assert_string_equal(options.variables[1], "MINE=s3cr3t");
   for (int i = 0; i < 9; i++) {
      assert_null(strstr(argv[i], "s3cr3t"));
   }
}

TEST(a_uri_of_the_environment)
{
   char program[] = "faas-drill", package[] = "f";
   char *argv[] = {program, package, NULL};
   setenv("MONGODB_URI", "mongodb://h/", 1);
   assert_true(options_init(&options, 2, argv, &error));
   assert_string_equal(options.database.uri, "mongodb://h/");
   unsetenv("MONGODB_URI");
}

TEST(neither_a_database_nor_a_folder)
{
   assert_true(read("f"));
   assert_null(options.database.uri);
   assert_null(options.database.server);
   assert_null(options.database.server_command);
   assert_string_equal(options.output, "faas-drill-results");
}

TEST(what_does_not_go_together)
{
   refused("--outage-command x f", "needs your own deployment");
   refused("--server h:1", "no deployment package");
   refused("--server h:1 --server-command x f", "exclude each other");
   refused("--server h:1 --uri mongodb://h/ f", "two databases");
   refused("--server h:1 --outage-command x f", "two databases");
   refused("--server h:1 f g h", "2 more arguments");
   refused("--uri mongodb://h --secure f", "--secure works with the emulated replica set");
   refused("--connection-queue 5 f", "--connection-queue is for connections beyond a rate: add --connection-rate N");
   refused("--expect a --expect b f", "--expect is given twice; put all known failures into one file");
}

TEST(what_a_platform_lacks)
{
   refused("--platform heroku f", "the drill has lambda, managed, cloud-run, azure, openfaas, fn, openwhisk");
   refused("--platform cloud-run --handler app.main f", "only Lambda has handlers; start the function with");
   refused("--platform fn --request GET~/ f", "--request cannot be used with --platform fn");
   refused("--platform cloud-run --request items f", "\"GET /items\"; found \"items\"");
   refused("--platform fn --concurrency 2 f", "Fn sends a process one event at once");
   refused("--platform managed --concurrency 1 f", "a managed instance gets at least two events at once");
   refused("--platform azure --phases restore f", "with --platform azure: only Lambda has it");
   refused("--command ./run f", "--command cannot be used with --platform lambda");
}

TEST(odd_values)
{
   refused("--server h:1 --freeze 0 f", "--freeze: expected seconds");
   refused("--server h:1 --freeze nan f", "--freeze: expected seconds");
   refused("--server h:1 --timeout 9999 f", "--timeout: expected seconds");
   refused("--server h:1 --instances 0 f", "--instances: expected a whole number");
   refused("--server h:1 --concurrency 0 f", "--concurrency: expected a whole number from 1 to 64");
   refused("--server h:1 --concurrency 65 f", "--concurrency: expected a whole number from 1 to 64");
   refused("--server h:1 --memory 1x f", "found \"1x\"");
   refused("--server h:1 --connection-limit M11 f", "--connection-limit: expected a number");
   refused("--server h:1 --client both f", "pool or single");
   refused("--server h:1 --env =x f", "NAME=VALUE");
   refused("--server h:1 --env AWS_REGION=x f", "--env AWS_REGION: Lambda reserves this name");
   refused("--server h:1 --env X=x f", "--env X: Lambda refuses this name");
   refused("--server h:1 --env mongodb://u:s3cr3t@h/?a=b f", "--env mongodb…: Lambda refuses this name");
   refused("--server h:1 --bogus=s3cr3t f", "unknown option \"--bogus\"");
   refused("--server h:1 f --freeze", "--freeze needs a value");
   refused("--server h:1 --freeze -- f", "--freeze needs a value, found \"--\"");
   refused("--server h:1 --client=-- f", "--client needs a value");
}

/* getopt_long moves arguments to the end of the line, after options that follow them. */
TEST(a_wrong_option_behind_the_package)
{
   refused("function.zip --freze 5", "unknown option \"--freze\"");
   refused("mongodb://u:s3cr3t@h/ --bogus", "unknown option \"--bogus\"");
   refused("mongodb://u:s3cr3t@h/ --quiet --bogus", "unknown option \"--bogus\"");
   refused("mongodb://u:s3cr3t@h/ --uri", "--uri needs a value");
   refused("mongodb://u:s3cr3t@h/ --quiet=mongodb://u:s3cr3t@h/", "--quiet takes no value");
   refused("mongodb://u:s3cr3t@h/ -mongodb://u:s3cr3t@h/", "unknown option \"-m\"");
}

TEST(a_connection_string_in_a_wrong_place_is_not_shown)
{
   static const char *const names[] = {"server", "freeze", "repeat", "client", "phases", "timeout"};
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      char line[128];
      snprintf(line, sizeof line, "--%s mongodb://u:s3cr3t@h/ f", names[i]);
      refused(line, names[i]);
   }
   refused("--server u:s3cr3t@h f", "not a connection string; pass that with --uri");
   refused("--server h:1 mongodb://u:s3cr3t@h/", "is a connection string, not a deployment package");
}

TEST(help_and_version_need_nothing)
{
   assert_true(read("--help"));
   assert_int_equal(options.action, ACTION_HELP);
   assert_true(read("--version"));
   assert_int_equal(options.action, ACTION_VERSION);
}
