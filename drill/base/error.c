#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

__attribute__((format(printf, 2, 0))) static void
set(struct drill_error *error, const char *format, va_list arguments)
{
   if (error != NULL) {
      vsnprintf(error->message, sizeof error->message, format, arguments);
   }
}

int
drill_error_set(struct drill_error *error, const char *format, ...)
{
   va_list arguments;
   va_start(arguments, format);
   set(error, format, arguments);
   va_end(arguments);
   return -1;
}

bool
drill_error_false(struct drill_error *error, const char *format, ...)
{
   va_list arguments;
   va_start(arguments, format);
   set(error, format, arguments);
   va_end(arguments);
   return false;
}

bool
shortage_is(int error_number)
{
   return error_number == EMFILE || error_number == ENFILE || error_number == EAGAIN || error_number == ENOMEM ||
          error_number == ENOSPC || error_number == ENOBUFS || error_number == EDQUOT || error_number == EADDRNOTAVAIL;
}

static unsigned long long
limit_of(bool descriptors)
{
   struct rlimit limit = {0};
   getrlimit(descriptors ? RLIMIT_NOFILE : RLIMIT_NPROC, &limit);
   return limit.rlim_cur;
}

void
shortage_tell(struct drill_error *error, const char *doing, int error_number)
{
   switch (error_number) {
   case EMFILE:
      drill_error_set(error,
                      "cannot %s: the drill is out of file descriptors; raise the limit (ulimit -n, now %llu), or "
                      "lower --instances",
                      doing,
                      limit_of(true));
      break;
   case ENFILE:
      drill_error_set(error, "cannot %s: this machine is out of file descriptors (sysctl fs.file-max)", doing);
      break;
   case EAGAIN:
      drill_error_set(error,
                      "cannot %s: out of processes and threads; raise the user's limit (ulimit -u, now %llu) or the "
                      "control group's (pids.max), or lower --instances",
                      doing,
                      limit_of(false));
      break;
   case EADDRNOTAVAIL:
      drill_error_set(
         error, "cannot %s: this machine is out of local ports (sysctl net.ipv4.ip_local_port_range)", doing);
      break;
   case ENOSPC:
   case EDQUOT:
      drill_error_set(error,
                      "cannot %s: %s; free space in TMPDIR, or, if functions run in user namespaces, raise sysctl "
                      "user.max_user_namespaces and user.max_mnt_namespaces",
                      doing,
                      strerror(error_number));
      break;
   default:
      drill_error_set(
         error, "cannot %s: %s; give the drill more memory, or lower --instances", doing, strerror(error_number));
      break;
   }
}
