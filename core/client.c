#include "client.h"

#include "apm.h"
#include "driver_log.h"
#include "error.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_URI_MAX 2048
#define REPLICA_SET_MAX 128

struct client {
   enum client_mode mode;
   mongoc_client_pool_t *pool;          /* CLIENT_POOL */
   mongoc_client_t *singles[LANES_MAX]; /* CLIENT_SINGLE: one for each lane, by its number */
   unsigned single_count;
   struct apm apm;
   char shown_uri[SHOWN_URI_MAX];
   char replica_set[REPLICA_SET_MAX];
};

const char *
client_mode_name(enum client_mode mode)
{
   return mode == CLIENT_POOL ? "pool" : "single";
}

const char *
driver_version(void)
{
   return mongoc_get_version();
}

bool
driver_version_at_least(int major, int minor)
{
   if (mongoc_get_major_version() != major) {
      return mongoc_get_major_version() > major;
   }
   return mongoc_get_minor_version() >= minor;
}

void
driver_init(void)
{
   driver_log_install();
   mongoc_init();
}

void
driver_cleanup(void)
{
   mongoc_cleanup();
}

static void
show_uri(struct client *client, const mongoc_uri_t *uri)
{
   char *shown = client->shown_uri;
   size_t size = sizeof client->shown_uri;
   const char *srv = mongoc_uri_get_string(uri);
   bool is_srv = strncmp(srv, "mongodb+srv://", 14) == 0;
   utf8_append(shown, size, is_srv ? "mongodb+srv://" : "mongodb://");
   for (const mongoc_host_list_t *host = mongoc_uri_get_hosts(uri); host != NULL; host = host->next) {
      utf8_append(shown, size, host->host_and_port);
      utf8_append(shown, size, host->next == NULL ? "" : ",");
   }
   const char *database = mongoc_uri_get_database(uri);
   utf8_append(shown, size, "/");
   utf8_append(shown, size, database == NULL ? "" : database);
}

/* The driver takes callbacks only before the first client of a pool is popped. */
static bool
set_callbacks(struct client *client)
{
   mongoc_apm_callbacks_t *callbacks = apm_callbacks_new();
   bool set = callbacks != NULL;
   if (set && client->pool != NULL) {
      set = mongoc_client_pool_set_apm_callbacks(client->pool, callbacks, &client->apm) &&
            driver_log_install_structured(client->pool, NULL, client->apm.redactor);
   }
   for (unsigned i = 0; set && i < client->single_count; i++) {
      set = mongoc_client_set_apm_callbacks(client->singles[i], callbacks, &client->apm) &&
            driver_log_install_structured(NULL, client->singles[i], client->apm.redactor);
   }
   mongoc_apm_callbacks_destroy(callbacks);
   return set;
}

static bool
connect_driver(struct client *client, const mongoc_uri_t *uri, unsigned lanes, bson_error_t *error)
{
   if (client->mode == CLIENT_POOL) {
      client->pool = mongoc_client_pool_new_with_error(uri, error);
      /* Version 2 of the error API separates the server's errors from the driver's by their domain. */
      return client->pool != NULL && mongoc_client_pool_set_error_api(client->pool, MONGOC_ERROR_API_VERSION_2);
   }
   while (client->single_count < lanes) {
      mongoc_client_t *single = mongoc_client_new_from_uri_with_error(uri, error);
      if (single == NULL) {
         return false;
      }
      client->singles[client->single_count++] = single;
      if (!mongoc_client_set_error_api(single, MONGOC_ERROR_API_VERSION_2)) {
         return false;
      }
   }
   return true;
}

static void
bad_uri(struct faas_error *error, const char *text, const struct redactor *redactor)
{
   faas_error_set(error,
                  "Harness.BadUri",
                  "the driver refuses the connection string of MONGODB_URI or --uri (mongodb://HOST:PORT/?OPTIONS): %s",
                  text);
   if (error != NULL) {
      redactor_apply(redactor, error->message);
   }
}

struct client *
client_new(enum client_mode mode,
           const char *uri_text,
           unsigned lanes,
           struct capture *capture,
           const struct redactor *redactor,
           struct faas_error *error)
{
   bson_error_t driver_error = {0};
   mongoc_uri_t *uri = NULL;
   struct client *made = NULL;
   struct client *client = calloc(1, sizeof *client);
   if (client == NULL) {
      faas_error_set(error, "Harness.OutOfMemory", "out of memory for the client");
      goto done;
   }
   client->mode = mode;
   client->apm.capture = capture;
   client->apm.redactor = redactor;
   uri = mongoc_uri_new_with_error(uri_text, &driver_error);
   if (uri == NULL) {
      bad_uri(error, driver_error.message, redactor);
      goto done;
   }
   show_uri(client, uri);
   const char *replica_set = mongoc_uri_get_replica_set(uri);
   (void)snprintf(client->replica_set, sizeof client->replica_set, "%s", replica_set == NULL ? "" : replica_set);
   if (!connect_driver(client, uri, lanes, &driver_error)) {
      bad_uri(error, driver_error.message[0] == '\0' ? "it gives no reason" : driver_error.message, redactor);
      goto done;
   }
   if (!set_callbacks(client)) {
      faas_error_set(error, "Harness.StartFailed", "the driver refused callbacks for its events or log");
      goto done;
   }
   made = client;
   client = NULL;

done:
   mongoc_uri_destroy(uri);
   client_destroy(client);
   return made;
}

void
client_destroy(struct client *client)
{
   if (client == NULL) {
      return;
   }
   if (client->pool != NULL) {
      mongoc_client_pool_destroy(client->pool);
   }
   for (unsigned i = 0; i < client->single_count; i++) {
      mongoc_client_destroy(client->singles[i]);
   }
   free(client);
}

mongoc_client_t *
client_take(struct client *client, const struct lane *lane)
{
   return client->mode == CLIENT_POOL ? mongoc_client_pool_pop(client->pool) : client->singles[lane->number];
}

void
client_give_back(struct client *client, mongoc_client_t *taken)
{
   if (client->mode == CLIENT_POOL && taken != NULL) {
      mongoc_client_pool_push(client->pool, taken);
   }
}

const char *
client_replica_set(const struct client *client)
{
   return client->replica_set;
}

const char *
client_shown_uri(const struct client *client)
{
   return client->shown_uri;
}

void
client_redact(const struct client *client, char *text)
{
   redactor_apply(client->apm.redactor, text);
}

enum client_mode
client_mode(const struct client *client)
{
   return client->mode;
}
