#include "deployment.h"

#include "address.h"
#include "clock.h"
#include "set_names.h"
#include "shell_command.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 30000
#define START_TRIES 3
/* About what an election takes in a healthy replica set. */
#define ELECTION_MS 2000
#define PRIMARY_MS 30000

struct deployment {
   struct deployment_parts parts;
   struct shell_command server;
   bool server_ended;
   int server_status; /* from waitpid, once it has ended */
   struct front *front;
   struct dns_server *dns; /* NULL if the set needs none */
   char *uri;
   char *authority_file; /* NULL if the function needs none */
   struct secret_file secret;
   char *description;
   int lost_member; /* -1 if none */
};

/* Finds a port that is free now. If another process takes it before the server does, the server fails and another port
 * is tried. */
static uint16_t
find_port(void)
{
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   socklen_t length = sizeof address;
   int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   bool bound = listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
                getsockname(listener, (struct sockaddr *)&address, &length) == 0;
   if (listener >= 0) {
      close(listener);
   }
   return bound ? ntohs(address.sin_port) : 0;
}

static bool
listens(uint16_t port)
{
   struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   bool connected = client >= 0 && connect(client, (struct sockaddr *)&address, sizeof address) == 0;
   if (client >= 0) {
      close(client);
   }
   return connected;
}

static const char *
server_name(const struct deployment *deployment)
{
   return deployment->parts.options->embedded ? "the embedded server" : "--server-command";
}

/* Waits until the server listens. */
static int
await_server(struct deployment *deployment, uint16_t port, struct drill_error *error)
{
   int64_t until_us = clock_now_us() + (int64_t)START_MS * 1000;
   int status = 0;
   while (!listens(port)) {
      char line[256];
      if (!shell_command_running(&deployment->server, &status)) {
         shell_command_last_line(&deployment->server, line, sizeof line);
         drill_error_set(error,
                         "%s ended before it listened on port %u: %s",
                         server_name(deployment),
                         port,
                         line[0] == '\0' ? "it printed nothing" : line);
         return -1;
      }
      if (clock_now_us() > until_us) {
         shell_command_last_line(&deployment->server, line, sizeof line);
         drill_error_set(error,
                         "%s did not listen on port %u within %d s%s%s",
                         server_name(deployment),
                         port,
                         START_MS / 1000,
                         line[0] == '\0' ? "" : ". The last line it printed: ",
                         line);
         return -1;
      }
      if (!interruption_wait_until(deployment->parts.interruption, clock_now_us() + 10000)) {
         drill_error_set(error, "interrupted");
         return -1;
      }
   }
   return 0;
}

static int
start_server(struct deployment *deployment, uint16_t *port, struct drill_error *error)
{
   int result = -1;
   char port_variable[16], folder_variable[512], data[480];
   for (int try = 0; try < START_TRIES && result != 0; try++) {
      *port = find_port();
      snprintf(data, sizeof data, "%s/server-%d", deployment->parts.folder, try);
      snprintf(port_variable, sizeof port_variable, "PORT=%u", *port);
      snprintf(folder_variable, sizeof folder_variable, "FOLDER=%s", data);
      if (*port == 0) {
         drill_error_set(error, "no free port on 127.0.0.1: %s", strerror(errno));
         return -1;
      }
      if (mkdir(data, 0700) != 0) {
         drill_error_set(error, "cannot create %s: %s", data, strerror(errno));
         return -1;
      }
      shell_command_clear(&deployment->server);
      const struct shell_command_plan plan = {.kind = SHELL_COMMAND_SERVER,
                                              .text = deployment->parts.options->server_command,
                                              .variables = (const char *const[]){port_variable, folder_variable, NULL},
                                              .folder = deployment->parts.folder,
                                              .name = "server.log",
                                              .guard = deployment->parts.guard};
      if (shell_command_start(&deployment->server, &plan, error) != 0) {
         return -1;
      }
      result = await_server(deployment, *port, error);
      /* A port that was taken makes the server end, so a server that still runs needs no other port. */
      if (deployment->server.process != 0) {
         break;
      }
   }
   return result;
}

static int
open_front(struct deployment *deployment, struct drill_error *error)
{
   const struct options *options = deployment->parts.options;
   char address[256];
   const char *host = "127.0.0.1";
   uint16_t port = 0;
   if (options->server == NULL) {
      if (start_server(deployment, &port, error) != 0) {
         return -1;
      }
   } else if (snprintf(address, sizeof address, "%s", options->server) >= (int)sizeof address ||
              address_split(address, &host, &port) != 0) {
      drill_error_set(error, "--server: expected HOST:PORT, found \"%.100s\"", options->server);
      return -1;
   }
   if (options->secure && asprintf(&deployment->authority_file, "%s/authority.pem", deployment->parts.folder) < 0) {
      deployment->authority_file = NULL;
      drill_error_set(error, "out of memory: could not set up the deployment");
      return -1;
   }
   struct front_config config = {.server_host = host,
                                 .server_port = port,
                                 .timeline = deployment->parts.timeline,
                                 .witness = deployment->parts.witness,
                                 .round_trip_ms = options->round_trip_ms,
                                 .authority_file = deployment->authority_file,
                                 .domain = options->srv ? SET_NAMES_DOMAIN : NULL};
   deployment->front = front_new(&config, error);
   if (deployment->front == NULL) {
      return -1;
   }
   if (options->srv) {
      deployment->dns = set_names_serve(deployment->front, options->round_trip_ms, deployment->parts.witness, error);
      if (deployment->dns == NULL) {
         return -1;
      }
   }
   deployment->uri = strdup(front_uri(deployment->front));
   if (asprintf(&deployment->description,
                "emulated: %d members%s in front of %s",
                FRONT_MEMBERS,
                options->srv      ? " with SRV records, TLS and a user"
                : options->secure ? " with TLS and a user"
                                  : "",
                options->server != NULL ? options->server : "one server of the drill's own") < 0) {
      deployment->description = NULL;
   }
   return 0;
}

/* True for a list like HOST:PORT,HOST,[HOST]. */
static bool
are_hosts(const char *text, size_t length)
{
   static const char digits[] = "0123456789";
   const char *end = text + length;
   while (text < end) {
      text += *text == '[' ? 1 + strspn(text + 1, "0123456789abcdefABCDEF:.%") : 0;
      text += strspn(text, "]abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
      text += *text == ':' ? 1 + strspn(text + 1, digits) : 0;
      if (text < end && *text++ != ',') {
         return false;
      }
   }
   return length > 0;
}

/* Returns scheme://hosts of a connection string, without credentials or options, which may hold secrets. Passwords with
 * an unescaped : / ? or @ are invalid, but happen: if it is not plain where the hosts are, none are shown. */
static char *
without_secrets(const char *uri)
{
   char *shown = NULL;
   const char *hosts = strstr(uri, "://");
   hosts = hosts == NULL ? uri : hosts + 3;
   int scheme = (int)(hosts - uri);
   const char *at = strchr(hosts, '@');
   bool doubtful = at != NULL && (strchr(at + 1, '@') != NULL || strcspn(hosts, "?") < (size_t)(at - hosts));
   hosts = at == NULL ? hosts : at + 1;
   int length = (int)strcspn(hosts, "/?");
   doubtful = doubtful || !are_hosts(hosts, (size_t)length);
   if (asprintf(&shown, "%.*s%.*s", scheme, uri, doubtful ? (int)strlen("…") : length, doubtful ? "…" : hosts) < 0) {
      shown = NULL;
   }
   return shown;
}

static int
open_own(struct deployment *deployment, struct drill_error *error)
{
   const char *uri = deployment->parts.options->uri;
   if (strncmp(uri, "mongodb://", 10) != 0 && strncmp(uri, "mongodb+srv://", 14) != 0) {
      drill_error_set(error, "--uri: the URI must begin with mongodb:// or mongodb+srv://");
      return -1;
   }
   deployment->uri = strdup(uri);
   deployment->description = without_secrets(uri);
   return 0;
}

static int
write_secret(const struct deployment *deployment, struct drill_error *error)
{
   const struct options *options = deployment->parts.options;
   return options->uri_file_variable == NULL
             ? 0
             : secret_file_write(&deployment->secret, deployment->uri, options->uri_options, error);
}

struct deployment *
deployment_new(const struct deployment_parts *parts, struct drill_error *error)
{
   struct deployment *deployment = calloc(1, sizeof *deployment);
   if (deployment == NULL) {
      drill_error_set(error, "out of memory: could not set up the deployment");
      return NULL;
   }
   deployment->parts = *parts;
   deployment->lost_member = -1;
   int opened = parts->options->uri != NULL ? open_own(deployment, error) : open_front(deployment, error);
   if (opened == 0 && (deployment->uri == NULL || deployment->description == NULL)) {
      drill_error_set(error, "out of memory: could not set up the deployment");
      opened = -1;
   }
   if (opened == 0 && parts->options->uri_file_variable != NULL) {
      opened = secret_file_init(&deployment->secret, parts->folder, error);
      opened = opened != 0 ? -1 : write_secret(deployment, error);
   }
   if (opened != 0) {
      deployment_destroy(deployment);
      return NULL;
   }
   return deployment;
}

void
deployment_destroy(struct deployment *deployment)
{
   if (deployment == NULL) {
      return;
   }
   front_destroy(deployment->front);
   dns_server_destroy(deployment->dns);
   shell_command_clear(&deployment->server);
   free(deployment->uri);
   free(deployment->authority_file);
   secret_file_clear(&deployment->secret);
   free(deployment->description);
   free(deployment);
}

const char *
deployment_uri(const struct deployment *deployment)
{
   return deployment->uri;
}

const char *
deployment_authority_file(const struct deployment *deployment)
{
   return deployment->authority_file;
}

static int
take_new_uri(struct deployment *deployment, struct drill_error *error)
{
   char *uri = strdup(front_uri(deployment->front));
   if (uri == NULL) {
      drill_error_set(error, "out of memory: could not store the new URI");
      return -1;
   }
   free(deployment->uri);
   deployment->uri = uri;
   return write_secret(deployment, error);
}

const struct secret_file *
deployment_secret_file(const struct deployment *deployment)
{
   return &deployment->secret;
}

const char *
deployment_resolver(const struct deployment *deployment)
{
   return deployment->dns == NULL ? NULL : dns_server_resolver(deployment->dns);
}

void
deployment_round_trip(struct deployment *deployment, unsigned round_trip_ms)
{
   if (deployment->front != NULL) {
      front_round_trip(deployment->front, round_trip_ms);
   }
   if (deployment->dns != NULL) {
      dns_server_round_trip(deployment->dns, round_trip_ms);
   }
}

int
deployment_new_password(struct deployment *deployment, struct drill_error *error)
{
   return front_new_password(deployment->front, error) == 0 ? take_new_uri(deployment, error) : -1;
}

int
deployment_move(struct deployment *deployment, int kept, struct drill_error *error)
{
   if (front_move(deployment->front, kept, error) != 0) {
      return -1;
   }
   if (deployment->dns != NULL) {
      set_names_follow(deployment->dns, deployment->front);
   }
   return take_new_uri(deployment, error);
}

const char *
deployment_description(const struct deployment *deployment)
{
   return deployment->description;
}

struct front *
deployment_front(const struct deployment *deployment)
{
   return deployment->front;
}

bool
deployment_can_fail_over(const struct deployment *deployment)
{
   return deployment->front != NULL || deployment->parts.options->outage_command != NULL;
}

static int
run_outage_command(struct deployment *deployment, struct drill_error *error)
{
   struct shell_command command;
   size_t shown = timeline_begin(deployment->parts.timeline, TIMELINE_SERVER, -1, "outage command", "%s", "");
   const struct shell_command_plan plan = {.kind = SHELL_COMMAND_TASK,
                                           .text = deployment->parts.options->outage_command,
                                           .folder = deployment->parts.folder,
                                           .name = "outage.log",
                                           .guard = deployment->parts.guard};
   int result = shell_command_start(&command, &plan, error);
   if (result == 0) {
      result = shell_command_finish(&command,
                                    "--outage-command",
                                    deployment->parts.options->outage_timeout_ms,
                                    deployment->parts.interruption,
                                    error);
   }
   shell_command_clear(&command);
   timeline_end(deployment->parts.timeline, shown, result != 0, NULL);
   return result;
}

int
deployment_lose_primary(struct deployment *deployment, struct drill_error *error)
{
   if (deployment->front == NULL) {
      return run_outage_command(deployment, error);
   }
   deployment->lost_member = front_primary(deployment->front);
   struct front_failover how = {.election_ms = ELECTION_MS, .kill = true};
   return front_failover(deployment->front, &how, error);
}

int
deployment_await_primary(struct deployment *deployment, struct drill_error *error)
{
   if (deployment->front == NULL || front_wait_primary(deployment->front, PRIMARY_MS)) {
      return 0;
   }
   drill_error_set(error, "no new primary after %d s", PRIMARY_MS / 1000);
   return -1;
}

int
deployment_recover(struct deployment *deployment, struct drill_error *error)
{
   if (deployment->front == NULL || deployment->lost_member < 0) {
      return 0;
   }
   unsigned member = (unsigned)deployment->lost_member;
   deployment->lost_member = -1;
   return front_start(deployment->front, member, error);
}

#define NOTHING_TO_SAY "the driver was not tested"

static void
tell_end(struct deployment *deployment, const char *when, struct drill_error *error)
{
   char line[256];
   int status = deployment->server_status;
   bool killed = WIFSIGNALED(status);
   shell_command_last_line(&deployment->server, line, sizeof line);
   drill_error_set(error,
                   "%s%s ended %s %d %s: " NOTHING_TO_SAY "%s%s%s",
                   server_name(deployment),
                   deployment->parts.options->embedded ? "" : "'s server",
                   killed ? "by signal" : "with status",
                   killed ? WTERMSIG(status) : WEXITSTATUS(status),
                   when,
                   killed && WTERMSIG(status) == SIGKILL ? ". Check whether this machine ran out of memory" : "",
                   line[0] == '\0' ? "" : ". The last line it printed: ",
                   line);
}

int
deployment_check_server(struct deployment *deployment, const char *when, struct drill_error *error)
{
   const char *server = deployment->parts.options->server;
   if (deployment->front == NULL) {
      return 0;
   }
   if (server != NULL) {
      if (!front_server_refuses(deployment->front)) {
         return 0;
      }
      drill_error_set(error, "the server at %.256s refuses connections %s: " NOTHING_TO_SAY, server, when);
      return -1;
   }
   if (!deployment->server_ended) {
      deployment->server_ended = !shell_command_running(&deployment->server, &deployment->server_status);
   }
   if (deployment->server_ended) {
      tell_end(deployment, when, error);
   }
   return deployment->server_ended ? -1 : 0;
}

double
deployment_server_mb(struct deployment *deployment)
{
   return shell_command_resident_mb(&deployment->server);
}
