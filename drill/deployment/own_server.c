#include "own_server.h"

#include "clock.h"
#include "descriptors.h"
#include "free_port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 30000
#define START_TRIES 3

static bool
listens(uint16_t port)
{
   struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   bool connected = client >= 0 && connect(client, (struct sockaddr *)&address, sizeof address) == 0;
   descriptors_close(client);
   return connected;
}

static const char *
name(const struct own_server *server)
{
   return server->plan.embedded ? "the embedded server" : "--server-command";
}

/* Waits until it listens. */
static int
await(struct own_server *server, uint16_t port, struct drill_error *error)
{
   int64_t until_us = clock_now_us() + (int64_t)START_MS * 1000;
   int status = 0;
   while (!listens(port)) {
      char line[256];
      if (!shell_command_running(&server->command, &status)) {
         shell_command_last_line(&server->command, line, sizeof line);
         return drill_error_set(error,
                                "%s ended before it listened on port %u: %s",
                                name(server),
                                port,
                                line[0] == '\0' ? "it printed nothing" : line);
      }
      if (clock_now_us() > until_us) {
         shell_command_last_line(&server->command, line, sizeof line);
         return drill_error_set(error,
                                "%s did not listen on port %u within %d s%s%s",
                                name(server),
                                port,
                                START_MS / 1000,
                                line[0] == '\0' ? "" : ". The last line it printed: ",
                                line);
      }
      if (!interruption_wait_until(server->plan.interruption, clock_now_us() + 10000)) {
         return drill_error_set(error, "interrupted");
      }
   }
   return 0;
}

int
own_server_start(struct own_server *server,
                 const struct own_server_plan *plan,
                 uint16_t *port,
                 struct drill_error *error)
{
   *server = (struct own_server){.plan = *plan};
   int result = -1;
   char port_variable[16], folder_variable[512], data[480];
   for (int try = 0; try < START_TRIES && result != 0; try++) {
      *port = free_port(); /* if another process takes it first, the server ends, and another port is tried */
      snprintf(data, sizeof data, "%s/server-%d", server->plan.folder, try);
      snprintf(port_variable, sizeof port_variable, "PORT=%u", *port);
      snprintf(folder_variable, sizeof folder_variable, "FOLDER=%s", data);
      if (*port == 0) {
         return drill_error_set(error, "no free port on 127.0.0.1: %s", strerror(errno));
      }
      if (mkdir(data, 0700) != 0) {
         return drill_error_set(error, "cannot create %s: %s", data, strerror(errno));
      }
      shell_command_clear(&server->command);
      const struct shell_command_plan how = {.kind = SHELL_COMMAND_SERVER,
                                             .text = server->plan.command,
                                             .variables = (const char *const[]){port_variable, folder_variable, NULL},
                                             .folder = server->plan.folder,
                                             .name = "server.log",
                                             .guard = server->plan.guard};
      if (shell_command_start(&server->command, &how, error) != 0) {
         return -1;
      }
      result = await(server, *port, error);
      if (server->command.process != 0) {
         break;
      }
   }
   return result;
}

static void
tell_end(const struct own_server *server, const char *when, struct drill_error *error)
{
   char line[256];
   int status = server->status;
   bool killed = WIFSIGNALED(status);
   shell_command_last_line(&server->command, line, sizeof line);
   drill_error_set(error,
                   "%s%s ended %s %d %s: " OWN_SERVER_NOTHING_TO_SAY "%s%s%s",
                   name(server),
                   server->plan.embedded ? "" : "'s server",
                   killed ? "by signal" : "with status",
                   killed ? WTERMSIG(status) : WEXITSTATUS(status),
                   when,
                   killed && WTERMSIG(status) == SIGKILL ? ". Check whether this machine ran out of memory" : "",
                   line[0] == '\0' ? "" : ". The last line it printed: ",
                   line);
}

int
own_server_check(struct own_server *server, const char *when, struct drill_error *error)
{
   if (!server->ended) {
      server->ended = !shell_command_running(&server->command, &server->status);
   }
   if (server->ended) {
      tell_end(server, when, error);
   }
   return server->ended ? -1 : 0;
}
