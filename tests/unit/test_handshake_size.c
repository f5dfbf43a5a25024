/* handshake_size: what had to be left out, and what did not. Sizes are those of libmongoc 2.5.7 of Debian forky. */
#include "handshake_size.h"

#include "test_main.h"

/* Lambda: name 21 bytes, region 22, memory_mb 14; env has 31 with its name alone. */
static const struct handshake_env lambda = {
   .name = "aws.lambda",
   .bytes = {[HANDSHAKE_ENV_NAME] = 21, [HANDSHAKE_ENV_REGION] = 22, [HANDSHAKE_ENV_MEMORY_MB] = 14}};

static const struct handshake_parts plain = {
   .bytes = 490, .has_os = true, .platform_bytes = 365, .has = {[HANDSHAKE_ENV_NAME] = true}};

static struct handshake_size size;

static void
judge(const struct handshake_parts *sent, const struct handshake_parts *other, const struct handshake_env *env)
{
   handshake_size_judge(&size, sent, other, env);
}

static void
expect_left_out(const char *expected)
{
   char text[200];
   handshake_left_out_text(&size, text, sizeof text);
   assert_string_equal(text, expected);
}

static void
expect_missing(const char *expected)
{
   char text[200];
   handshake_missing_text(&size, text, sizeof text);
   assert_string_equal(text, expected);
}

TEST(env_that_does_not_fit_is_explained)
{
   struct handshake_parts sent = {.bytes = 489, .has_os = true, .has_application = true, .platform_bytes = 365};
   judge(&sent, NULL, &lambda);
   assert_true(size.env_missing && size.exact && size.has_application);
   assert_int_equal((int)size.bytes, 489);
   assert_int_equal((int)size.bytes_needed, 520);
   expect_left_out("env, os except its type");
}

/* Exactly at the limit. */
TEST(env_that_would_fit_is_not)
{
   struct handshake_parts sent = {.bytes = 512 - 31, .has_os = true};
   judge(&sent, &sent, &lambda);
   assert_true(size.env_missing);
   assert_int_equal((int)size.bytes_needed, 512);
   expect_left_out("");
   sent.bytes++;
   judge(&sent, &sent, &lambda);
   assert_int_equal((int)size.bytes_needed, 513);
   expect_left_out("env, os except its type");
}

/* Fields of os go first: 60 bytes of them leave room for an env. */
TEST(os_is_to_be_left_out_before_env)
{
   struct handshake_parts sent = {.bytes = 500, .has_os = true, .os_bytes = 60};
   judge(&sent, &sent, &lambda);
   assert_int_equal((int)size.bytes_needed, 471);
   expect_left_out("");
   sent.os_bytes = 10;
   judge(&sent, &sent, &lambda);
   assert_int_equal((int)size.bytes_needed, 521);
   expect_left_out("env");
}

/* A long appName also cuts the end of platform: by how much, a document without one shows. */
TEST(platform_that_was_cut_counts_in_full)
{
   struct handshake_parts sent = {.bytes = 321, .has_os = true, .has_application = true, .platform_bytes = 70};
   judge(&sent, &plain, &lambda);
   assert_true(size.exact);
   assert_int_equal((int)size.bytes_needed, 321 + 295 + 31);
   expect_left_out("env, os except its type, the end of platform");
}

/* If the build's flags never fit: os would, but is missing nevertheless. */
TEST(platform_that_is_always_cut_is_inferred)
{
   struct handshake_parts sent = {.bytes = 194, .has_os = true, .platform_bytes = 70};
   judge(&sent, &sent, &lambda);
   assert_false(size.exact);
   assert_int_equal((int)size.bytes_needed, 513);
   expect_left_out("env, os except its type, the end of platform");
   judge(&sent, NULL, &lambda);
   expect_left_out("env, os except its type, the end of platform");
   /* In this one os itself may not have fitted, unless the order shows that platform was shortened after it. */
   sent.bytes = 459;
   judge(&sent, &sent, &lambda);
   assert_int_equal((int)size.bytes_needed, 490);
   expect_left_out("");
   sent.platform_after_os = true;
   judge(&sent, &sent, &lambda);
   assert_int_equal((int)size.bytes_needed, 513);
   expect_left_out("env, os except its type, the end of platform");
   /* As in a document of which nothing was left out. */
   sent.os_bytes = 60;
   judge(&sent, &sent, &lambda);
   expect_left_out("");
}

TEST(fields_of_env_that_do_not_fit_are_told)
{
   judge(&plain, NULL, &lambda);
   assert_false(size.env_missing || size.exact);
   assert_int_equal((int)size.bytes_needed, 526);
   expect_left_out("env.memory_mb, env.region, os except its type");
   expect_missing("");

   /* The specification's prose test 6: a region of 512 letters. */
   struct handshake_env long_region = lambda;
   long_region.bytes[HANDSHAKE_ENV_REGION] = 525;
   struct handshake_parts sent = {.bytes = 250, .has_os = true, .os_bytes = 60, .has = {[HANDSHAKE_ENV_NAME] = true}};
   judge(&sent, NULL, &long_region);
   assert_true(size.exact);
   assert_int_equal((int)size.bytes_needed, 789);
   expect_left_out("env.memory_mb, env.region");

   struct handshake_env container = lambda;
   container.bytes[HANDSHAKE_ENV_CONTAINER] = 45;
   sent.bytes = 470;
   judge(&sent, NULL, &container);
   expect_left_out("env.memory_mb, env.region, env.container");
}

/* They are left out, but not because of the document's size. */
TEST(fields_of_env_that_would_fit_are_not_said_to_be_too_long)
{
   struct handshake_parts sent = {.bytes = 300, .has_os = true, .os_bytes = 60, .has = {[HANDSHAKE_ENV_NAME] = true}};
   judge(&sent, NULL, &lambda);
   assert_int_equal((int)size.bytes_needed, 0);
   expect_left_out("");
   expect_missing("env.memory_mb, env.region");
   sent.has[HANDSHAKE_ENV_REGION] = true;
   sent.container_outside_env = true;
   judge(&sent, NULL, &lambda);
   expect_missing("env.memory_mb");
   assert_true(size.container_outside_env);
}

TEST(nothing_is_missing_where_nothing_is_expected)
{
   const struct handshake_env none = {.name = ""};
   struct handshake_parts sent = {.bytes = 459, .has_os = true, .platform_bytes = 365};
   judge(&sent, NULL, &none);
   assert_false(size.env_missing);
   assert_int_equal((int)size.bytes, 459);
   assert_int_equal((int)size.bytes_needed, 0);
   expect_left_out("");
}

TEST(text_is_cut_to_its_room)
{
   judge(&plain, NULL, &lambda);
   char text[12];
   handshake_left_out_text(&size, text, sizeof text);
   assert_string_equal(text, "env.memory_");
   handshake_left_out_text(&size, text, 1);
   assert_string_equal(text, "");
}
