#include "utf8.h"

#include "test_main.h"

static void
expect_repaired(const char *expected, const char *text)
{
   char copy[64];

   strcpy(copy, text);
   utf8_repair(copy);
   assert_string_equal(expected, copy);
   assert_int_equal(strlen(copy), utf8_valid(copy, strlen(copy)));
}

TEST(leaves_what_is_good)
{
   expect_repaired("", "");
   expect_repaired("text \x01\x7f", "text \x01\x7f");
   expect_repaired(
      "\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf",
      "\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf");
}

TEST(appends_whole_characters)
{
   char text[6] = "";
   utf8_append(text, sizeof text, "abc");
   assert_string_equal("abc", text);
   utf8_append(text, sizeof text, "\xe2\x82\xac");
   assert_string_equal("abc", text);
   utf8_append(text, sizeof text, "\xc3\xa4!");
   assert_string_equal("abc\xc3\xa4", text);
   utf8_append(text, sizeof text, "!");
   assert_string_equal("abc\xc3\xa4", text);
}

TEST(repairs_what_is_not)
{
   expect_repaired("?", "\x80");
   expect_repaired("a?b",
                   "a\xff"
                   "b");
   expect_repaired("?(", "\xc3(");
   expect_repaired("?", "\xc3");
   expect_repaired("??", "\xe2\x82");
   expect_repaired("???", "\xf0\x9d\x84");
   expect_repaired("??", "\xc0\xaf");           /* too long a form */
   expect_repaired("???", "\xe0\x80\xaf");      /* too long a form */
   expect_repaired("????", "\xf0\x80\x80\xaf"); /* too long a form */
   expect_repaired("???", "\xed\xa0\x80");      /* a surrogate */
   expect_repaired("????", "\xf4\x90\x80\x80"); /* beyond the last code point */
   expect_repaired("????", "\xf5\x80\x80\x80");
   expect_repaired("\xc3\xbc?\xc3\xbc", "\xc3\xbc\xfe\xc3\xbc");
}

TEST(finds_where_it_ends)
{
   assert_int_equal(2, (int)utf8_valid("\xc3\xbc\xc3\xbc", 3));
   assert_int_equal(4, (int)utf8_valid("\xc3\xbc\xc3\xbc", 4));
   assert_int_equal(0, (int)utf8_valid("\xf0\x9d\x84\x9e", 3));
   assert_int_equal(3, (int)utf8_valid("a\0b", 3));
   assert_int_equal(0, (int)utf8_valid("", 0));
}

TEST(makes_one_line)
{
   char text[] = "two\nlines\tand\x7f\xff\xc3";
   utf8_make_one_line(text);
   assert_string_equal(text, "two lines and ??");
}
