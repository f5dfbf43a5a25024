/* Texts from outside, made safe for JSON, XML and a terminal; durations for people. */
#include "pen.h"
#include "test_main.h"
#include "text.h"

#define LOST "\xef\xbf\xbd"

static void
expect_clean(const char *text, enum text_place place, const char *expected)
{
   char out[TEXT_MAX];
   assert_string_equal(text_clean(out, sizeof out, text, place), expected);
}

TEST(only_utf8_comes_out)
{
   for (enum text_place place = TEXT_JSON; place <= TEXT_TERMINAL; place++) {
      expect_clean("caf\xc3\xa9 \xf0\x9f\x90\x98", place, "caf\xc3\xa9 \xf0\x9f\x90\x98");
      expect_clean("a\xff"
                   "b\xc3",
                   place,
                   "a" LOST "b" LOST);
      expect_clean("\xc0\xaf", place, LOST LOST);          /* overlong */
      expect_clean("\xed\xa0\x80", place, LOST LOST LOST); /* a surrogate */
   }
}

TEST(each_place_has_its_characters)
{
   expect_clean("a\x01\n\x1b", TEXT_JSON, "a\x01\n\x1b");
   expect_clean("a\x01\n\x1b\xef\xbf\xbf", TEXT_XML, "a" LOST "\n" LOST LOST);
   expect_clean("a\x01\n\x1b[2J\t\xc2\x9b", TEXT_TERMINAL, "a" LOST " " LOST "[2J " LOST);
   expect_clean("abc\xe2\x80\xae"
                "def",
                TEXT_TERMINAL,
                "abc" LOST "def"); /* right to left from here */
}

TEST(is_cut_between_characters)
{
   char out[4];
   assert_string_equal(text_clean(out, sizeof out, "a\xf0\x9f\x90\x98", TEXT_JSON), "a");
   char text[32] = "caf\xc3\xa9s are open";
   text_cut(text, sizeof text, 6);
   assert_string_equal(text, "caf\xc3\xa9s\xe2\x80\xa6");
   text_cut(text, sizeof text, 6);
   assert_string_equal(text, "caf\xc3\xa9s\xe2\x80\xa6");
   text_cut(text, sizeof text, 0);
   assert_string_equal(text, "");
}

TEST(width_is_that_of_a_terminal)
{
   assert_int_equal(text_width("caf\xc3\xa9"), 4);
   assert_int_equal(text_width("cafe\xcc\x81"), 4);
   assert_int_equal(text_width("\xe6\xbc\xa2\xe5\xad\x97"), 4);
   assert_int_equal(text_fit("\xe6\xbc\xa2\xe5\xad\x97", 3), 3);
}

TEST(lines_break_at_spaces)
{
   const char *rest;
   assert_int_equal(text_line("one two three", 8, &rest), 7);
   assert_string_equal(rest, "three");
   assert_int_equal(text_line("unbreakable", 5, &rest), 5);
   assert_string_equal(rest, "akable");
   assert_int_equal(text_line("fits", 4, &rest), 4);
   assert_null(rest);
   assert_int_equal(text_line("", 4, &rest), 0);
   assert_null(rest);
}

static void
expect_duration(double ms, const char *expected)
{
   char text[PEN_DURATION];
   assert_string_equal(pen_duration(text, ms), expected);
}

TEST(durations_for_a_person)
{
   expect_duration(-1, "–");
   expect_duration(0, "0 ms");
   expect_duration(8.26, "8.3 ms");
   expect_duration(9.96, "10 ms");
   expect_duration(999.4, "999 ms");
   expect_duration(999.6, "1.00 s");
   expect_duration(5037.75, "5.04 s");
   expect_duration(60012.5, "60.0 s");
   expect_duration(99960, "1 min 40 s");
   expect_duration(252000, "4 min 12 s");
}
