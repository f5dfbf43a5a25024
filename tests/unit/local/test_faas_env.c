#include "faas_env.h"

#include "test_main.h"

static const char *const ALL[] = {
   "AWS_EXECUTION_ENV",
   "AWS_LAMBDA_RUNTIME_API",
   "AWS_REGION",
   "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
   "K_SERVICE",
   "FUNCTION_NAME",
   "FUNCTION_MEMORY_MB",
   "FUNCTION_TIMEOUT_SEC",
   "FUNCTION_REGION",
   "VERCEL",
   "VERCEL_REGION",
   "FUNCTIONS_WORKER_RUNTIME",
};

BEFORE_EACH(without_any)
{
   for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
      unsetenv(ALL[i]);
   }
}

static void
apply(const char *name)
{
   struct faas_error error = {"", ""};

   if (faas_env_apply(name, &error) != FAAS_OK) {
      fail_msg("%s: %s", error.type, error.message);
   }
}

/* names ends with NULL. */
static void
expect_set_are(const char *const *names)
{
   for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
      const char *const *name = names;

      while (*name && strcmp(*name, ALL[i]) != 0) {
         name++;
      }
      if ((getenv(ALL[i]) != NULL) != (*name != NULL)) {
         fail_msg("expected %s to be %s", ALL[i], *name ? "set" : "unset");
      }
   }
}

/* Of all platforms. */
static void
set_every_trigger(void)
{
   setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1", 1);
   setenv("FUNCTIONS_WORKER_RUNTIME", "node", 1);
   setenv("K_SERVICE", "mine", 1);
   setenv("FUNCTION_NAME", "mine", 1);
   setenv("VERCEL", "1", 1);
}

TEST(sets_the_variables_of_each_platform_alone)
{
   static const struct {
      const char *name;
      const char *variables[6];
   } platforms[] = {
      {"aws.lambda", {"AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"}},
      {"azure.func", {"FUNCTIONS_WORKER_RUNTIME"}},
      {"gcp.func", {"K_SERVICE", "FUNCTION_NAME", "FUNCTION_MEMORY_MB", "FUNCTION_TIMEOUT_SEC", "FUNCTION_REGION"}},
      {"vercel", {"VERCEL", "VERCEL_REGION"}},
      {"none", {NULL}},
   };

   for (size_t i = 0; i < sizeof platforms / sizeof platforms[0]; i++) {
      without_any();
      apply(platforms[i].name);
      expect_set_are(platforms[i].variables);
      without_any();
      set_every_trigger();
      apply(platforms[i].name);
      expect_set_are(platforms[i].variables);
   }
   setenv("AWS_EXECUTION_ENV", "AWS_Lambda_java8", 1);
   apply("aws.lambda");
   assert_non_null(getenv("AWS_EXECUTION_ENV"));
   apply("vercel");
   assert_null(getenv("AWS_EXECUTION_ENV"));
   apply("azure.func");
   assert_string_equal("custom", getenv("FUNCTIONS_WORKER_RUNTIME"));
}

TEST(keeps_what_the_user_has_set)
{
   setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1234", 1);
   setenv("AWS_REGION", "eu-central-1", 1);
   setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "", 1);
   apply("aws.lambda");
   assert_string_equal("127.0.0.1:1234", getenv("AWS_LAMBDA_RUNTIME_API"));
   assert_string_equal("eu-central-1", getenv("AWS_REGION"));
   assert_string_not_equal("", getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"));
}

TEST(names_what_is_allowed)
{
   struct faas_error error;

   set_every_trigger();
   assert_int_equal(FAAS_ERROR, faas_env_apply("lambda", &error));
   assert_string_equal("Provider.BadOption", error.type);
   assert_string_equal(
      "option faas_env: expected one of aws.lambda, azure.func, gcp.func, vercel, none, found 'lambda'", error.message);
   assert_non_null(getenv("VERCEL"));
}
