#include "http_answer.h"

#include "failed_answer.h"

bool
http_answer_take(struct service_answer *answer, struct invocation_result *result, struct violations *violations)
{
   (void)violations;
   if (answer->status < 200 || answer->status >= 400) {
      char what[32];
      (void)snprintf(what, sizeof what, "HTTP %ld", answer->status);
      return failed_answer_set(result, what, answer->text, answer->length);
   }
   result->outcome = INVOCATION_ANSWERED;
   result->payload = answer->text;
   result->payload_length = answer->length;
   answer->text = NULL;
   return true;
}
