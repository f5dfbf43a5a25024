#include "json_check.h"

#include "test_main.h"

/* 'd' done with everything taken, 'm' more needed, 'x' malformed, 't' too deep, 'n' done before the last byte. */
static char
judge(const char *text, size_t length)
{
   struct json_check check;
   size_t taken;

   json_check_init(&check);
   switch (json_check_feed(&check, text, length, &taken)) {
   case JSON_CHECK_DONE:
      return taken == length ? 'd' : 'n';
   case JSON_CHECK_MALFORMED:
      return 'x';
   case JSON_CHECK_TOO_DEEP:
      return 't';
   case JSON_CHECK_MORE:
   default:
      return json_check_end(&check) == JSON_CHECK_DONE ? 'd' : 'm';
   }
}

static void
expect_all(char verdict, const char *const *texts)
{
   for (; *texts; texts++) {
      if (judge(*texts, strlen(*texts)) != verdict) {
         fail_msg("expected '%c' for %s, found '%c'", verdict, *texts, judge(*texts, strlen(*texts)));
      }
   }
}

TEST(takes_every_kind_of_value)
{
   expect_all('d', (const char *const[]){"{}",      "[]",        "\"\"", "true", "false",   "null",         "[{}]",
                                         "[[],{}]", "{\"a\":1}", "0",    "-0",   "7",       "42",           "-1.5",
                                         "0.0",     "1e5",       "1E+5", "0e-5", "1.25e10", "[0,-1,2.5e3]", NULL});
   expect_all('d',
              (const char *const[]){"{\"a\" : [ 1 , {\"b\":null} ] ,\n\"c\":\"d\"}",
                                    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD834\\uDD1E\"",
                                    "1234567890123456789012345678901234567890",
                                    NULL});
}

TEST(refuses_bad_structure_and_what_only_looks_like_a_number)
{
   expect_all('x',
              (const char *const[]){
                 "01",        "+1",         ".5",   "1.e",      "1.x",  "--1",       "1ee",  "1e+-", "0x1",
                 "1_0",       "[01]",       "[1.]", "[-]",      "[1e]", "1a",        "{a",   "{'a'", "{\"a\" 1",
                 "{\"a\":}",  "{\"a\":1,}", "{,",   "[,",       "[1,]", "[1 2",      "[}",   "{]",   "[1}",
                 "{\"a\":1]", "{1",         "}",    "]",        ",",    ":",         "nul,", "trux", "truee",
                 "[true1]",   "[nullnull]", "NaN",  "Infinity", "/*",   "{\"a\"::1", NULL});
}

TEST(refuses_bad_strings)
{
   expect_all('x', (const char *const[]){"\"a\nb", "\"a\tb", "\"\\q", "\"\\u12g", "\"\\u12\"", "\"\x1f", NULL});
   assert_int_equal('x', judge("\"a\0b\"", 5));
   assert_int_equal('x', judge("\0", 1));
   assert_int_equal('d', judge("\"\x7f\"", 3));
}

TEST(takes_utf8_only)
{
   expect_all('d',
              (const char *const[]){"\"\xC3\xA9\"",
                                    "\"\xE2\x82\xAC\"",
                                    "\"\xF0\x9D\x84\x9E\"",
                                    "\"\xC2\x80\"",
                                    "\"\xDF\xBF\"",
                                    "\"\xE0\xA0\x80\"",
                                    "\"\xED\x9F\xBF\"",
                                    "\"\xEF\xBF\xBF\"",
                                    "\"\xF0\x90\x80\x80\"",
                                    "\"\xF4\x8F\xBF\xBF\"",
                                    NULL});
   expect_all('x',
              (const char *const[]){"\"\x80",
                                    "\"\xBF",
                                    "\"\xC0\xAF",
                                    "\"\xC1\xBF",
                                    "\"\xC3\"",
                                    "\"\xC3\xC3",
                                    "\"\xE0\x9F\xBF",
                                    "\"\xED\xA0\x80",
                                    "\"\xE2\x82\"",
                                    "\"\xF0\x8F\xBF\xBF",
                                    "\"\xF4\x90\x80\x80",
                                    "\"\xF5",
                                    "\"\xFF",
                                    "\xEF\xBB\xBF{}",
                                    NULL});
}

TEST(ends_a_number_or_word_at_what_follows)
{
   expect_all('n', (const char *const[]){"1 ", "1\n", "true{", "null[", "0\"", "2]", "3,", "4:", NULL});
}

TEST(wants_more_of_what_is_not_complete)
{
   expect_all('m', (const char *const[]){"-",    "1.",     "1e",     "1e+",    "{",       "[",        "\"",
                                         "\"\\", "\"\\u1", "\"\xC3", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
                                         "[1",   "[1,",    "[true",  "tru",    "[\"a\"",  NULL});
}

TEST(counts_a_thousand_levels)
{
   char text[2 * JSON_MAX_DEPTH + 2];

   memset(text, '[', JSON_MAX_DEPTH + 1);
   assert_int_equal('t', judge(text, JSON_MAX_DEPTH + 1));
   memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
   assert_int_equal('d', judge(text, 2 * JSON_MAX_DEPTH));
}

TEST(keeps_the_kind_of_every_level)
{
   char text[8 * JSON_MAX_DEPTH];
   size_t length = 0;

   for (unsigned i = 0; i < JSON_MAX_DEPTH / 2; i++) {
      memcpy(text + length, "[{\"a\":", 6);
      length += 6;
   }
   text[length++] = '0';
   for (unsigned i = 0; i < JSON_MAX_DEPTH / 2; i++) {
      memcpy(text + length, "}]", 2);
      length += 2;
   }
   assert_int_equal('d', judge(text, length));
   text[length - 1] = '}';
   assert_int_equal('x', judge(text, length));
}

TEST(says_what_it_expected)
{
   static const char *const cases[][2] = {
      {"{a", "a key in double quotes or '}'"},
      {"{\"a\":1,}", "a key in double quotes"},
      {"{\"a\" 1", "':'"},
      {"{\"a\":1 2", "',' or '}'"},
      {"[1 2", "',' or ']'"},
      {"[1a", "',' or ']'"},
      {"[x", "a JSON value or ']'"},
      {"x", "a JSON value"},
      {"1x", "whitespace or the next value"},
      {"nulx", "true, false or null"},
      {"-x", "a digit"},
      {"\"\\x", "one of \" \\ / b f n r t u after '\\'"},
      {"\"\\ux", "four hexadecimal digits after \\u"},
      {"\"\n", "UTF-8 text without control characters, then '\"'"},
      {"\"\xC3x", "the next byte of a UTF-8 character"},
   };

   for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      struct json_check check;
      size_t taken;

      json_check_init(&check);
      assert_int_equal(JSON_CHECK_MALFORMED, json_check_feed(&check, cases[i][0], strlen(cases[i][0]), &taken));
      assert_int_equal(strlen(cases[i][0]) - 1, taken);
      assert_string_equal(cases[i][1], json_check_expected(&check));
   }
}
