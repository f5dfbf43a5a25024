#include "scripted_host.h"

#include "test_main.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exported by local.c. */
const struct faas_provider *faas_provider_init(void);

enum { OUTPUT_BYTES = 64 * 1024, EVENT_TO_FAIL = 2, EVENT_TO_FAIL_WITHOUT_REPORT = 3 };

/* What a child did that ran the provider on its stdin and stdout. */
struct run {
   char output[OUTPUT_BYTES];
   int exit_code; /* the last result of next; 10 + result of respond or fail; 20: open failed */
};

static enum faas_result
answer(const struct faas_provider *provider,
       void *state,
       const struct faas_invocation *invocation,
       unsigned number,
       struct faas_error *error)
{
   char report[256];
   FILE *to_report = fmemopen(report, sizeof report, "w");
   if (to_report == NULL) {
      return FAAS_ERROR;
   }
   fprintf(to_report,
           "{\"id\":\"%s\",\"event\":%.*s}",
           invocation->id,
           (int)invocation->payload_length,
           invocation->payload);
   size_t length = (size_t)ftell(to_report);
   fclose(to_report);
   struct faas_failure failure = {
      .size = sizeof failure, .type = "Assertion.Example", .message = "a \"reason\"", .report = report};

   /* In parentheses, because cmocka has a macro of that name. */
   if (number == EVENT_TO_FAIL) {
      failure.report_length = length;
      return (provider->fail)(state, invocation, &failure, error);
   }
   if (number == EVENT_TO_FAIL_WITHOUT_REPORT) {
      failure.report = NULL;
      return (provider->fail)(state, invocation, &failure, error);
   }
   return provider->respond(state, invocation, report, length, error);
}

static int
serve(const struct faas_provider *provider, void *state)
{
   struct faas_invocation invocation = {.size = sizeof invocation};
   struct faas_error error;
   unsigned number = 0;

   for (;;) {
      enum faas_result result = provider->next(state, &invocation, &error);

      if (result == FAAS_OK) {
         result = answer(provider, state, &invocation, ++number, &error);
         if (result != FAAS_OK) {
            return 10 + (int)result;
         }
      } else if (result != FAAS_REJECTED) {
         return (int)result;
      }
   }
}

static int
host_provider(struct scripted_host *scripted)
{
   const struct faas_provider *provider = faas_provider_init();
   struct faas_error error;
   void *state = NULL;
   int code = 20;

   signal(SIGPIPE, SIG_IGN);
   if (provider->open(&scripted->host, &state, &error) == FAAS_OK) {
      code = serve(provider, state);
      provider->close(state);
   } else {
      printf("%s: %s\n", error.type, error.message);
      fflush(stdout);
   }
   return code;
}

static void
collect(struct run *run, int output, pid_t child)
{
   size_t total = 0;
   ssize_t length;
   int status;

   while ((length = read(output, run->output + total, sizeof run->output - 1 - total)) > 0) {
      total += (size_t)length;
   }
   run->output[total] = '\0';
   assert_int_equal(child, waitpid(child, &status, 0));
   assert_true(WIFEXITED(status));
   run->exit_code = WEXITSTATUS(status);
}

static void
run_provider(struct run *run, struct scripted_host *scripted, const char *input)
{
   int to[2];
   int from[2];
   pid_t child;

   assert_int_equal(0, pipe(to));
   assert_int_equal(0, pipe(from));
   child = fork();
   assert_true(child >= 0);
   if (child == 0) {
      dup2(to[0], STDIN_FILENO);
      dup2(from[1], STDOUT_FILENO);
      close(to[0]);
      close(to[1]);
      close(from[0]);
      close(from[1]);
      _exit(host_provider(scripted));
   }
   close(to[0]);
   close(from[1]);
   assert_int_equal((int)strlen(input), (int)write(to[1], input, strlen(input)));
   close(to[1]);
   collect(run, from[0], child);
   close(from[0]);
}

TEST(says_what_it_is)
{
   const struct faas_provider *provider = faas_provider_init();

   assert_int_equal(sizeof *provider, provider->size);
   assert_int_equal(FAAS_PROVIDER_ABI_VERSION, provider->abi_version);
   assert_string_equal("local", provider->name);
   assert_string_equal("faas_env", provider->options[0].name);
   assert_string_equal("aws.lambda", provider->options[0].default_value);
   assert_string_equal("max_event_bytes", provider->options[1].name);
   assert_string_equal("6291456", provider->options[1].default_value);
   assert_null(provider->options[2].name);
}

TEST(answers_each_event_on_a_line)
{
   struct scripted_host scripted;
   struct run run;

   scripted_host_init(&scripted);
   run_provider(&run, &scripted, "{}[1,\n2]\n\"three\" 4");
   assert_string_equal("{\"id\":\"local-1\",\"event\":{}}\n"
                       "{\"id\":\"local-2\",\"event\":[1, 2]}\n"
                       "{\"errorType\":\"Assertion.Example\",\"errorMessage\":\"a \\\"reason\\\"\"}\n"
                       "{\"id\":\"local-4\",\"event\":4}\n",
                       run.output);
   assert_int_equal(FAAS_END, run.exit_code);
   scripted_host_clear(&scripted);
}

TEST(goes_on_after_a_bad_event)
{
   struct scripted_host scripted;
   struct run run;
   char *second;

   scripted_host_init(&scripted);
   scripted.max_event_bytes = "8";
   run_provider(&run, &scripted, "{bad} [1,2,3,4,5] 6");
   assert_non_null(strstr(run.output, "{\"errorType\":\"Event.Malformed\",\"errorMessage\":\"expected"));
   second = strchr(run.output, '\n');
   assert_non_null(second);
   assert_int_equal(
      second + 1 - run.output,
      strstr(run.output, "{\"errorType\":\"Event.TooLarge\",\"errorMessage\":\"the event is longer than 8") -
         run.output);
   assert_non_null(strstr(run.output, "\n{\"id\":\"local-1\",\"event\":6}\n"));
   assert_int_equal(FAAS_END, run.exit_code);
   scripted_host_clear(&scripted);
}

TEST(an_empty_input_is_an_empty_event)
{
   struct scripted_host scripted;
   struct run run;

   scripted_host_init(&scripted);
   run_provider(&run, &scripted, "\n");
   assert_string_equal("{\"id\":\"local-1\",\"event\":{}}\n", run.output);
   assert_int_equal(FAAS_END, run.exit_code);
   scripted_host_clear(&scripted);
}

static void
expect_bad_option(struct scripted_host *scripted, const char *message)
{
   struct run run;

   run_provider(&run, scripted, "");
   assert_int_equal(20, run.exit_code);
   assert_string_equal(message, run.output);
}

TEST(refuses_bad_options)
{
   static const char *const BAD_SIZES[] = {
      "", "0", "-1", "+1", " 1", "1k", "1.5", "1073741825", "99999999999999999999"};
   struct scripted_host scripted;

   scripted_host_init(&scripted);
   for (size_t i = 0; i < sizeof BAD_SIZES / sizeof BAD_SIZES[0]; i++) {
      char message[256];

      snprintf(message,
               sizeof message,
               "Provider.BadOption: option max_event_bytes: expected a whole number from 1 to 1073741824, found '%s'\n",
               BAD_SIZES[i]);
      scripted.max_event_bytes = BAD_SIZES[i];
      expect_bad_option(&scripted, message);
   }
   scripted.max_event_bytes = NULL;
   scripted.faas_env = "heroku";
   expect_bad_option(&scripted,
                     "Provider.BadOption: option faas_env: expected one of aws.lambda, azure.func, gcp.func, vercel, "
                     "none, found 'heroku'\n");
   scripted_host_clear(&scripted);
}

/* The child's stdout is a pipe that nobody reads: input is the event, or the bad event, that it must answer. */
static int
run_without_reader(struct scripted_host *scripted, const char *input)
{
   int to[2];
   int from[2];
   int status;
   pid_t child;

   assert_int_equal(0, pipe(to));
   assert_int_equal(0, pipe(from));
   close(from[0]);
   assert_int_equal((int)strlen(input), (int)write(to[1], input, strlen(input)));
   close(to[1]);
   child = fork();
   assert_true(child >= 0);
   if (child == 0) {
      dup2(to[0], STDIN_FILENO);
      dup2(from[1], STDOUT_FILENO);
      _exit(host_provider(scripted));
   }
   close(to[0]);
   close(from[1]);
   assert_int_equal(child, waitpid(child, &status, 0));
   assert_true(WIFEXITED(status));
   return WEXITSTATUS(status);
}

TEST(stops_when_nobody_reads_the_answers)
{
   struct scripted_host scripted;

   scripted_host_init(&scripted);
   assert_int_equal(10 + FAAS_ERROR, run_without_reader(&scripted, "{}{}"));
   assert_int_equal(FAAS_ERROR, run_without_reader(&scripted, "bad {}"));
   scripted_host_clear(&scripted);
}

TEST(closes_null)
{
   faas_provider_init()->close(NULL);
}
