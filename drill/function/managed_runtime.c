#include "managed_runtime.h"

#include "clock.h"
#include "guard.h"
#include "handler_module.h"
#include "launch.h"
#include "node_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* For the interpreter to say where it is. */
#define ANSWER_MAX_US 30000000

/* Where versions of AWS's client for Node.js keep their program. */
static const char *const node_clients[] = {"node_modules/aws-lambda-ric/index.mjs",
                                           "node_modules/aws-lambda-ric/bin/index.mjs"};
#define NODE_LOOP "node_loop.mjs"

/* --- the interpreter ---------------------------------------------------------------------------------------------- */

/* Each prints one item a line: the program, its version, "1" when the runtime client is there, folders.
 *
 * Python is asked without its variables and the user's own packages, as the function runs. Links that lead to a virtual
 * environment would break in the function's file system, so its path is resolved. Links inside it lead to the base
 * installation by the base's own path, so that is kept as well. */
static const char python_asks[] = "import importlib.util, os, sys\n"
                                  "sys.path.insert(0, sys.argv[1])\n"
                                  "folder, name = os.path.split(sys.executable)\n"
                                  "folder = os.path.realpath(folder)\n"
                                  "print(os.path.join(folder, name))\n"
                                  "print('%d.%d' % sys.version_info[:2])\n"
                                  "print(1 if importlib.util.find_spec('awslambdaric') else 0)\n"
                                  "own = [os.path.dirname(folder), os.path.realpath(sys.prefix)]\n"
                                  "base = [os.path.realpath(sys.base_prefix), sys.base_prefix]\n"
                                  "print('\\n'.join(dict.fromkeys(own + base)))\n";

static const char node_asks[] = "console.log(process.execPath)\n"
                                "console.log(process.versions.node.split('.')[0] + '.x')\n"
                                "console.log(0)\n"
                                "console.log(require('path').dirname(process.execPath))\n";

static const char *const names[] = {[HANDLER_PYTHON] = "python3", [HANDLER_NODE] = "node"};

static int
spawn(const char *const *arguments, int output, pid_t *process)
{
   posix_spawn_file_actions_t actions;
   posix_spawnattr_t attributes;
   sigset_t none;
   sigset_t pipe;
   sigemptyset(&none);
   sigemptyset(&pipe);
   sigaddset(&pipe, SIGPIPE);
   posix_spawn_file_actions_init(&actions);
   posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
   posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
   posix_spawnattr_init(&attributes);
   posix_spawnattr_setsigmask(&attributes, &none);
   posix_spawnattr_setsigdefault(&attributes, &pipe);
   posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
   int failed =
      posix_spawnp(process, arguments[0], &actions, &attributes, (char *const *)(uintptr_t)arguments, environ);
   posix_spawn_file_actions_destroy(&actions);
   posix_spawnattr_destroy(&attributes);
   return failed;
}

/* Reads until the end of input, or until the time is over. */
static void
read_all(int input, char *text, size_t size)
{
   int64_t until_us = clock_now_us() + ANSWER_MAX_US;
   size_t length = 0;
   struct pollfd polled = {.fd = input, .events = POLLIN};
   for (;;) {
      int64_t left_ms = (until_us - clock_now_us()) / 1000;
      int ready = left_ms <= 0 ? 0 : poll(&polled, 1, (int)left_ms);
      ssize_t count = ready == 1 ? read(input, text + length, size - 1 - length) : -1;
      if (ready == 0 || count == 0 || (count < 0 && errno != EINTR)) {
         break;
      }
      length += count > 0 ? (size_t)count : 0;
   }
   text[length] = '\0';
}

/* Reads what a program prints. Returns 0, the errno of starting it, or EIO when it failed. */
static int
ask(const char *const *arguments, char *text, size_t size)
{
   int ends[2];
   pid_t process = 0;
   if (pipe2(ends, O_CLOEXEC) != 0) {
      return errno;
   }
   int failed = spawn(arguments, ends[1], &process);
   close(ends[1]);
   if (failed == 0) {
      int status = 0;
      read_all(ends[0], text, size);
      kill(process, SIGKILL); /* ends it after its time; otherwise its output is closed, and it ends by itself */
      while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
      }
   }
   close(ends[0]);
   return failed;
}

/* Cuts the first line off text. Returns NULL if there is none. */
static char *
take_line(char **text)
{
   char *line = *text;
   char *end = strchr(line, '\n');
   if (end == NULL || end == line) {
      return NULL;
   }
   *end = '\0';
   *text = end + 1;
   return line;
}

static bool
read_answer(struct interpreter *interpreter)
{
   char *text = interpreter->text;
   interpreter->program = take_line(&text);
   interpreter->version = interpreter->program == NULL ? NULL : take_line(&text);
   const char *client = interpreter->version == NULL ? NULL : take_line(&text);
   interpreter->has_client = client != NULL && strcmp(client, "1") == 0;
   for (size_t i = 0; client != NULL && i < INTERPRETER_MOUNTS_MAX; i++) {
      interpreter->mounts[i] = take_line(&text);
      if (interpreter->mounts[i] == NULL) {
         return i > 0 && interpreter->program[0] == '/';
      }
   }
   return false;
}

/* folder is the package's. interpreter must not be moved afterwards. Returns -1 with error set if there is none, or if
 * it does not work. */
static int
find_interpreter(struct interpreter *interpreter,
                 enum handler_language language,
                 const char *folder,
                 struct drill_error *error)
{
   memset(interpreter, 0, sizeof *interpreter);
   const char *const python[] = {names[HANDLER_PYTHON], "-I", "-c", python_asks, folder, NULL};
   const char *const node[] = {names[HANDLER_NODE], "-e", node_asks, NULL};
   const char *const *arguments = language == HANDLER_PYTHON ? python : node;
   int failed = ask(arguments, interpreter->text, sizeof interpreter->text);
   if (failed != 0) {
      return drill_error_set(error,
                             "cannot run %s, which the function needs: %s. Install it, or add its folder to PATH",
                             arguments[0],
                             failed == ENOENT ? "not found" : strerror(failed));
   }
   if (!read_answer(interpreter)) {
      return drill_error_set(error,
                             "the %s on the PATH does not report its path and version: does \"%s --version\" work?",
                             arguments[0],
                             arguments[0]);
   }
   return 0;
}

/* --- its /var/runtime --------------------------------------------------------------------------------------------- */

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
   if (find_interpreter(&runtime->interpreter, module.language, folder, error) != 0 ||
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
