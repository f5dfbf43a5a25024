/* Every copy that is restored from a snapshot has what init made. When two copies share a session id, the server takes
 * the second one's writes for retries of the first one's (Retryable Writes), and they are lost. When they share the
 * five random bytes of ObjectIds, whose counter is in the snapshot, too, they insert the same _id within the same
 * second, and the server refuses the second insert. */
#include "rules.h"

#include <stdio.h>

void
rule_unique_after_restore(const struct judge_case *seen, struct finding *finding)
{
   const struct judge_restore *restore = seen->restore;
   if (restore == NULL) {
      finding_set(finding, JUDGE_SKIPPED, "nothing was restored");
   } else if (!restore->memory_known) {
      finding_set(finding, JUDGE_SKIPPED, "the memory of the function's snapshot could not be read");
   } else if (restore->sessions_shared > 0) {
      finding_set(
         finding,
         JUDGE_FAIL,
         "%u of %u session%s (lsid) after the restore, such as %s, was in the snapshot: two copies of it have the "
         "same, and the server takes writes of one for retries of the other's",
         restore->sessions_shared,
         restore->sessions,
         plural(restore->sessions),
         restore->example);
      (void)snprintf(finding->advice,
                     sizeof finding->advice,
                     "Use no session, and run no command, in init, or make the client anew after the restore.");
   } else if (restore->ids_shared > 0) {
      finding_set(
         finding,
         JUDGE_WARNING,
         "the random bytes of %u of %u ObjectId%s made after the restore, such as %s, were in the snapshot: two "
         "copies of it make the same _id in the same second",
         restore->ids_shared,
         restore->ids,
         plural(restore->ids),
         restore->example);
      (void)snprintf(
         finding->advice,
         sizeof finding->advice,
         "Use an _id that is random as a whole, such as a UUID, or make the driver's random bytes anew after "
         "the restore.");
   } else if (restore->ids + restore->sessions == 0) {
      finding_set(finding, JUDGE_SKIPPED, "after the restore no document got an ObjectId, and no session was used");
   } else {
      finding_set(finding,
                  JUDGE_PASS,
                  "%u ObjectId%s and %u session%s after the restore, none of them of bytes in the snapshot",
                  restore->ids,
                  plural(restore->ids),
                  restore->sessions,
                  plural(restore->sessions));
   }
}
