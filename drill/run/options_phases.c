#include "options_phases.h"

#include "command_line.h"

#include <string.h>

#define TIMES_MAX 100000

/* Parses one NAME or NAME*TIMES; text is length bytes long. */
static bool
read_step(const char *text, size_t length, struct step *step, struct drill_error *error)
{
   const char *star = memchr(text, '*', length);
   size_t name_length = star == NULL ? length : (size_t)(star - text);
   step->times = 1;
   if (star != NULL) {
      char times[16] = "";
      size_t digits = length - name_length - 1;
      memcpy(times, star + 1, digits < sizeof times ? digits : sizeof times - 1);
      if (!command_line_number(times, 1, TIMES_MAX, &step->times)) {
         return drill_error_false(error,
                                  "--phases: expected a whole number from 1 to %d after *, found \"%s\"",
                                  TIMES_MAX,
                                  command_line_shown(times));
      }
   }
   step->kind = phase_kind_find(text, name_length);
   if (step->kind != NULL) {
      return true;
   }
   char names[200];
   phase_kind_names(names, sizeof names, false);
   return drill_error_false(error,
                            "--phases: no phase \"%.*s\"; choose from %s",
                            (int)(length < 100 ? length : 100),
                            command_line_shown(text),
                            names);
}

bool
options_phases_read(struct options *options, const char *list, struct drill_error *error)
{
   options->step_count = 0;
   for (const char *text = list;; text++) {
      size_t length = strcspn(text, ",");
      if (options->step_count == OPTIONS_STEPS_MAX) {
         return drill_error_false(error, "--phases: more than %d phases", OPTIONS_STEPS_MAX);
      }
      if (!read_step(text, length, &options->steps[options->step_count++], error)) {
         return false;
      }
      text += length;
      if (*text == '\0') {
         return true;
      }
   }
}

void
options_phases_all(struct options *options)
{
   options->step_count = 0;
   for (size_t i = 0; i < phase_kind_count; i++) {
      bool there_too = !phase_kinds[i]->is_lambdas || options->platform->service == NULL;
      if (there_too) {
         options->steps[options->step_count++] = (struct step){.kind = phase_kinds[i], .times = 1};
      }
   }
}
