/* The provider's callbacks with a Runtime API of canned answers: what the harness gets for an invocation is not visible
 * from outside. */
#include "scripted_host.h"

#include "test_main.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const struct faas_provider *faas_provider_init(void);

#define HEAD "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-1\r\n"
#define ACCEPTED "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"

/* Answers one request after the other, on one connection. */
struct canned_api {
   const char *const *answers;
   int listener;
   pthread_t thread;
};

static void
read_request(int connection)
{
   char text[4096];
   size_t length = 0;
   const char *end = NULL;
   size_t body = 0;

   while (end == NULL || length < (size_t)(end - text) + 4 + body) {
      ssize_t got = recv(connection, text + length, sizeof text - 1 - length, 0);

      if (got <= 0) {
         return;
      }
      length += (size_t)got;
      text[length] = '\0';
      end = strstr(text, "\r\n\r\n");
      const char *field = strstr(text, "Content-Length: ");
      body = field == NULL ? 0 : strtoul(field + 16, NULL, 10);
   }
}

static void *
serve(void *context)
{
   struct canned_api *api = context;
   int connection = accept(api->listener, NULL, NULL);

   for (size_t i = 0; api->answers[i] != NULL; i++) {
      read_request(connection);
      (void)send(connection, api->answers[i], strlen(api->answers[i]), MSG_NOSIGNAL);
   }
   close(connection);
   return NULL;
}

static void
canned_api_start(struct canned_api *api, const char *const *answers)
{
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   socklen_t length = sizeof address;
   char name[64];

   api->answers = answers;
   api->listener = socket(AF_INET, SOCK_STREAM, 0);
   assert_int_equal(0, bind(api->listener, (struct sockaddr *)&address, sizeof address));
   assert_int_equal(0, listen(api->listener, 1));
   assert_int_equal(0, getsockname(api->listener, (struct sockaddr *)&address, &length));
   (void)snprintf(name, sizeof name, "127.0.0.1:%d", ntohs(address.sin_port));
   setenv("AWS_LAMBDA_RUNTIME_API", name, 1);
   assert_int_equal(0, pthread_create(&api->thread, NULL, serve, api));
}

static void
canned_api_join(struct canned_api *api)
{
   pthread_join(api->thread, NULL);
   close(api->listener);
}

static const char *
attribute(const struct faas_invocation *invocation, const char *name)
{
   for (size_t i = 0; i < invocation->attribute_count; i++) {
      if (strcmp(invocation->attributes[i].name, name) == 0) {
         return invocation->attributes[i].value;
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
   static const char *const answers[] = {HEAD "Lambda-Runtime-Deadline-Ms: 1542409706888\r\n"
                                              "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda\r\n"
                                              "Lambda-Runtime-Trace-Id: Root=1-5bef4de7;Sampled=1\r\n"
                                              "Lambda-Runtime-Client-Context: {\"client\":1}\r\n"
                                              "Lambda-Runtime-Cognito-Identity: {\"identityId\":2}\r\n"
                                              "Content-Length: 5\r\n\r\n[1,2]",
                                         ACCEPTED,
                                         HEAD "Content-Length: 0\r\n\r\n",
                                         ACCEPTED,
                                         NULL};
   const struct faas_provider *provider = faas_provider_init();
   struct faas_invocation invocation = {.size = sizeof invocation};
   struct scripted_host scripted;
   struct faas_error error = {"", ""};
   struct canned_api api;
   void *lambda = NULL;

   scripted_host_init(&scripted);
   canned_api_start(&api, answers);
   assert_int_equal(FAAS_OK, provider->open(&scripted.host, &lambda, &error));
   assert_string_equal("", trace_id());

   assert_int_equal(FAAS_OK, provider->next(lambda, &invocation, &error));
   assert_string_equal("id-1", invocation.id);
   assert_true(invocation.deadline_unix_ms == 1542409706888);
   assert_int_equal(5, (int)invocation.payload_length);
   assert_memory_equal("[1,2]", invocation.payload, 5);
   assert_int_equal(4, (int)invocation.attribute_count);
   assert_string_equal("arn:aws:lambda", attribute(&invocation, "function_arn"));
   assert_string_equal("Root=1-5bef4de7;Sampled=1", attribute(&invocation, "trace_id"));
   assert_string_equal("{\"client\":1}", attribute(&invocation, "client_context"));
   assert_string_equal("{\"identityId\":2}", attribute(&invocation, "cognito_identity"));
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
   scripted_host_clear(&scripted);
}

TEST(cuts_a_trace_id_that_is_too_long)
{
   static char first[4096];
   const char *const answers[] = {first, NULL};
   const struct faas_provider *provider = faas_provider_init();
   struct faas_invocation invocation = {.size = sizeof invocation};
   struct scripted_host scripted;
   struct faas_error error = {"", ""};
   struct canned_api api;
   void *lambda = NULL;

   (void)snprintf(first, sizeof first, HEAD "Lambda-Runtime-Trace-Id: %02000d\r\nContent-Length: 0\r\n\r\n", 0);
   scripted_host_init(&scripted);
   canned_api_start(&api, answers);
   assert_int_equal(FAAS_OK, provider->open(&scripted.host, &lambda, &error));
   assert_int_equal(FAAS_OK, provider->next(lambda, &invocation, &error));
   assert_int_equal(2000, (int)strlen(attribute(&invocation, "trace_id")));
   assert_int_equal(1024, (int)strlen(trace_id()));
   provider->close(lambda);
   canned_api_join(&api);
   scripted_host_clear(&scripted);
}

TEST(opens_only_where_there_is_an_api)
{
   const struct faas_provider *provider = faas_provider_init();
   struct scripted_host scripted;
   struct faas_error error = {"", ""};
   void *lambda = NULL;

   scripted_host_init(&scripted);
   unsetenv("AWS_LAMBDA_RUNTIME_API");
   assert_int_equal(FAAS_ERROR, provider->open(&scripted.host, &lambda, &error));
   assert_string_equal("Provider.BadRuntimeApi", error.type);
   setenv("AWS_LAMBDA_RUNTIME_API", "[::1]:9001", 1);
   assert_int_equal(FAAS_OK, provider->open(&scripted.host, &lambda, &error));
   provider->close(lambda);
   provider->close(NULL);
   scripted_host_clear(&scripted);
}
