#include "lambda_context.h"

#include "faas_harness/provider.h"
#include "json_members.h"

#include <stdlib.h>
#include <string.h>

/* A time in milliseconds has at most this many digits until the year 33658. */
enum { MOMENT_DIGITS_MAX = 15 };

static int64_t
moment(const struct json_member *member)
{
   char digits[MOMENT_DIGITS_MAX + 1] = "";
   int64_t milliseconds;

   if (member->value_length > MOMENT_DIGITS_MAX) {
      return FAAS_NO_DEADLINE;
   }
   memcpy(digits, member->value, member->value_length);
   if (digits[strspn(digits, "0123456789")] != '\0') {
      return FAAS_NO_DEADLINE;
   }
   milliseconds = strtoll(digits, NULL, 10);
   return milliseconds > 0 ? milliseconds : FAAS_NO_DEADLINE;
}

void
lambda_context_read(struct lambda_context *context, const char *text)
{
   struct json_members members;
   struct json_member member;
   const size_t length = text ? strlen(text) : 0;

   *context = (struct lambda_context){.deadline_unix_ms = FAAS_NO_DEADLINE};
   if (length == 0 || !json_members_check(text, length, NULL) || !json_members_init(&members, text, length)) {
      return;
   }
   while (json_members_next(&members, &member)) {
      if (json_member_is(&member, "request_id") && *member.value == '"') {
         context->request_id = member.value + 1;
         context->request_id_length = member.value_length - 2;
      } else if (json_member_is(&member, "deadline")) {
         context->deadline_unix_ms = moment(&member);
      }
   }
}
