#include "scripted_host.h"

#include "test_main.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exported by local.c. */
const struct faas_provider *faas_provider_init(void);

enum { EVENT_TO_FAIL = 2, EVENT_TO_FAIL_WITHOUT_REPORT = 3 };

static struct scripted_host scripted;
static char output[64 * 1024];

BEFORE_EACH(set_up)
{
   scripted_host_init(&scripted);
}

AFTER_EACH(tear_down)
{
   scripted_host_clear(&scripted);
}

static enum faas_result
answer(const struct faas_provider *provider,
       void *state,
       const struct faas_invocation *invocation,
       unsigned number,
       struct faas_error *error)
{
   char report[256];
   int shown = invocation->payload_length < 200 ? (int)invocation->payload_length : 200;
   int length =
      snprintf(report, sizeof report, "{\"id\":\"%s\",\"event\":%.*s}", invocation->id, shown, invocation->payload);
   struct faas_failure failure = {.size = sizeof failure, .type = "Assertion.Example", .message = "a \"reason\""};

   /* In parentheses, because cmocka has a macro of that name. */
   if (number == EVENT_TO_FAIL) {
      failure.report = report;
      failure.report_length = (size_t)length;
      return (provider->fail)(state, invocation, &failure, error);
   }
   if (number == EVENT_TO_FAIL_WITHOUT_REPORT) {
      return (provider->fail)(state, invocation, &failure, error);
   }
   return provider->respond(state, invocation, report, (size_t)length, error);
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
host_provider(void)
{
   const struct faas_provider *provider = faas_provider_init();
   struct faas_error error;
   void *state = NULL;
   int code = 20;

   signal(SIGPIPE, SIG_IGN);
   if (provider->open(&scripted.host, &state, &error) == FAAS_OK) {
      code = serve(provider, state);
      provider->close(state);
   } else {
      printf("%s: %s\n", error.type, error.message);
      fflush(stdout);
   }
   return code;
}

/* In a child, on its stdin and stdout. Returns the last result of next; 10 + the result of respond or fail; 20: open
 * failed. */
static int
run_provider(const char *input, bool is_read)
{
   int to[2];
   int from[2];
   int status;
   size_t total = 0;
   ssize_t length;

   assert_int_equal(0, pipe(to));
   assert_int_equal(0, pipe(from));
   assert_int_equal((int)strlen(input), (int)write(to[1], input, strlen(input)));
   close(to[1]);
   if (!is_read) {
      close(from[0]);
   }
   pid_t child = fork();
   assert_true(child >= 0);
   if (child == 0) {
      dup2(to[0], STDIN_FILENO);
      dup2(from[1], STDOUT_FILENO);
      _exit(host_provider());
   }
   close(to[0]);
   close(from[1]);
   while (is_read && (length = read(from[0], output + total, sizeof output - 1 - total)) > 0) {
      total += (size_t)length;
   }
   output[total] = '\0';
   if (is_read) {
      close(from[0]);
   }
   assert_int_equal(child, waitpid(child, &status, 0));
   assert_true(WIFEXITED(status));
   return WEXITSTATUS(status);
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
   assert_int_equal(FAAS_END, run_provider("{}[1,\n2]\n\"three\" 4", true));
   assert_string_equal("{\"id\":\"local-1\",\"event\":{}}\n"
                       "{\"id\":\"local-2\",\"event\":[1, 2]}\n"
                       "{\"errorType\":\"Assertion.Example\",\"errorMessage\":\"a \\\"reason\\\"\"}\n"
                       "{\"id\":\"local-4\",\"event\":4}\n",
                       output);
}

TEST(goes_on_after_a_bad_event)
{
   scripted.max_event_bytes = "8";
   assert_int_equal(FAAS_END, run_provider("{bad} [1,2,3,4,5] 6", true));
   assert_int_equal(0, strncmp(output, "{\"errorType\":\"Event.Malformed\",\"errorMessage\":\"expected", 54));
   assert_contains(output, "\n{\"errorType\":\"Event.TooLarge\",\"errorMessage\":\"the event is longer than 8");
   assert_contains(output, "\n{\"id\":\"local-1\",\"event\":6}\n");
}

TEST(an_empty_input_is_an_empty_event)
{
   assert_int_equal(FAAS_END, run_provider("\n", true));
   assert_string_equal("{\"id\":\"local-1\",\"event\":{}}\n", output);
}

TEST(refuses_bad_options)
{
   static const char *const sizes[] = {"", "0", "-1", "+1", " 1", "1k", "1.5", "1073741825", "99999999999999999999"};

   for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
      char message[256];

      snprintf(message,
               sizeof message,
               "Provider.BadOption: option max_event_bytes: expected a whole number from 1 to 1073741824, found '%s'\n",
               sizes[i]);
      scripted.max_event_bytes = sizes[i];
      assert_int_equal(20, run_provider("", true));
      assert_string_equal(message, output);
   }
   scripted.max_event_bytes = NULL;
   scripted.faas_env = "heroku";
   assert_int_equal(20, run_provider("", true));
   assert_string_equal("Provider.BadOption: option faas_env: expected one of aws.lambda, azure.func, gcp.func, vercel, "
                       "none, found 'heroku'\n",
                       output);
}

TEST(stops_when_nobody_reads_the_answers)
{
   assert_int_equal(10 + FAAS_ERROR, run_provider("{}{}", false));
   assert_int_equal(FAAS_ERROR, run_provider("bad {}", false));
}

TEST(closes_null)
{
   faas_provider_init()->close(NULL);
}
