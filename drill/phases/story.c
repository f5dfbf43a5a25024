#include "story.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool
is_between(int64_t at_us, int64_t from_us, int64_t until_us)
{
   return at_us >= from_us && at_us <= until_us;
}

static const char *
outcome_words(const struct witness_command *command)
{
   return command->outcome == WITNESS_OK      ? "answered"
          : command->outcome == WITNESS_ERROR ? "refused"
                                              : "without a reply";
}

/* The function gave up on the newest command; its earlier attempts have the same name. */
static void
tell_commands(const struct witness_facts *facts, int64_t from_us, int64_t until_us, struct text_out out)
{
   const struct witness_command *last = NULL;
   unsigned sent = 0;
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *command = &facts->commands[i];
      if (!is_between(command->start_us, from_us, until_us)) {
         continue;
      }
      sent = last != NULL && strcmp(last->name, command->name) == 0 ? sent + 1 : 1;
      last = command;
   }
   if (last == NULL) {
      append_text(out, "no command reached a member");
      return;
   }
   append_text(out, "%s sent %s, %s", last->name, sent == 1 ? "once" : "again", outcome_words(last));
   if (last->outcome == WITNESS_ERROR && last->error_name[0] != '\0') {
      append_text(out, " (%d %s)", last->error_code, last->error_name);
   }
}

static void
tell_hellos(const struct witness_facts *facts, int64_t from_us, int64_t until_us, struct text_out out)
{
   unsigned hellos = 0;
   for (size_t i = 0; i < facts->hello_count; i++) {
      hellos += is_between(facts->hellos[i].start_us, from_us, until_us) ? 1 : 0;
   }
   append_text(out, hellos == 0 ? ", no hello came" : ", hellos came");
}

static void
tell_refusals(const struct witness_facts *facts, int64_t from_us, int64_t until_us, struct text_out out)
{
   for (size_t i = 0; i < facts->refusal_count; i++) {
      if (is_between(facts->refusals[i].at_us, from_us, until_us)) {
         append_text(out, ", connections to a member that was down");
         return;
      }
   }
}

void
story_tell(struct witness *witness, int64_t from_us, int64_t until_us, struct text_out out)
{
   struct witness_facts facts;
   out.text[0] = '\0';
   if (witness_facts_init(&facts, witness)) {
      tell_commands(&facts, from_us, until_us, out);
      tell_refusals(&facts, from_us, until_us, out);
      tell_hellos(&facts, from_us, until_us, out);
   }
   witness_facts_clear(&facts);
}

void
stories_add(struct stories *stories, const char *text)
{
   stories->failed++;
   size_t i = 0;
   while (i < stories->group_count && strcmp(stories->groups[i].text, text) != 0) {
      i++;
   }
   if (i == STORIES_MAX) {
      i--;
      snprintf(stories->groups[i].text, STORY_MAX, "others");
   } else if (i == stories->group_count) {
      stories->group_count++;
      snprintf(stories->groups[i].text, STORY_MAX, "%s", text);
   }
   stories->groups[i].count++;
}

void
stories_tell(const struct stories *stories, struct text_out out)
{
   write_text(out, "%u of %u failed.", stories->failed, stories->tried);
   for (size_t i = 0; i < stories->group_count; i++) {
      char times[24] = "Once";
      if (stories->groups[i].count > 1) {
         write_text(TEXT_OUT(times), "%u times", stories->groups[i].count);
      }
      append_text(out, " %s: %s.", times, stories->groups[i].text);
   }
}
