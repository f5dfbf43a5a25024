#include "json_check.h"

#include "transcript.h"

#include "test_main.h"

enum { NO_CAP = 1 << 20 };

/* A line with the value, or "!Type". */
static void
write_line(FILE *lines, const struct provider_bytes *value, const struct faas_error *error)
{
   if (value != NULL) {
      fprintf(lines, "%.*s\n", (int)value->length, value->bytes);
   } else {
      fprintf(lines, "!%s\n", error->type);
   }
}

/* However the bytes are cut into chunks. */
static void
expect_capped(const char *text, size_t length, size_t cap, const char *transcript)
{
   static const size_t CHUNKS[] = {1, 2, 3, 7, 1 << 20};

   for (size_t i = 0; i < sizeof CHUNKS / sizeof CHUNKS[0]; i++) {
      char *found = transcript_of_stream(text, length, CHUNKS[i], cap, write_line);

      if (strcmp(transcript, found) != 0) {
         fail_msg("%s in chunks of %zu: expected\n%sfound\n%s", text, CHUNKS[i], transcript, found);
      }
      free(found);
   }
}

static void
expect(const char *text, const char *transcript)
{
   expect_capped(text, strlen(text), NO_CAP, transcript);
}

TEST(cuts_values_in_any_layout)
{
   expect("", "");
   expect(" \t\r\n", "");
   expect("{}", "{}\n");
   expect("{}{}\n[] \"x\"1 2\ttrue[]null", "{}\n{}\n[]\n\"x\"\n1\n2\ntrue\n[]\nnull\n");
   expect("  {\"a\":\r1}  ", "{\"a\":\r1}\n");
   expect("\"}\"\"{\"\"\\\"\"", "\"}\"\n\"{\"\n\"\\\"\"\n");
   expect("12", "12\n");
}

TEST(leaves_a_bad_value_at_its_end)
{
   expect("{bad}{}", "!Event.Malformed\n{}\n");
   expect("{\"a\":{b},\"}\":[1,2]}[]", "!Event.Malformed\n[]\n");
   expect("[1,]2", "!Event.Malformed\n2\n");
   expect("[01,{\"a\":\"\\\"]\"}]2", "!Event.Malformed\n2\n");
   expect("\"a\\qb\"1", "!Event.Malformed\n1\n");
   expect("\"\xFF\"1", "!Event.Malformed\n1\n");
   expect("\"\xC3\"1", "!Event.Malformed\n1\n");
   expect("\"\\u12\"1", "!Event.Malformed\n1\n");
   expect("[\"\\q\\\"]\"] 1", "!Event.Malformed\n1\n");
}

TEST(leaves_junk_at_the_next_whitespace)
{
   expect("bad {}", "!Event.Malformed\n{}\n");
   expect("} {}", "!Event.Malformed\n{}\n");
   expect("tru {}", "!Event.Malformed\n{}\n");
   expect("-{} {}", "!Event.Malformed\n{}\n");
   expect("1x2,3\n4", "!Event.Malformed\n4\n");
   expect("a b\nc", "!Event.Malformed\n!Event.Malformed\n!Event.Malformed\n");
}

TEST(leaves_what_does_not_match_at_the_next_line)
{
   expect("[1} {}\n{}", "!Event.Malformed\n{}\n");
   expect("{x [ } ] }\n{}", "!Event.Malformed\n{}\n");
   expect("{\"a: 1}\n{}", "!Event.Malformed\n{}\n");
   expect("\"a\n{}", "!Event.Malformed\n{}\n");
   expect("\"a\\\n{}", "!Event.Malformed\n{}\n");
   expect("{x \"y\n{}", "!Event.Malformed\n{}\n");
}

TEST(leaves_a_line_that_is_not_closed_at_its_end)
{
   expect("{bad\n{}", "!Event.Malformed\n{}\n");
   expect("[[1,\"a\",x\n{}", "!Event.Malformed\n{}\n");
   expect_capped("[1,2,3\n{}", 9, 5, "!Event.TooLarge\n{}\n");
}

TEST(leaves_a_bad_value_of_many_lines_at_its_end)
{
   expect("{\nbad:1,\n\"a\":2\n}\n{}", "!Event.Malformed\n{}\n");
   expect_capped("[\n1,2,\n3,\n4]\n{}", 15, 5, "!Event.TooLarge\n{}\n");
}

TEST(rejects_a_value_the_input_ends_in)
{
   expect("{} {\"a\":", "{}\n!Event.Malformed\n");
   expect("\"abc", "!Event.Malformed\n");
   expect("1.", "!Event.Malformed\n");
   expect("[[1]", "!Event.Malformed\n");
   expect("{bad", "!Event.Malformed\n");
}

static void
expect_words(const char *bytes, size_t length, const char *words)
{
   struct json_stream *stream = json_stream_new(NO_CAP);
   struct provider_bytes text;
   struct faas_error error = {0};
   json_stream_feed(stream, bytes, length);
   assert_int_equal(JSON_STREAM_REJECTED, json_stream_next(stream, &text, &error));
   assert_contains(error.message, words);
   json_stream_destroy(stream);
}

TEST(names_what_an_editor_put_there)
{
   expect_words("\xEF\xBB\xBF{}", 5, "found 0xEF at byte 0 (line 1, column 1): it may be a byte order mark");
   expect_words("\xFF\xFE{\0}\0", 6, "it may be the byte order mark of UTF-16");
   expect_words("{\0}\0", 4, "it may be UTF-16");
   expect_words("{\xE2\x80\x9C", 4, "it may be a typographic quote");
   expect_words("{\xC2\xA0}", 4, "it may be a no-break space");
   expect_words("\"\xFF\"", 3, "found 0xFF at byte 1 (line 1, column 2); events are");
}

TEST(rejects_nul_bytes)
{
   expect_capped("\0\0\0\0 1", 6, NO_CAP, "!Event.Malformed\n1\n");
   expect_capped("{\0}1", 4, NO_CAP, "!Event.Malformed\n1\n");
   expect_capped("\"\0\"1", 4, NO_CAP, "!Event.Malformed\n1\n");
   expect_capped("1\0002 3", 5, NO_CAP, "!Event.Malformed\n3\n");
}

TEST(takes_no_more_than_the_cap)
{
   expect_capped("[1,2]", 5, 5, "[1,2]\n");
   expect_capped("[1,2] ", 6, 5, "[1,2]\n");
   expect_capped("[1, 2]{}", 8, 5, "!Event.TooLarge\n{}\n");
   expect_capped("12345 1", 7, 5, "12345\n1\n");
   expect_capped("123456 1", 8, 5, "!Event.TooLarge\n1\n");
   expect_capped("[1,[2,{\"]\":3}]]{}", 17, 5, "!Event.TooLarge\n{}\n");
   expect_capped("\"abcd\"1", 7, 5, "!Event.TooLarge\n1\n");
   expect_capped("\"abc\\\"d\"1", 9, 5, "!Event.TooLarge\n1\n");
   expect_capped("\"abcd\\\"e\"1", 10, 5, "!Event.TooLarge\n1\n");
   expect_capped("[1,22}\n1", 8, 5, "!Event.Malformed\n1\n");
   expect_capped("1 2", 3, 1, "1\n2\n");
   expect_capped("123\n", 4, 3, "123\n");
}

TEST(follows_a_value_too_deep_to_its_end)
{
   enum { DEPTH = 1500 };
   char text[2 * DEPTH + 3];

   memset(text, '[', DEPTH);
   memset(text + DEPTH, ']', DEPTH);
   memcpy(text + 2 * DEPTH, "{}", 3);
   expect(text, "!Event.TooDeep\n{}\n");
   memset(text + JSON_MAX_DEPTH, '{', DEPTH - JSON_MAX_DEPTH);
   memset(text + DEPTH, '}', DEPTH - JSON_MAX_DEPTH);
   expect(text, "!Event.TooDeep\n{}\n");
   text[DEPTH] = '\n';
   memcpy(text + DEPTH + 1, "{}", 3);
   expect(text, "!Event.TooDeep\n{}\n");
}

TEST(is_told_too_deep_at_the_cap)
{
   char text[JSON_MAX_DEPTH + 4];

   memset(text, '[', JSON_MAX_DEPTH + 1);
   memcpy(text + JSON_MAX_DEPTH + 1, "\n1", 3);
   expect_capped(text, JSON_MAX_DEPTH + 3, JSON_MAX_DEPTH, "!Event.TooDeep\n1\n");
}

TEST(holds_a_value_of_the_largest_size)
{
   enum { CAP = 70000 };
   char *text = malloc(CAP + 2);

   assert_non_null(text);
   memset(text, 'a', CAP);
   text[0] = text[CAP - 1] = '"';
   text[CAP] = '\n';
   text[CAP + 1] = '\0';
   expect_capped(text, CAP, CAP, text);
   expect_capped(text, CAP, CAP - 1, "!Event.TooLarge\n");
   free(text);
}

TEST(says_where_it_found_what)
{
   struct json_stream *stream = json_stream_new(NO_CAP);
   struct provider_bytes text;
   struct faas_error error;

   assert_non_null(stream);
   json_stream_feed(stream, "{}\n [1", 6);
   assert_int_equal(JSON_STREAM_VALUE, json_stream_next(stream, &text, &error));
   assert_int_equal(JSON_STREAM_HUNGRY, json_stream_next(stream, &text, &error));
   json_stream_feed(stream, ",\n  x]", 6);
   assert_int_equal(JSON_STREAM_REJECTED, json_stream_next(stream, &text, &error));
   assert_string_equal("Event.Malformed", error.type);
   assert_contains(error.message, "expected a JSON value, found 'x' at byte 10 (line 3, column 3);");
   assert_int_equal(JSON_STREAM_HUNGRY, json_stream_next(stream, &text, &error));
   json_stream_feed(stream, " [1", 3);
   assert_int_equal(JSON_STREAM_HUNGRY, json_stream_next(stream, &text, &error));
   json_stream_finish(stream);
   assert_int_equal(JSON_STREAM_REJECTED, json_stream_next(stream, &text, &error));
   assert_contains(error.message,
                   "expected ',' or ']', found the end of the input at byte 15; complete the event that begins "
                   "at byte 13 (line 3, column 6)");
   assert_int_equal(JSON_STREAM_END, json_stream_next(stream, &text, &error));
   assert_int_equal(JSON_STREAM_END, json_stream_next(stream, &text, &error));
   json_stream_destroy(stream);
}

TEST(destroys_null)
{
   json_stream_destroy(NULL);
}
