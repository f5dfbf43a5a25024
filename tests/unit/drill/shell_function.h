/*
 * shell_function: a function whose runtime is a shell script, in its own folder, and what its environment needs.
 */
#ifndef FAAS_TEST_SHELL_FUNCTION_H
#define FAAS_TEST_SHELL_FUNCTION_H

#include "environment.h"
#include "test_main.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* How such a script begins: with the path of events, and head, which reads a response of the Runtime API from
 * descriptor 3 into id and body. */
#define SHELL_RUNTIME                                                              \
   "#!/bin/bash\n"                                                                 \
   "head() {\n"                                                                    \
   "   length=0\n"                                                                 \
   "   while IFS= read -r line <&3 && line=${line%$'\\r'} && [[ -n $line ]]; do\n" \
   "      case ${line,,} in\n"                                                     \
   "         lambda-runtime-aws-request-id:*) id=${line#*: } ;;\n"                 \
   "         content-length:*) length=${line#*: } ;;\n"                            \
   "      esac\n"                                                                  \
   "   done\n"                                                                     \
   "   body=; ((length == 0)) || IFS= read -r -N \"$length\" body <&3\n"           \
   "}\n"                                                                           \
   "base=/2018-06-01/runtime/invocation\n"

static char folder[64];
static struct timeline *timeline;
static struct guard *guard;
static struct function_config config;
static struct environment *environment; /* NULL: the test has its own */

static void
make_function(const char *bootstrap)
{
   struct drill_error error;
   environment = NULL;
   guard = guard_new(&error);
   assert_non_null(guard);
   strcpy(folder, "/tmp/faas-test-XXXXXX");
   assert_non_null(mkdtemp(folder));
   guard_add_folder(guard, folder);
   char path[100];
   snprintf(path, sizeof path, "%s/bootstrap", folder);
   int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
   ssize_t length = (ssize_t)strlen(bootstrap);
   assert_true(write(file, bootstrap, (size_t)length) == length);
   close(file);
   timeline = timeline_new();
   config = (struct function_config){.task_root = folder, .timeline = timeline, .guard = guard};
}

/* Also all that make_function made. */
static void
end_function(void)
{
   environment_destroy(environment);
   guard_destroy(guard);
   assert_int_equal(access(folder, F_OK), -1);
   timeline_destroy(timeline);
}

static inline void
invoke(const char *event, struct invocation_result *result)
{
   struct drill_error error = {""};
   if (environment_invoke(environment, event, strlen(event), result, &error) != 0) {
      fail_msg("%s", error.message);
   }
}

#endif
