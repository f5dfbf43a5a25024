/* Every copy restored from a snapshot has what init made. If two copies share a session id, the server takes the second
 * one's writes for retries of the first one's (Retryable Writes), and they are lost. If they share the five random
 * bytes of ObjectIds, whose counter is in the snapshot, too, they insert the same _id within the same second, and the
 * server refuses the second insert. */
#include "judge.h"

void
rule_unique_after_restore(const struct judge_case *seen, struct finding *finding)
{
   const struct judge_restore *restore = seen->restore;
   if (restore == NULL) {
      finding_skip(finding, "nothing was restored");
   } else if (!restore->memory_known) {
      finding_skip(finding, "cannot read the memory of the function's snapshot");
   } else if (restore->sessions_shared > 0) {
      finding_fail(
         finding,
         "%u of %u session%s (lsid) used after the restore, such as %s, came from the snapshot: two copies of "
         "it share the session, and the server takes writes of one for retries of the other",
         restore->sessions_shared,
         restore->sessions,
         plural(restore->sessions),
         restore->example);
      finding_advise(finding,
                     "Use no session and run no command during init, or create a new client after the restore.");
   } else if (restore->ids_shared > 0) {
      finding_warn(finding,
                   "the random bytes of %u of %u ObjectId%s created after the restore, such as %s, came from the "
                   "snapshot: two copies of it create the same _id in the same second",
                   restore->ids_shared,
                   restore->ids,
                   plural(restore->ids),
                   restore->example);
      finding_advise(
         finding,
         "Use an _id that is random as a whole, such as a UUID, or renew the driver's random bytes after the restore.");
   } else if (restore->ids + restore->sessions == 0) {
      finding_skip(finding, "no ObjectId and no session was used after the restore");
   } else {
      finding_pass(finding,
                   "%u ObjectId%s and %u session%s after the restore, none with bytes from the snapshot",
                   restore->ids,
                   plural(restore->ids),
                   restore->sessions,
                   plural(restore->sessions));
   }
}
