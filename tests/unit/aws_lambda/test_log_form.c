#include "log_form.h"

#include "test_main.h"

#include <cjson/cJSON.h>

enum { LINE_SIZE = 5119 }; /* as the harness passes it */

static const struct log_form TEXT = {.level = FAAS_LOG_INFO};
static const struct log_form JSON = {.json = true, .level = FAAS_LOG_INFO};

static struct faas_log_record
record_of(const char *message)
{
   return (struct faas_log_record){.size = sizeof(struct faas_log_record),
                                   .level = FAAS_LOG_WARNING,
                                   .unix_us = 1700000000123456,
                                   .source = "libmongoc",
                                   .message = message};
}

TEST(reads_the_two_variables)
{
   assert_false(log_form_of(NULL, NULL).json);
   assert_false(log_form_of("Text", NULL).json);
   assert_false(log_form_of("xml", NULL).json);
   assert_true(log_form_of("JSON", NULL).json);
   assert_true(log_form_of("json", NULL).json);
   assert_int_equal(FAAS_LOG_INFO, log_form_of(NULL, NULL).level);
   assert_int_equal(FAAS_LOG_INFO, log_form_of(NULL, "").level);
   assert_int_equal(FAAS_LOG_INFO, log_form_of(NULL, "loud").level);
   assert_int_equal(FAAS_LOG_DEBUG, log_form_of(NULL, "TRACE").level);
   assert_int_equal(FAAS_LOG_DEBUG, log_form_of(NULL, "debug").level);
   assert_int_equal(FAAS_LOG_WARNING, log_form_of(NULL, "WARN").level);
   assert_int_equal(FAAS_LOG_ERROR, log_form_of(NULL, "ERROR").level);
   assert_false(log_form_of(NULL, "ERROR").silent);
   assert_true(log_form_of(NULL, "FATAL").silent);
}

TEST(text_lines)
{
   struct faas_log_record record = record_of("a message");
   char line[LINE_SIZE];

   assert_int_equal(strlen("2023-11-14T22:13:20.123Z\tid\tWARN\tlibmongoc: a message"),
                    log_form_line(&TEXT, "id", &record, line, sizeof line));
   assert_string_equal("2023-11-14T22:13:20.123Z\tid\tWARN\tlibmongoc: a message", line);
   (void)log_form_line(&TEXT, "", &record, line, sizeof line);
   assert_string_equal("2023-11-14T22:13:20.123Z\t-\tWARN\tlibmongoc: a message", line);
}

TEST(json_lines)
{
   struct faas_log_record record = record_of("a \"message\"\\\t\x01 \xc3\xbc");
   char line[LINE_SIZE];

   (void)log_form_line(&JSON, "id", &record, line, sizeof line);
   assert_string_equal("{\"timestamp\":\"2023-11-14T22:13:20.123Z\",\"level\":\"WARN\",\"requestId\":\"id\","
                       "\"logger\":\"libmongoc\",\"message\":\"a \\\"message\\\"\\\\\\u0009\\u0001 \xc3\xbc\"}",
                       line);
   (void)log_form_line(&JSON, "", &record, line, sizeof line);
   assert_null(strstr(line, "requestId"));
}

TEST(levels_are_filtered)
{
   static const char *const names[] = {"DEBUG", "INFO", "WARN", "ERROR"};
   char line[LINE_SIZE];

   for (int threshold = FAAS_LOG_DEBUG; threshold <= FAAS_LOG_ERROR; threshold++) {
      for (int level = FAAS_LOG_DEBUG; level <= FAAS_LOG_ERROR; level++) {
         struct log_form form = {.level = (enum faas_log_level)threshold};
         struct faas_log_record record = record_of("a message");

         record.level = (enum faas_log_level)level;
         assert_int_equal(level >= threshold, log_form_line(&form, "", &record, line, sizeof line) > 0);
         if (level >= threshold) {
            assert_contains(line, names[level]);
         }
         form.silent = true;
         assert_int_equal(0, (int)log_form_line(&form, "", &record, line, sizeof line));
      }
   }
}

/* Of every sufficient size, with characters of one to six bytes. */
TEST(cut_lines_are_good_lines)
{
   static const char *const pieces[] = {"x", "\"", "\x01", "\xc3\xbc", "\xf0\x9d\x84\x9e", "x\xe2\x82\xac"};
   static char text[12000];
   char id[256];

   for (size_t piece = 0; piece < sizeof pieces / sizeof pieces[0]; piece++) {
      text[0] = '\0';
      while (strlen(text) + 8 < sizeof text) {
         for (size_t i = 0; i < 50 && strlen(text) + 8 < sizeof text; i++) {
            strcat(text, pieces[piece]);
         }
      }
      memset(id, '"', sizeof id);
      id[255] = '\0';
      for (size_t size = 512; size < 800; size++) {
         struct faas_log_record record = record_of(text);
         char *line = malloc(size);
         cJSON *parsed;
         size_t length;

         assert_non_null(line);
         record.source = text;
         length = log_form_line(&JSON, id, &record, line, size);
         assert_true(length > 0 && length < size && strlen(line) == length);
         parsed = cJSON_Parse(line);
         assert_non_null(parsed);
         assert_int_equal(5, cJSON_GetArraySize(parsed));
         assert_true(cJSON_IsString(cJSON_GetObjectItem(parsed, "message")));
         cJSON_Delete(parsed);
         length = log_form_line(&TEXT, id, &record, line, size);
         assert_true(length > 0 && length < size);
         free(line);
      }
   }
}

TEST(lines_too_short_for_anything_are_left_out)
{
   struct faas_log_record record = record_of("a message");
   char line[511];

   assert_int_equal(0, (int)log_form_line(&JSON, "id", &record, line, sizeof line));
   assert_int_equal(0, (int)log_form_line(&TEXT, "id", &record, line, 0));
}
