#include "connection_limit.h"

#include "command_line.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#define LIMIT_MAX 1000000

/* Atlas limits connections per node and reserves 10 of them: "Connection Limits and Cluster Tier",
 * https://www.mongodb.com/docs/atlas/reference/atlas-limits/ */
#define RESERVED 10

static const struct {
   const char *tier;
   unsigned per_node;
} tiers[] = {
   {"M0", 500},
   {"M2", 500},
   {"M5", 500},
   {"M10", 1500},
   {"M20", 3000},
   {"M30", 3000},
   {"M40", 6000},
   {"M50", 16000},
};

bool
connection_limit_read(struct connection_limit *limit, const char *text, struct drill_error *error)
{
   for (size_t i = 0; i < sizeof tiers / sizeof tiers[0]; i++) {
      if (strcasecmp(tiers[i].tier, text) == 0) {
         *limit = (struct connection_limit){tiers[i].tier, tiers[i].per_node, tiers[i].per_node - RESERVED};
         return true;
      }
   }
   char *end = NULL;
   errno = 0;
   long number = strtol(text, &end, 10);
   if (errno != 0 || end == text || *end != '\0' || number < 1 || number > LIMIT_MAX) {
      drill_error_set(error,
                      "--connection-limit: expected a number from 1 to %d or an Atlas tier (M0, M2, M5, M10, M20, M30, "
                      "M40, M50), found \"%.100s\"",
                      LIMIT_MAX,
                      command_line_shown(text));
      return false;
   }
   *limit = (struct connection_limit){NULL, (unsigned)number, (unsigned)number};
   return true;
}
