#include "first_words.h"

#include "test_main.h"

/* In memory of exactly these bytes, so that a sanitizer sees any read beyond them. */
static bool
are_foreign(const char *bytes, size_t length, char *text)
{
   char *exact = malloc(length == 0 ? 1 : length);
   assert_non_null(exact);
   memcpy(exact, bytes, length);
   bool foreign = first_words_are_foreign(exact, length, text, FIRST_WORDS_TEXT_MAX);
   free(exact);
   return foreign;
}

static void
expect_words(const char *words, const char *bytes, size_t length)
{
   char text[FIRST_WORDS_TEXT_MAX] = "";
   assert_true(are_foreign(bytes, length, text));
   assert_string_equal(words, text);
}

TEST(names_other_servers)
{
   expect_words("an HTTP server (HTTP/1.1 400 Bad Request)", "HTTP/1.1 400 Bad Request\r\nX: y", 31);
   expect_words("an HTTP server (HTTP/)", "HTTP/", 5);
   expect_words("an SSH server (SSH-2.0-x)", "SSH-2.0-x\r\n", 11);
   expect_words("a mail or FTP server (220 here)", "220 here\n", 9);
   expect_words("a Redis server (-ERR no)", "-ERR no\r\n", 9);
   expect_words("a server that speaks TLS (the URI needs tls=true)", "\x15\x03\x03", 3);
   expect_words("a server that does not speak MongoDB's wire protocol", "0123456789abcdef", 16);
}

TEST(shows_one_line_of_text)
{
   expect_words("an HTTP server (HTTP/ ?\?\?)", "HTTP/\x1b\0\xff\xc3", 9);
   char text[FIRST_WORDS_TEXT_MAX] = "";
   char longest[400];
   memset(longest, 'x', sizeof longest);
   memcpy(longest, "HTTP/", 5);
   assert_true(are_foreign(longest, sizeof longest, text));
   assert_int_equal(strlen("an HTTP server ()") + 60, strlen(text));
}

TEST(leaves_replies_and_what_is_too_short)
{
   char text[FIRST_WORDS_TEXT_MAX] = "";
   const char opcodes[][4] = {{1, 0, 0, 0}, {(char)0xdc, 7, 0, 0}, {(char)0xdd, 7, 0, 0}};
   for (size_t i = 0; i < 3; i++) {
      char header[16] = {16};
      memcpy(header + 12, opcodes[i], 4);
      for (size_t length = 0; length <= sizeof header; length++) {
         assert_false(are_foreign(header, length, text));
      }
   }
   assert_false(are_foreign("0123456789abcde", 15, text));
   assert_false(are_foreign("HTTP", 4, text));
   assert_string_equal("", text);
}
