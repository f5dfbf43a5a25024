#include "managed_runtime.h"

#include "launch.h"
#include "node_loop.h"
#include "temporary_folder.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where versions of AWS's client for Node.js keep their program. */
static const char *const node_clients[] = {"node_modules/aws-lambda-ric/index.mjs",
                                           "node_modules/aws-lambda-ric/bin/index.mjs"};
#define NODE_LOOP "node_loop.mjs"

static int
write_file(const struct managed_runtime *runtime,
           const char *name,
           mode_t mode,
           const void *text,
           size_t length,
           struct drill_error *error)
{
   char path[PATH_MAX];
   (void)snprintf(path, sizeof path, "%s/%s", runtime->folder, name);
   FILE *file = fopen(path, "wxe");
   bool written = file != NULL && fwrite(text, 1, length, file) == length && fchmod(fileno(file), mode) == 0;
   written = (file == NULL || fclose(file) == 0) && written;
   if (!written) {
      drill_error_set(error, "cannot write %s: %s", path, strerror(errno));
   }
   return written ? 0 : -1;
}

/* Finds the package's own client. Returns NULL if there is none. */
static const char *
find_node_client(const char *folder)
{
   for (size_t i = 0; i < sizeof node_clients / sizeof node_clients[0]; i++) {
      char path[PATH_MAX];
      int length = snprintf(path, sizeof path, "%s/%s", folder, node_clients[i]);
      if (length > 0 && (size_t)length < sizeof path && access(path, F_OK) == 0) {
         return node_clients[i];
      }
   }
   return NULL;
}

/* Uses variables rather than /var, because the function may have no file system of its own. */
static void
write_start(FILE *file, const struct managed_runtime *runtime, enum handler_language language, const char *node_client)
{
   const struct interpreter *interpreter = &runtime->interpreter;
   fprintf(file,
           "#!/bin/sh\nexport AWS_EXECUTION_ENV=AWS_Lambda_%s%s\nexec ",
           language == HANDLER_PYTHON ? "python" : "nodejs",
           interpreter->version);
   launch_quote(file, interpreter->program);
   if (language == HANDLER_PYTHON) {
      fputs(" -Bs -m awslambdaric \"$_HANDLER\"\n", file);
   } else if (node_client != NULL) {
      fprintf(file, " \"$LAMBDA_TASK_ROOT/%s\" \"$_HANDLER\"\n", node_client);
   } else {
      fputs(" \"${0%/*}/" NODE_LOOP "\"\n", file);
   }
}

static int
write_bootstrap(const struct managed_runtime *runtime,
                enum handler_language language,
                const char *folder,
                struct drill_error *error)
{
   char *text = NULL;
   size_t length = 0;
   FILE *file = open_memstream(&text, &length);
   if (file != NULL) {
      write_start(file, runtime, language, find_node_client(folder));
   }
   int failed = -1;
   if (file == NULL || fclose(file) != 0) {
      drill_error_set(error, "out of memory: could not prepare the function's /var/runtime");
   } else {
      failed = write_file(runtime, "bootstrap", 0755, text, length, error);
   }
   free(text);
   return failed;
}

static int
write_files(const struct managed_runtime *runtime,
            enum handler_language language,
            const char *folder,
            struct drill_error *error)
{
   if (chmod(runtime->folder, 0755) != 0) {
      return drill_error_set(error, "cannot change the mode of %s: %s", runtime->folder, strerror(errno));
   }
   int failed = write_bootstrap(runtime, language, folder, error);
   if (failed == 0 && language == HANDLER_NODE) {
      failed = write_file(runtime, NODE_LOOP, 0644, node_loop, node_loop_length, error);
   }
   return failed;
}

static int
check_client(const struct managed_runtime *runtime,
             const char *handler,
             const struct handler_module *module,
             struct drill_error *error)
{
   if (module->language == HANDLER_PYTHON && !runtime->interpreter.has_client) {
      return drill_error_set(
         error,
         "--handler %s: awslambdaric, AWS's runtime client, is needed to run %s, but is neither in the package nor "
         "installed for %s: pip install awslambdaric, or into the package: pip install -t FOLDER awslambdaric",
         handler,
         module->file,
         runtime->interpreter.program);
   }
   return 0;
}

struct managed_runtime *
managed_runtime_new(
   const char *package, const char *folder, const char *handler, struct guard *guard, struct drill_error *error)
{
   struct handler_module module;
   if (handler_module_find(&module, package, folder, handler, error) != 0) {
      return NULL;
   }
   struct managed_runtime *runtime = calloc(1, sizeof *runtime);
   if (runtime == NULL) {
      drill_error_set(error, "out of memory: could not prepare the function's runtime");
      return NULL;
   }
   runtime->guard = guard;
   if (interpreter_find(&runtime->interpreter, module.language, folder, error) != 0 ||
       check_client(runtime, handler, &module, error) != 0) {
      managed_runtime_destroy(runtime);
      return NULL;
   }
   runtime->folder = temporary_folder_new("faas-runtime", "the function's /var/runtime", guard, error);
   if (runtime->folder == NULL || write_files(runtime, module.language, folder, error) != 0) {
      managed_runtime_destroy(runtime);
      return NULL;
   }
   return runtime;
}

void
managed_runtime_destroy(struct managed_runtime *runtime)
{
   if (runtime == NULL) {
      return;
   }
   temporary_folder_remove(runtime->folder, runtime->guard);
   free(runtime);
}
