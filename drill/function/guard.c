#include "guard.h"

#include "clock.h"
#include "descendants.h"
#include "room.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define GONE_MAX_US 2000000
#define REMOVE_TRIES 5

enum request_kind { ADD_PROCESSES, REMOVE_PROCESSES, ADD_FOLDER, REMOVE_FOLDER };

/* The processes of a group, or those with a mark when group is 0. */
struct processes {
   pid_t group;
   rlim_t mark;
};

/* Only the filled part of path is sent. */
struct request {
   enum request_kind kind;
   struct processes processes;
   char path[PATH_MAX];
};

struct guard {
   pid_t process;
   int socket;
};

/* What the guard process keeps track of. */
struct guarded {
   struct processes *processes;
   size_t process_count;
   char **folders;
   size_t folder_count;
};

/* --- the guard's process ------------------------------------------------------------------------------------------ */

static void
add_processes(struct guarded *guarded, const struct processes *added)
{
   if (room_for_one(&guarded->processes, guarded->process_count, sizeof *guarded->processes, SIZE_MAX)) {
      guarded->processes[guarded->process_count++] = *added;
   }
}

static void
remove_processes(struct guarded *guarded, const struct processes *removed)
{
   for (size_t i = 0; i < guarded->process_count; i++) {
      if (guarded->processes[i].group == removed->group && guarded->processes[i].mark == removed->mark) {
         guarded->processes[i] = guarded->processes[--guarded->process_count];
         return;
      }
   }
}

static void
add_folder(struct guarded *guarded, const char *path)
{
   char *copy = strdup(path);
   if (copy != NULL && room_for_one(&guarded->folders, guarded->folder_count, sizeof *guarded->folders, SIZE_MAX)) {
      guarded->folders[guarded->folder_count++] = copy;
   } else {
      free(copy);
   }
}

static void
remove_tree(const char *path)
{
   char *const paths[] = {(char *)(uintptr_t)path, NULL};
   FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
   if (tree == NULL) {
      return;
   }
   for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
      if (entry->fts_info == FTS_D) {
         chmod(entry->fts_accpath, 0700); /* otherwise its entries could not be removed */
      } else {
         remove(entry->fts_accpath);
      }
   }
   fts_close(tree);
}

static void
remove_folder(struct guarded *guarded, const char *path)
{
   for (size_t i = 0; i < guarded->folder_count; i++) {
      if (strcmp(guarded->folders[i], path) == 0) {
         remove_tree(path);
         free(guarded->folders[i]);
         guarded->folders[i] = guarded->folders[--guarded->folder_count];
         return;
      }
   }
}

static void
end_processes(const struct processes *processes, int64_t until_us)
{
   if (processes->group == 0) {
      struct descendants descendants = {.mark = processes->mark};
      descendants_kill(&descendants, until_us);
      descendants_clear(&descendants);
      return;
   }
   while (kill(-processes->group, SIGKILL) == 0 && clock_now_us() < until_us) {
      clock_sleep_us(5000);
   }
}

static void
end_all(const struct guarded *guarded)
{
   int64_t until_us = clock_now_us() + GONE_MAX_US;
   for (size_t i = 0; i < guarded->process_count; i++) {
      end_processes(&guarded->processes[i], until_us);
   }
   for (size_t i = 0; i < guarded->folder_count; i++) {
      struct stat status;
      for (int tries = 0; tries < REMOVE_TRIES && lstat(guarded->folders[i], &status) == 0; tries++) {
         clock_sleep_us(tries == 0 ? 0 : 50000);
         remove_tree(guarded->folders[i]);
      }
   }
}

static _Noreturn void
guard_main(int socket)
{
   /* A terminal's Ctrl-C goes to the whole foreground group, and the guard must outlive the drill. */
   setsid();
   signal(SIGINT, SIG_IGN);
   signal(SIGTERM, SIG_IGN);
   signal(SIGHUP, SIG_IGN);
   signal(SIGPIPE, SIG_IGN);
   prctl(PR_SET_NAME, "faas-guard");
   dup2(socket, 0);
   close_range(1, ~0U, 0); /* someone may wait for the end of the drill's output */
   if (chdir("/") != 0) {
      _exit(1);
   }
   struct guarded guarded = {0};
   struct request request;
   for (;;) {
      memset(&request, 0, sizeof request);
      ssize_t length = recv(0, &request, sizeof request - 1, 0);
      if (length < 0 && errno == EINTR) {
         continue;
      }
      if (length <= 0) {
         break;
      }
      if (request.kind == ADD_PROCESSES) {
         add_processes(&guarded, &request.processes);
      } else if (request.kind == REMOVE_PROCESSES) {
         remove_processes(&guarded, &request.processes);
      } else if (request.kind == ADD_FOLDER) {
         add_folder(&guarded, request.path);
      } else {
         remove_folder(&guarded, request.path);
      }
   }
   end_all(&guarded);
   _exit(0);
}

/* --- the drill's -------------------------------------------------------------------------------------------------- */

struct guard *
guard_new(struct drill_error *error)
{
   struct guard *guard = calloc(1, sizeof *guard);
   int sockets[2];
   if (guard == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
      drill_error_set(error, "cannot create the guard: %s", strerror(errno));
      free(guard);
      return NULL;
   }
   guard->process = fork();
   if (guard->process == 0) {
      guard_main(sockets[1]);
   }
   close(sockets[1]);
   guard->socket = sockets[0];
   if (guard->process < 0) {
      drill_error_set(error, "cannot start the guard's process: %s", strerror(errno));
      close(guard->socket);
      free(guard);
      return NULL;
   }
   return guard;
}

void
guard_destroy(struct guard *guard)
{
   if (guard == NULL) {
      return;
   }
   close(guard->socket);
   while (waitpid(guard->process, NULL, 0) < 0 && errno == EINTR) {
   }
   free(guard);
}

static void
tell(struct guard *guard, const struct request *request, size_t length)
{
   while (guard != NULL && send(guard->socket, request, length, MSG_NOSIGNAL) < 0 && errno == EINTR) {
   }
}

static void
tell_of(struct guard *guard, enum request_kind kind, struct processes processes)
{
   const struct request request = {.kind = kind, .processes = processes};
   tell(guard, &request, offsetof(struct request, path));
}

void
guard_add_group(struct guard *guard, pid_t group)
{
   tell_of(guard, ADD_PROCESSES, (struct processes){.group = group});
}

void
guard_remove_group(struct guard *guard, pid_t group)
{
   tell_of(guard, REMOVE_PROCESSES, (struct processes){.group = group});
}

void
guard_add_descendants(struct guard *guard, rlim_t mark)
{
   tell_of(guard, ADD_PROCESSES, (struct processes){.mark = mark});
}

void
guard_remove_descendants(struct guard *guard, rlim_t mark)
{
   tell_of(guard, REMOVE_PROCESSES, (struct processes){.mark = mark});
}

static void
tell_of_folder(struct guard *guard, enum request_kind kind, const char *path)
{
   struct request request = {.kind = kind};
   size_t length = strlen(path);
   if (path[0] == '/' && length < sizeof request.path - 1) {
      memcpy(request.path, path, length);
      tell(guard, &request, offsetof(struct request, path) + length);
   }
}

void
guard_add_folder(struct guard *guard, const char *path)
{
   tell_of_folder(guard, ADD_FOLDER, path);
}

void
guard_remove_folder(struct guard *guard, const char *path)
{
   tell_of_folder(guard, REMOVE_FOLDER, path);
}

char *
temporary_folder_new(const char *name, const char *use, struct guard *guard, struct drill_error *error)
{
   const char *where = getenv("TMPDIR");
   char *root = realpath(where != NULL && where[0] != '\0' ? where : "/tmp", NULL);
   char *folder = NULL;
   if (root == NULL || asprintf(&folder, "%s/%s-XXXXXX", root, name) < 0) {
      drill_error_set(error, "no folder for temporary files (TMPDIR, else /tmp): %s", strerror(errno));
      free(root);
      return NULL;
   }
   free(root);
   if (mkdtemp(folder) == NULL) {
      drill_error_set(error, "cannot create a folder %s for %s: %s", folder, use, strerror(errno));
      free(folder);
      return NULL;
   }
   guard_add_folder(guard, folder);
   return folder;
}

void
temporary_folder_remove(char *folder, struct guard *guard)
{
   if (folder != NULL) {
      guard_remove_folder(guard, folder);
      free(folder);
   }
}
