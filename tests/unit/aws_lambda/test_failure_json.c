#include "failure_json.h"

#include "test_main.h"

#include <cjson/cJSON.h>

/* Compares the message; the type and the form are always the same. */
static void
expect_message(const char *expected, const char *message, const char *report, size_t length)
{
   char *text = failure_json_make("Category.Reason", message, report, length);
   cJSON *failure = cJSON_Parse(text);

   assert_non_null(failure);
   assert_int_equal(3, cJSON_GetArraySize(failure));
   assert_string_equal(expected, cJSON_GetStringValue(cJSON_GetObjectItem(failure, "errorMessage")));
   assert_string_equal("Category.Reason", cJSON_GetStringValue(cJSON_GetObjectItem(failure, "errorType")));
   assert_true(cJSON_IsArray(cJSON_GetObjectItem(failure, "stackTrace")));
   assert_int_equal(0, cJSON_GetArraySize(cJSON_GetObjectItem(failure, "stackTrace")));
   cJSON_Delete(failure);
   free(text);
}

TEST(message_alone)
{
   expect_message("expected a, found b", "expected a, found b", NULL, 0);
   expect_message("", "", NULL, 0);
}

TEST(report_follows_the_message)
{
   expect_message("why\n{\"a\":1}", "why", "{\"a\":1}, and no more", 7);
}

TEST(message_is_one_line_of_text)
{
   expect_message("a  b\\\" c?",
                  "a\r\nb\\\"\x01"
                  "c\xff",
                  NULL,
                  0);
}

TEST(report_that_is_too_large_is_left_out)
{
   size_t length = 1024 * 1024 + 1;
   char *report = malloc(length);

   assert_non_null(report);
   memset(report, 'x', length);
   expect_message("why", "why", report, length);
   free(report);
}
