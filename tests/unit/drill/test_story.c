/* Failures are grouped by what came over the wire. */
#include "clock.h"
#include "story.h"
#include "test_main.h"

static char text[512];

static const char *
told(struct witness *witness)
{
   story_tell(witness, 0, clock_now_us(), TEXT_OUT(text));
   return text;
}

static size_t
send(struct witness *witness, const char *name)
{
   struct witness_command command = {.connection = WITNESS_NONE};
   strcpy(command.name, name);
   return witness_command_began(witness, &command);
}

TEST(a_story_is_what_came)
{
   struct witness *witness = witness_new();
   assert_string_equal("no command reached a member, no hello came", told(witness));
   witness_refused(witness, 0, 27017, 40000);
   assert_string_equal("no command reached a member, connections to a member that was down, no hello came",
                       told(witness));
   witness_destroy(witness);
   witness = witness_new();
   size_t insert = send(witness, "insert");
   assert_string_equal("insert sent once, without a reply, no hello came", told(witness));
   const struct witness_reply refused = {.outcome = WITNESS_ERROR, .error_code = 91, .error_name = "Shutdown"};
   witness_command_ended(witness, insert, &refused);
   assert_string_equal("insert sent once, refused (91 Shutdown), no hello came", told(witness));
   const struct witness_reply good = {.outcome = WITNESS_OK, .n = 1};
   witness_command_ended(witness, send(witness, "insert"), &good);
   (void)witness_hello_began(witness, WITNESS_NONE, WITNESS_PLAIN);
   assert_string_equal("insert sent again, answered, hellos came", told(witness));
   (void)send(witness, "delete");
   assert_string_equal("delete sent once, without a reply, hellos came", told(witness));
   int64_t now_us = clock_now_us();
   story_tell(witness, now_us + 1000000, now_us + 2000000, TEXT_OUT(text));
   assert_string_equal("no command reached a member, no hello came", text);
   witness_destroy(witness);
}

TEST(equal_ones_are_one_group)
{
   struct stories stories = {.tried = 8};
   stories_add(&stories, "a");
   stories_add(&stories, "b");
   stories_add(&stories, "a");
   stories_tell(&stories, TEXT_OUT(text));
   assert_string_equal("3 of 8 failed. 2 times: a. Once: b.", text);
}

TEST(there_are_bounds)
{
   struct stories stories = {.tried = 40};
   for (int i = 0; i < 40; i++) {
      char name[STORY_MAX];
      snprintf(name, sizeof name, "story %d", i);
      stories_add(&stories, name);
   }
   assert_int_equal(STORIES_MAX, (int)stories.group_count);
   assert_int_equal(25, (int)stories.groups[STORIES_MAX - 1].count);
   char small[40];
   stories_tell(&stories, TEXT_OUT(small));
   assert_int_equal(39, (int)strlen(small));
}
