#include "front.h"

#include "connection.h"
#include "descriptors.h"
#include "document.h"
#include "front_state.h"
#include "move.h"
#include "owner.h"
#include "refused.h"
#include "traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER_TIMEOUT_MS 10000
#define OWED_TIMEOUT_MS 20000
#define SETTLE_TIMEOUT_MS 250

/* Escapes a path for the value of an option (RFC 3986, 2.3). Returns NULL when out of memory. */
static char *
escape_path(const char *path)
{
   static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
   char *escaped = malloc(3 * strlen(path) + 1);
   char *end = escaped;
   for (; escaped != NULL && *path != '\0'; path++) {
      if (strchr(plain, *path) != NULL) {
         *end++ = *path;
      } else {
         end += snprintf(end, 4, "%%%02X", (unsigned char)*path);
      }
   }
   if (escaped != NULL) {
      *end = '\0';
   }
   return escaped;
}

/* Returns the URI that names the members, or NULL when out of memory. */
static char *
name_members(const struct front_set *set, const char *path)
{
   char hosts[FRONT_MEMBERS][FRONT_HOST_MAX];
   char *uri;
   bool secure = set->users.required;
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      hello_host(hosts[i], set->domain, i);
   }
   return asprintf(&uri,
                   "mongodb://%s%s%s%s:%u,%s:%u,%s:%u/?replicaSet=%s%s%s",
                   secure ? USERS_NAME ":" : "",
                   secure ? set->users.password : "",
                   secure ? "@" : "",
                   hosts[0],
                   set->members[0].port,
                   hosts[1],
                   set->members[1].port,
                   hosts[2],
                   set->members[2].port,
                   FRONT_SET_NAME,
                   secure ? "&authSource=admin&tls=true&tlsCAFile=" : "",
                   path) < 0
             ? NULL
             : uri;
}

/* With a domain, DNS has members, set and options. */
static int
make_uri(struct front *front, struct drill_error *error)
{
   static const char records[] = "mongodb+srv://" USERS_NAME ":%s@" FRONT_SET_NAME ".%s/?tlsCAFile=%s";
   const struct front_set *set = &front->set;
   char *path = escape_path(front->authority_file == NULL ? "" : front->authority_file);
   char *member_uri = path == NULL ? NULL : name_members(set, path);
   char *uri = member_uri == NULL || set->domain != NULL ? NULL : strdup(member_uri);
   if (member_uri != NULL && set->domain != NULL &&
       asprintf(&uri, records, set->users.password, set->domain, path) < 0) {
      uri = NULL;
   }
   free(path);
   if (uri == NULL) {
      drill_error_set(error, "out of memory for the front's URI");
      free(member_uri);
      return -1;
   }
   free(front->uri);
   free(front->member_uri);
   front->uri = uri;
   front->member_uri = member_uri;
   return 0;
}

/* Sets up TLS and a user, when there is an authority_file. */
static int
secure(struct front *front, const struct front_config *config, struct drill_error *error)
{
   struct front_set *set = &front->set;
   if (config->authority_file == NULL) {
      return 0;
   }
   front->authority_file = strdup(config->authority_file);
   set->domain = config->domain == NULL ? NULL : strdup(config->domain);
   if (front->authority_file == NULL || (set->domain == NULL) != (config->domain == NULL)) {
      drill_error_set(error, "out of memory for the front's URI");
      return -1;
   }
   set->tls = tls_new(set->domain, error);
   return set->tls != NULL && tls_write_authority(set->tls, front->authority_file, error) == 0 &&
                users_new_password(&set->users, error) == 0
             ? 0
             : -1;
}

static int
open_members(struct front *front, struct drill_error *error)
{
   struct front_set *set = &front->set;
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      if (member_init(&set->members[i], set->epoll_fd, traffic_accept, error) != 0) {
         return -1;
      }
   }
   if (make_uri(front, error) != 0) {
      return -1;
   }
   refused_watch(set);
   return set_init(set, error);
}

struct front *
front_new(const struct front_config *config, struct drill_error *error)
{
   struct front *front = calloc(1, sizeof *front);
   if (front == NULL) {
      drill_error_set(error, "out of memory for the front");
      return NULL;
   }
   struct front_set *set = &front->set;
   for (unsigned i = 0; i < SET_ADDRESSES; i++) {
      set->members[i].set = set;
      set->members[i].number = i % FRONT_MEMBERS;
      set->members[i].port_fd = -1;
      set->members[i].listener.fd = -1;
   }
   set->version = 1;
   backend_init(&set->backend, &set->server);
   set->no_primary_entry = SIZE_MAX;
   set->delays.entry = SIZE_MAX;
   set->refused.fd = -1;
   set->limit.owner_fd = owner_open();
   set->timeline = config->timeline;
   set->round_trip_us = (int64_t)config->round_trip_ms * 1000;
   set->witness = config->witness;
   set->faults.timeline = config->timeline;
   set->record = record_new();
   if (set->record == NULL) {
      drill_error_set(error, "out of memory for the front's record");
   }
   if (loop_init(&front->loop, set, error) != 0 || set->record == NULL ||
       server_init(&set->server, config->server_host, config->server_port, SERVER_TIMEOUT_MS, error) != 0 ||
       secure(front, config, error) != 0 || open_members(front, error) != 0 || loop_start(&front->loop, error) != 0) {
      front_destroy(front);
      return NULL;
   }
   return front;
}

void
front_destroy(struct front *front)
{
   if (front == NULL) {
      return;
   }
   loop_stop(&front->loop);
   struct front_set *set = &front->set;
   connections_destroy(set);
   for (unsigned i = 0; i < SET_ADDRESSES; i++) {
      member_clear(&set->members[i]);
   }
   watch_close(&set->refused);
   descriptors_close(set->limit.owner_fd);
   faults_clear(&set->faults);
   timeline_end(set->timeline, set->no_primary_entry, false, NULL);
   timeline_end(set->timeline, set->delays.entry, false, NULL);
   record_destroy(set->record);
   backend_clear(&set->backend);
   server_clear(&set->server);
   loop_clear(&front->loop);
   tls_destroy(set->tls);
   users_clear(&set->users);
   free(set->domain);
   free(front->authority_file);
   free(front->member_uri);
   free(front->uri);
   free(front);
}

const char *
front_uri(const struct front *front)
{
   return front->uri;
}

const char *
front_member_uri(const struct front *front)
{
   return front->member_uri;
}

void
front_host(const struct front *front, unsigned member, char host[FRONT_HOST_MAX])
{
   hello_host(host, front->set.domain, member);
}

int
front_new_password(struct front *front, struct drill_error *error)
{
   if (front->authority_file == NULL) {
      drill_error_set(error, "this replica set has no user: start the front with --secure");
      return -1;
   }
   loop_lock(&front->loop);
   int status = users_new_password(&front->set.users, error) == 0 ? make_uri(front, error) : -1;
   timeline_moment(front->set.timeline, TIMELINE_SERVER, false, "new password", "%s", "for the URI of later functions");
   loop_unlock(&front->loop);
   return status;
}

int
front_move(struct front *front, int kept, struct drill_error *error)
{
   loop_lock(&front->loop);
   int status = move_members(&front->set, kept, error) == 0 ? make_uri(front, error) : -1;
   loop_unlock(&front->loop);
   return status;
}

uint16_t
front_port(struct front *front, unsigned member)
{
   loop_lock(&front->loop);
   uint16_t port = member < FRONT_MEMBERS ? front->set.members[member].port : 0;
   loop_unlock(&front->loop);
   return port;
}

int
front_primary(struct front *front)
{
   loop_lock(&front->loop);
   int primary = front->set.primary;
   loop_unlock(&front->loop);
   return primary;
}

static bool
has_primary(const struct front_set *set)
{
   return set->primary >= 0;
}

bool
front_wait_primary(struct front *front, unsigned timeout_ms)
{
   loop_lock(&front->loop);
   bool has = loop_wait(&front->loop, has_primary, timeout_ms);
   loop_unlock(&front->loop);
   return has;
}

static bool
owes_nothing(const struct front_set *set)
{
   return set->replies_owed == 0;
}

/* Waits for the server's replies to clients that have left, because their writes are recorded only then. */
struct witness_write *
front_writes(struct front *front, size_t *count, bool *complete)
{
   loop_lock(&front->loop);
   loop_wait(&front->loop, owes_nothing, OWED_TIMEOUT_MS);
   struct witness_write *writes = record_copy(front->set.record, count, complete);
   loop_unlock(&front->loop);
   return writes;
}

void
front_counters(struct front *front, struct front_counters *counters)
{
   loop_lock(&front->loop);
   loop_settle(&front->loop, SETTLE_TIMEOUT_MS);
   *counters = front->set.counters;
   loop_unlock(&front->loop);
}

void
front_limited(struct front *front, struct front_limited *limited)
{
   loop_lock(&front->loop);
   *limited = front->set.limit.told;
   loop_unlock(&front->loop);
}

struct witness *
front_witness(const struct front *front)
{
   return front->set.witness;
}

bool
front_server_refuses(struct front *front)
{
   return server_refuses(&front->set.server, SERVER_TIMEOUT_MS);
}

int64_t
front_count_documents(struct front *front, const char *database, const char *collection, struct drill_error *error)
{
   bson_t *command = BCON_NEW("count", BCON_UTF8(collection), "$db", BCON_UTF8(database));
   bson_t *reply = server_ask(&front->set.server, command, SERVER_TIMEOUT_MS, error);
   bson_destroy(command);
   if (reply == NULL) {
      return -1;
   }
   int count = document_number(reply, "n", -1);
   if (count < 0) {
      const char *message = document_text(reply, "errmsg");
      drill_error_set(error,
                      "%s could not count %s.%s: %s",
                      front->set.server.name,
                      database,
                      collection,
                      message[0] == '\0' ? "its reply has no n" : message);
   }
   bson_destroy(reply);
   return count;
}
