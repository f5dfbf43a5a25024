/* The provider's callbacks with a Runtime API of canned answers: what the harness gets for an invocation is not visible
 * from outside. */
#include "canned_api.h"
#include "scripted_host.h"

#include "test_main.h"

const struct faas_provider *faas_provider_init(void);

static const struct faas_provider *provider;
static struct scripted_host scripted;
static struct canned_api api;
static struct faas_invocation invocation;
static struct faas_error error;
static void *lambda;

BEFORE_EACH(set_up)
{
   provider = faas_provider_init();
   scripted_host_init(&scripted);
   invocation = (struct faas_invocation){.size = sizeof invocation};
}

AFTER_EACH(tear_down)
{
   scripted_host_clear(&scripted);
}

static void
open_with(const char *const *answers)
{
   canned_api_start(&api, answers);
   setenv("AWS_LAMBDA_RUNTIME_API", api.address, 1);
   assert_int_equal(FAAS_OK, provider->open(&scripted.host, &lambda, &error));
}

static const char *
attribute(const char *name)
{
   for (size_t i = 0; i < invocation.attribute_count; i++) {
      if (strcmp(invocation.attributes[i].name, name) == 0) {
         return invocation.attributes[i].value;
      }
   }
   return "(none)";
}

static const char *
trace_id(void)
{
   const char *value = getenv("_X_AMZN_TRACE_ID");

   return value == NULL ? "(unset)" : value;
}

TEST(hands_out_all_that_is_known)
{
   static const char *const answers[] = {CANNED_HEAD "Lambda-Runtime-Deadline-Ms: 1542409706888\r\n"
                                                     "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda\r\n"
                                                     "Lambda-Runtime-Trace-Id: Root=1-5bef4de7;Sampled=1\r\n"
                                                     "Lambda-Runtime-Client-Context: {\"client\":1}\r\n"
                                                     "Lambda-Runtime-Cognito-Identity: {\"identityId\":2}\r\n"
                                                     "Content-Length: 5\r\n\r\n[1,2]",
                                         CANNED_ACCEPTED,
                                         CANNED_HEAD "Content-Length: 0\r\n\r\n",
                                         CANNED_ACCEPTED,
                                         NULL};
   open_with(answers);
   assert_string_equal("", trace_id());

   assert_int_equal(FAAS_OK, provider->next(lambda, &invocation, &error));
   assert_string_equal("id-1", invocation.id);
   assert_true(invocation.deadline_unix_ms == 1542409706888);
   assert_int_equal(5, (int)invocation.payload_length);
   assert_memory_equal("[1,2]", invocation.payload, 5);
   assert_int_equal(4, (int)invocation.attribute_count);
   assert_string_equal("arn:aws:lambda", attribute("function_arn"));
   assert_string_equal("Root=1-5bef4de7;Sampled=1", attribute("trace_id"));
   assert_string_equal("{\"client\":1}", attribute("client_context"));
   assert_string_equal("{\"identityId\":2}", attribute("cognito_identity"));
   assert_string_equal("Root=1-5bef4de7;Sampled=1", trace_id());
   assert_int_equal(FAAS_OK, provider->respond(lambda, &invocation, "{}", 2, &error));
   assert_string_equal("Root=1-5bef4de7;Sampled=1", trace_id());

   /* Nothing is left over from the previous one. */
   assert_int_equal(FAAS_OK, provider->next(lambda, &invocation, &error));
   assert_string_equal("", trace_id());
   assert_int_equal(0, (int)invocation.attribute_count);
   assert_int_equal(0, (int)invocation.payload_length);
   assert_true(invocation.deadline_unix_ms == FAAS_NO_DEADLINE);
   struct faas_failure failure = {.size = sizeof failure, .type = "A.B", .message = "why"};
   assert_int_equal(FAAS_OK, (provider->fail)(lambda, &invocation, &failure, &error));

   /* After a stop it asks for no more events: nobody would answer them. */
   scripted_host_stop(&scripted);
   assert_int_equal(FAAS_END, provider->next(lambda, &invocation, &error));
   provider->close(lambda);
   assert_string_equal("(unset)", trace_id());
   canned_api_join(&api);
}

TEST(cuts_a_trace_id_that_is_too_long)
{
   static char first[4096];
   const char *const answers[] = {first, NULL};
   (void)snprintf(first, sizeof first, CANNED_HEAD "Lambda-Runtime-Trace-Id: %02000d\r\nContent-Length: 0\r\n\r\n", 0);
   open_with(answers);
   assert_int_equal(FAAS_OK, provider->next(lambda, &invocation, &error));
   assert_int_equal(2000, (int)strlen(attribute("trace_id")));
   assert_int_equal(1024, (int)strlen(trace_id()));
   provider->close(lambda);
   canned_api_join(&api);
}

/* Several invocations at once, to which one variable cannot belong. */
TEST(sets_no_trace_id_for_several)
{
   static const char *const answers[] = {CANNED_HEAD "Lambda-Runtime-Trace-Id: Root=1\r\n"
                                                     "Lambda-Runtime-Aws-Tenant-Id: blue\r\n"
                                                     "Content-Length: 0\r\n\r\n",
                                         NULL};
   setenv("AWS_LAMBDA_MAX_CONCURRENCY", "2", 1);
   open_with(answers);
   unsetenv("AWS_LAMBDA_MAX_CONCURRENCY");
   assert_int_equal(FAAS_OK, provider->next(lambda, &invocation, &error));
   assert_string_equal("blue", attribute("tenant_id"));
   assert_string_equal("Root=1", attribute("trace_id"));
   assert_string_equal("(unset)", trace_id());
   provider->close(lambda);
   canned_api_join(&api);
}
