#include "deployment.h"

#include "address.h"
#include "dns_server.h"
#include "isolation.h"
#include "own_server.h"
#include "shell_command.h"
#include "uri_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* About what an election takes in a healthy replica set. */
#define ELECTION_MS 2000
#define PRIMARY_MS 30000

/* A reserved domain, so nobody owns it (RFC 6761). A driver accepts only hosts in the domain of the set's own name,
 * which must have three parts (MongoDB's initial DNS seedlist discovery). */
#define DOMAIN "faas-drill.test"

struct deployment {
   struct deployment_parts parts;
   struct own_server server; /* zeroed if the drill starts none */
   struct front *front;
   struct dns_server *dns; /* NULL if the set needs none */
   char *uri;
   char *authority_file; /* NULL if the function needs none */
   struct secret_file secret;
   char *description;
   int lost_member; /* -1 if none */
};

/* The function must see the drill's own /etc/resolv.conf. */
static int
check_resolver(struct drill_error *error)
{
   if (isolation_possible() == ISOLATION_NONE) {
      return drill_error_set(
         error,
         "--srv: cannot give the function its own /etc/resolv.conf, because neither mount nor user namespaces can be "
         "created here. Run the drill as root, or in a container with --cap-add SYS_ADMIN");
   }
   if (access("/etc/resolv.conf", F_OK) != 0) {
      return drill_error_set(
         error, "--srv: cannot read /etc/resolv.conf: %s. Create one; it may be empty", strerror(errno));
   }
   return 0;
}

static struct dns_zone
zone_of(struct front *front)
{
   struct dns_zone zone = {.domain = DOMAIN,
                           .set = FRONT_SET_NAME "." DOMAIN,
                           .text = "replicaSet=" FRONT_SET_NAME "&authSource=admin",
                           .member_count = FRONT_MEMBERS};
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      front_host(front, i, zone.members[i].host);
      zone.members[i].port = front_port(front, i);
   }
   return zone;
}

/* Returns NULL with error set if port 53 is not available, or if the function can't be shown an /etc/resolv.conf of its
 * own. */
static struct dns_server *
serve_names(struct front *front, unsigned round_trip_ms, struct witness *witness, struct drill_error *error)
{
   if (check_resolver(error) != 0) {
      return NULL;
   }
   const struct dns_zone zone = zone_of(front);
   return dns_server_new(&zone, round_trip_ms, witness, error);
}

static int
open_front(struct deployment *deployment, struct drill_error *error)
{
   const struct deployment_settings *settings = deployment->parts.settings;
   char address[256];
   const char *host = "127.0.0.1";
   uint16_t port = 0;
   if (settings->server == NULL) {
      const struct own_server_plan plan = {.command = settings->server_command,
                                           .embedded = settings->embedded,
                                           .folder = deployment->parts.folder,
                                           .guard = deployment->parts.guard,
                                           .interruption = deployment->parts.interruption};
      if (own_server_start(&deployment->server, &plan, &port, error) != 0) {
         return -1;
      }
   } else if (snprintf(address, sizeof address, "%s", settings->server) >= (int)sizeof address ||
              address_split(address, &host, &port) != 0) {
      return drill_error_set(error, "--server: expected HOST:PORT, found \"%.100s\"", settings->server);
   }
   if (settings->secure && asprintf(&deployment->authority_file, "%s/authority.pem", deployment->parts.folder) < 0) {
      deployment->authority_file = NULL;
      return drill_error_set(error, "out of memory: could not set up the deployment");
   }
   struct front_config config = {.server_host = host,
                                 .server_port = port,
                                 .timeline = deployment->parts.timeline,
                                 .witness = deployment->parts.witness,
                                 .round_trip_ms = settings->round_trip_ms,
                                 .authority_file = deployment->authority_file,
                                 .domain = settings->srv ? DOMAIN : NULL};
   deployment->front = front_new(&config, error);
   if (deployment->front == NULL) {
      return -1;
   }
   if (settings->srv) {
      deployment->dns = serve_names(deployment->front, settings->round_trip_ms, deployment->parts.witness, error);
      if (deployment->dns == NULL) {
         return -1;
      }
   }
   deployment->uri = strdup(front_uri(deployment->front));
   if (asprintf(&deployment->description,
                "emulated: %d members%s in front of %s",
                FRONT_MEMBERS,
                settings->srv      ? " with SRV records, TLS and a user"
                : settings->secure ? " with TLS and a user"
                                   : "",
                settings->server != NULL ? settings->server : "one server of the drill's own") < 0) {
      deployment->description = NULL;
   }
   return 0;
}

static int
open_own(struct deployment *deployment, struct drill_error *error)
{
   const char *uri = deployment->parts.settings->uri;
   if (strncmp(uri, "mongodb://", 10) != 0 && strncmp(uri, "mongodb+srv://", 14) != 0) {
      return drill_error_set(error, "--uri: the URI must begin with mongodb:// or mongodb+srv://");
   }
   deployment->uri = strdup(uri);
   deployment->description = uri_without_secrets(uri);
   return 0;
}

static int
write_secret(const struct deployment *deployment, struct drill_error *error)
{
   const struct deployment_settings *settings = deployment->parts.settings;
   return settings->uri_file_variable == NULL
             ? 0
             : secret_file_write(&deployment->secret, deployment->uri, settings->uri_options, error);
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
   int opened = parts->settings->uri != NULL ? open_own(deployment, error) : open_front(deployment, error);
   if (opened == 0 && (deployment->uri == NULL || deployment->description == NULL)) {
      drill_error_set(error, "out of memory: could not set up the deployment");
      opened = -1;
   }
   if (opened == 0 && parts->settings->uri_file_variable != NULL) {
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
   shell_command_clear(&deployment->server.command);
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
      return drill_error_set(error, "out of memory: could not store the new URI");
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
      const struct dns_zone zone = zone_of(deployment->front);
      dns_server_change_zone(deployment->dns, &zone);
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
   return deployment->front != NULL || deployment->parts.settings->outage_command != NULL;
}

static int
run_outage_command(struct deployment *deployment, struct drill_error *error)
{
   struct shell_command command;
   size_t shown = timeline_begin(deployment->parts.timeline, TIMELINE_SERVER, -1, "outage command", "%s", "");
   const struct shell_command_plan plan = {.kind = SHELL_COMMAND_TASK,
                                           .text = deployment->parts.settings->outage_command,
                                           .folder = deployment->parts.folder,
                                           .name = "outage.log",
                                           .guard = deployment->parts.guard};
   int result = shell_command_start(&command, &plan, error);
   if (result == 0) {
      result = shell_command_finish(&command,
                                    "--outage-command",
                                    deployment->parts.settings->outage_timeout_ms,
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
   return drill_error_set(error, "no new primary after %d s", PRIMARY_MS / 1000);
}

int
deployment_recover(struct deployment *deployment, struct drill_error *error)
{
   if (deployment->front == NULL || deployment->lost_member < 0) {
      return 0;
   }
   unsigned member = (unsigned)deployment->lost_member;
   deployment->lost_member = -1;
   return front_change(deployment->front, FRONT_START, member, error);
}

int
deployment_check_server(struct deployment *deployment, const char *when, struct drill_error *error)
{
   const char *server = deployment->parts.settings->server;
   if (deployment->front == NULL) {
      return 0;
   }
   if (server != NULL) {
      if (!front_server_refuses(deployment->front)) {
         return 0;
      }
      return drill_error_set(
         error, "the server at %.256s refuses connections %s: " OWN_SERVER_NOTHING_TO_SAY, server, when);
   }
   return own_server_check(&deployment->server, when, error);
}

double
deployment_server_mb(struct deployment *deployment)
{
   return shell_command_resident_mb(&deployment->server.command);
}
