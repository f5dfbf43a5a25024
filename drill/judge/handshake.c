/* client.env shows that the driver knows where it runs. The driver may leave out what does not fit into the document.
 */
#include "judge.h"

#include <stdio.h>
#include <string.h>

/* MongoDB Handshake, "Limitations". */
#define DOCUMENT_MAX 512

/* Sizes in BSON: type, name, value. */
#define TEXT_BYTES(name, value) (1 + (unsigned)strlen(name) + 1 + 4 + (unsigned)strlen(value) + 1)
#define NUMBER_BYTES(name) (1 + (unsigned)strlen(name) + 1 + 4)
#define CONTAINER_BYTES (1 + (unsigned)sizeof "container" + 4 + TEXT_BYTES("orchestrator", "kubernetes") + 1)

struct omission {
   char what[64];  /* "": nothing is missing */
   unsigned bytes; /* that it would need */
};

/* What is missing in env, all of which must fit together: a driver first leaves out env's fields except its name, all
 * at once (MongoDB Handshake, "Limitations", 1). */
static struct omission
find_omission(const struct witness_handshake *handshake, const struct judge_case *seen)
{
   if (!handshake->has_env) {
      if (seen->client_env[0] == '\0') {
         return (struct omission){.what = ""};
      }
      return (struct omission){"client.env", 1 + 4 + 4 + TEXT_BYTES("name", seen->client_env) + 1};
   }
   const struct {
      const char *name;
      bool missing;
      unsigned bytes;
   } fields[] = {
      {"region", seen->region[0] != '\0' && handshake->env_region[0] == '\0', TEXT_BYTES("region", seen->region)},
      {"memory_mb", seen->memory_mb >= 0 && handshake->env_memory_mb < 0, NUMBER_BYTES("memory_mb")},
      {"container", seen->kubernetes && !handshake->container_in_env, CONTAINER_BYTES}};
   struct omission omission = {.what = ""};
   const char *names[sizeof fields / sizeof fields[0]];
   size_t count = 0;
   for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
      if (fields[i].missing) {
         names[count++] = fields[i].name;
         omission.bytes += fields[i].bytes;
      }
   }
   if (count == 1) {
      (void)snprintf(omission.what, sizeof omission.what, "client.env.%s", names[0]);
   } else if (count == 2) {
      (void)snprintf(omission.what, sizeof omission.what, "client.env's %s and %s", names[0], names[1]);
   } else if (count == 3) {
      (void)snprintf(omission.what, sizeof omission.what, "client.env's %s, %s and %s", names[0], names[1], names[2]);
   }
   return omission;
}

/* Whether the missing part would fit. Next, a driver leaves out all fields of os except type ("Limitations", 2), so a
 * document without these was too long even without env's. */
static bool
would_fit(const struct witness_handshake *handshake, const struct omission *omission)
{
   return handshake->bytes + omission->bytes <= DOCUMENT_MAX && (!handshake->has_env || handshake->has_os_details);
}

/* A driver that finds two platforms must name neither; env then says at most in which container it runs (MongoDB
 * Handshake, "client.env.name"). */
static bool
judge_two_platforms(const struct witness_handshake *handshake, const struct judge_case *seen, char *text, size_t size)
{
   if (handshake->env_name[0] == '\0') {
      return false;
   }
   (void)snprintf(text,
                  size,
                  "client.env.name is \"%s\", but must be left out, because %s names a second platform",
                  handshake->env_name,
                  seen->other_platform);
   return true;
}

static void
tell_name(const struct witness_handshake *handshake, const struct judge_case *seen, char *text, size_t size)
{
   if (seen->client_env[0] == '\0') {
      (void)snprintf(text,
                     size,
                     "client.env.name is \"%s\", but the specification has no name for %s",
                     handshake->env_name,
                     seen->platform);
   } else {
      (void)snprintf(text, size, "client.env.name is \"%s\", not \"%s\"", handshake->env_name, seen->client_env);
   }
}

/* Writes to text what is wrong with the document. Returns false if nothing is. */
static bool
judge_document(const struct witness_handshake *handshake, const struct judge_case *seen, char *text, size_t size)
{
   const struct omission omission = find_omission(handshake, seen);
   if (!handshake->has_client) {
      (void)snprintf(text, size, "no client document in the first hello");
   } else if (handshake->bytes > DOCUMENT_MAX) {
      (void)snprintf(
         text, size, "the client document has %u bytes; at most %d are allowed", handshake->bytes, DOCUMENT_MAX);
   } else if (handshake->container_outside_env) {
      (void)snprintf(text, size, "container is in client, but belongs in client.env");
   } else if (seen->other_platform != NULL) {
      return judge_two_platforms(handshake, seen, text, size);
   } else if (omission.what[0] != '\0' && would_fit(handshake, &omission)) {
      (void)snprintf(text, size, "%s is missing, although it would fit (%u bytes)", omission.what, handshake->bytes);
   } else if (handshake->has_env && strcmp(handshake->env_name, seen->client_env) != 0) {
      tell_name(handshake, seen, text, size);
   } else if (seen->region[0] != '\0' && handshake->env_region[0] != '\0' &&
              strcmp(handshake->env_region, seen->region) != 0) {
      (void)snprintf(text, size, "client.env.region is \"%s\", not \"%s\"", handshake->env_region, seen->region);
   } else if (seen->memory_mb >= 0 && handshake->env_memory_mb >= 0 && handshake->env_memory_mb != seen->memory_mb) {
      (void)snprintf(text, size, "client.env.memory_mb is %d, not %d", handshake->env_memory_mb, seen->memory_mb);
   } else {
      return false;
   }
   return true;
}

void
rule_handshake(const struct judge_case *seen, struct finding *finding)
{
   unsigned long connections = 0, wrong = 0;
   char text[256] = "", first[256] = "", left_out[128] = "";
   for (size_t i = 0; i < seen->facts->handshake_count; i++) {
      const struct witness_handshake *handshake = &seen->facts->handshakes[i];
      const struct omission omission = find_omission(handshake, seen);
      connections += handshake->connections;
      if (judge_document(handshake, seen, text, sizeof text)) {
         wrong += handshake->connections;
         if (first[0] == '\0') {
            memcpy(first, text, sizeof first);
         }
      } else if (omission.what[0] != '\0' && seen->other_platform == NULL) {
         (void)snprintf(left_out,
                        sizeof left_out,
                        "; %s left out because the document is full (%u of %d bytes)",
                        omission.what,
                        handshake->bytes,
                        DOCUMENT_MAX);
      }
   }
   if (connections == 0) {
      finding_skip(finding, "no hello came");
   } else if (wrong > 0) {
      finding_fail(finding, "%s, on %lu of %lu connection%s", first, wrong, connections, plural(connections));
      if (seen->other_platform == NULL && strncmp(first, "client.env is", 13) == 0) {
         finding_advise(
            finding,
            "The driver does not recognise %s, or the function hides the environment variables that name it.",
            seen->platform);
      }
   } else if (seen->other_platform != NULL) {
      finding_pass(finding,
                   "%lu of %lu connection%s sent no client.env.name, as required: %s names a second platform",
                   connections,
                   connections,
                   plural(connections),
                   seen->other_platform);
      finding_advise(
         finding,
         "Rename the function's variable %s: because of it the driver does not recognise Lambda, and may stream.",
         seen->other_platform);
   } else if (seen->client_env[0] == '\0') {
      finding_pass(finding,
                   "%lu of %lu connection%s sent no client.env.name: none is defined for %s",
                   connections,
                   connections,
                   plural(connections),
                   seen->platform);
   } else {
      finding_pass(finding,
                   "%lu of %lu connection%s introduced themselves as %s%s",
                   connections,
                   connections,
                   plural(connections),
                   seen->client_env,
                   left_out);
   }
}
