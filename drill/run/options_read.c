#include "options_read.h"

#include "command_line.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

bool
options_read_number(
   const char *option, const char *text, unsigned least, unsigned most, unsigned *number, struct drill_error *error)
{
   char *end = NULL;
   errno = 0;
   long value = strtol(text, &end, 10);
   if (errno != 0 || end == text || *end != '\0' || value < (long)least || value > (long)most) {
      drill_error_set(error,
                      "--%s: expected a whole number from %u to %u, found \"%.100s\"",
                      option,
                      least,
                      most,
                      command_line_shown(text));
      return false;
   }
   *number = (unsigned)value;
   return true;
}

bool
options_read_seconds(const char *option, const char *text, double most, unsigned *ms, struct drill_error *error)
{
   char *end = NULL;
   double value = strtod(text, &end);
   if (end == text || *end != '\0' || !isfinite(value) || value < 0.001 || value > most) {
      drill_error_set(
         error, "--%s: expected seconds from 0.001 to %g, found \"%.100s\"", option, most, command_line_shown(text));
      return false;
   }
   *ms = (unsigned)lround(value * 1000);
   return true;
}

bool
options_copy(char **text, char *copy, struct drill_error *error)
{
   free(*text);
   *text = copy;
   if (copy == NULL) {
      drill_error_set(error, "out of memory: could not store the command line");
   }
   return copy != NULL;
}
