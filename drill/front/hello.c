#include "hello.h"

#include "clock.h"
#include "document.h"

#include <stdio.h>
#include <string.h>

#define AWAIT_MAX_MS 600000

/* Fields that the front sets itself or leaves out: a driver would use a compressor, and localTime must be current. */
static const char *const replaced[] = {
   "setName",     "hosts",
   "passives",    "arbiters",
   "me",          "primary",
   "setVersion",  "electionId",
   "ismaster",    "passive",
   "arbiterOnly", "isWritablePrimary",
   "secondary",   "topologyVersion",
   "compression", "localTime",
   "hidden",      "tags",
   "helloOk",     "msg",
};

static bool
is_replaced(const char *key)
{
   for (size_t i = 0; i < sizeof replaced / sizeof *replaced; i++) {
      if (strcmp(replaced[i], key) == 0) {
         return true;
      }
   }
   return false;
}

static bool
read_version(const bson_t *body, struct hello_request *request)
{
   bson_iter_t id, counter;
   if (!document_find(body, "topologyVersion.processId", &id) || !BSON_ITER_HOLDS_OID(&id) ||
       !document_find(body, "topologyVersion.counter", &counter) || !BSON_ITER_HOLDS_INT(&counter)) {
      return false;
   }
   bson_oid_copy(bson_iter_oid(&id), &request->process_id);
   request->counter = bson_iter_as_int64(&counter);
   return true;
}

void
hello_read(const bson_t *body, const char *name, struct hello_request *request)
{
   *request = (struct hello_request){.legacy = strcmp(name, "hello") != 0};
   bson_iter_t field;
   request->hello_ok = document_find(body, "helloOk", &field) && bson_iter_as_bool(&field);
   request->needs_server = document_has(body, "speculativeAuthenticate") || document_has(body, "saslSupportedMechs");
   request->introduces = document_has(body, "client");
   request->has_await_time = document_find(body, "maxAwaitTimeMS", &field) && BSON_ITER_HOLDS_NUMBER(&field);
   if (request->has_await_time) {
      int64_t await_ms = document_number(body, "maxAwaitTimeMS", 0);
      await_ms = await_ms < 0 ? 0 : await_ms > AWAIT_MAX_MS ? AWAIT_MAX_MS : await_ms;
      request->await_us = await_ms * 1000;
      request->awaits = read_version(body, request);
   }
}

void
hello_host(char host[FRONT_HOST_MAX], const char *domain, unsigned member)
{
   if (domain == NULL) {
      snprintf(host, FRONT_HOST_MAX, "127.0.0.1");
   } else {
      snprintf(host, FRONT_HOST_MAX, "m%u.%s", member + 1, domain);
   }
}

static void
append_address(bson_t *reply, const char *key, const struct hello_speaker *speaker, unsigned member, uint16_t port)
{
   char host[FRONT_HOST_MAX];
   char address[FRONT_HOST_MAX + 8];
   hello_host(host, speaker->domain, member);
   snprintf(address, sizeof address, "%s:%u", host, port);
   BSON_APPEND_UTF8(reply, key, address);
}

static void
append_hosts(bson_t *reply, const struct hello_speaker *speaker)
{
   bson_t hosts = BSON_INITIALIZER;
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      char key[12];
      snprintf(key, sizeof key, "%u", i);
      append_address(&hosts, key, speaker, i, speaker->ports[i]);
   }
   BSON_APPEND_ARRAY(reply, "hosts", &hosts);
   bson_destroy(&hosts);
}

/* A later election has a greater id: 7fffffff, then the term in the last eight bytes, as servers make it. */
static void
append_election_id(bson_t *reply, uint32_t election)
{
   uint8_t bytes[12] = {0x7f, 0xff, 0xff, 0xff};
   for (unsigned i = 0; i < 4; i++) {
      bytes[11 - i] = (uint8_t)(election >> (8 * i));
   }
   bson_oid_t id;
   bson_oid_init_from_data(&id, bytes);
   BSON_APPEND_OID(reply, "electionId", &id);
}

void
hello_append_version(bson_t *reply, const struct hello_view *view)
{
   bson_t version;
   BSON_APPEND_DOCUMENT_BEGIN(reply, "topologyVersion", &version);
   BSON_APPEND_OID(&version, "processId", &view->process_id);
   BSON_APPEND_INT64(&version, "counter", view->counter);
   bson_append_document_end(reply, &version);
}

void
hello_append(bson_t *reply,
             const bson_t *server_reply,
             const struct hello_speaker *speaker,
             const struct hello_view *view,
             const struct hello_request *request)
{
   bool primary = view->primary >= 0 && speaker->ports[view->primary] == speaker->port;
   if (request->hello_ok) {
      BSON_APPEND_BOOL(reply, "helloOk", true);
   }
   hello_append_version(reply, view);
   append_hosts(reply, speaker);
   BSON_APPEND_UTF8(reply, "setName", FRONT_SET_NAME);
   BSON_APPEND_INT32(reply, "setVersion", speaker->set_version);
   BSON_APPEND_BOOL(reply, request->legacy ? "ismaster" : "isWritablePrimary", primary);
   BSON_APPEND_BOOL(reply, "secondary", !primary);
   if (view->primary >= 0) {
      append_address(reply, "primary", speaker, (unsigned)view->primary, speaker->ports[view->primary]);
   }
   append_address(reply, "me", speaker, speaker->member, speaker->port);
   if (primary) {
      append_election_id(reply, view->election);
   }
   BSON_APPEND_DATE_TIME(reply, "localTime", clock_wall_ms());
   bson_iter_t iterator;
   bson_iter_init(&iterator, server_reply);
   while (bson_iter_next(&iterator)) {
      const char *key = bson_iter_key(&iterator);
      if (!is_replaced(key)) {
         bson_append_iter(reply, key, -1, &iterator);
      }
   }
}
