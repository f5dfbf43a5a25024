#include "handshake_size.h"

#include "utf8.h"

#include <string.h>

/* The most that the fields of os other than type can take: libmongoc (mongoc-handshake-private.h) cuts name, version
 * and architecture to 32 bytes each. */
#define OS_FIELD_BYTES(name) (1 + sizeof(name) + 4 + 32 + 1)
#define OS_BYTES_MAX (OS_FIELD_BYTES("name") + OS_FIELD_BYTES("version") + OS_FIELD_BYTES("architecture"))

static const struct {
   const char *name;
   const char *words;
   enum handshake_env_field field; /* of env; HANDSHAKE_ENV_NAME: none */
} parts[LEFT_OUT_COUNT] = {
   [LEFT_OUT_ENV] = {"env", "env", HANDSHAKE_ENV_NAME},
   [LEFT_OUT_ENV_TIMEOUT_SEC] = {"env.timeout_sec", "env.timeout_sec", HANDSHAKE_ENV_TIMEOUT_SEC},
   [LEFT_OUT_ENV_MEMORY_MB] = {"env.memory_mb", "env.memory_mb", HANDSHAKE_ENV_MEMORY_MB},
   [LEFT_OUT_ENV_REGION] = {"env.region", "env.region", HANDSHAKE_ENV_REGION},
   [LEFT_OUT_ENV_CONTAINER] = {"env.container", "env.container", HANDSHAKE_ENV_CONTAINER},
   [LEFT_OUT_OS] = {"os", "os except its type", HANDSHAKE_ENV_NAME},
   [LEFT_OUT_PLATFORM] = {"platform", "the end of platform", HANDSHAKE_ENV_NAME},
};

const char *
handshake_left_out_name(enum handshake_left_out part)
{
   return parts[part].name;
}

static void
list_parts(const bool chosen[LEFT_OUT_COUNT], char *text, size_t text_size)
{
   text[0] = '\0';
   for (size_t i = 0; i < LEFT_OUT_COUNT; i++) {
      if (chosen[i]) {
         utf8_append(text, text_size, text[0] == '\0' ? "" : ", ");
         utf8_append(text, text_size, parts[i].words);
      }
   }
}

void
handshake_left_out_text(const struct handshake_size *size, char *text, size_t text_size)
{
   list_parts(size->left_out, text, text_size);
}

void
handshake_missing_text(const struct handshake_size *size, char *text, size_t text_size)
{
   list_parts(size->missing, text, text_size);
}

/* os was cut if only its type is left: libmongoc otherwise always sends more of it (uname's machine). */
static bool
is_os_cut(const struct handshake_parts *sent)
{
   return sent->has_os && sent->os_bytes == 0;
}

/* Whether platform was cut, although no document seen has all of it. libmongoc cuts platform by whole parts (the flags
 * of its build, then the compiler), in every document if they never fit. There are two signs. os was cut, although all
 * of it would have fitted into the shortest document seen, so an unseen part made the document longer. Or platform
 * comes last: libmongoc appends the fields that it has shortened again, os before platform (mongoc-handshake.c,
 * _truncate_handshake). */
static bool
is_platform_cut(const struct handshake_parts *sent, const struct handshake_parts *plain)
{
   const struct handshake_parts *shortest = plain == NULL ? sent : plain;
   return is_os_cut(sent) && (sent->platform_after_os || shortest->bytes + OS_BYTES_MAX <= HANDSHAKE_BYTES_MAX);
}

/* Judges a document without env. The specification drops env only after os was cut to its type, so whatever else os
 * still holds could have made room. */
static void
judge_missing_env(struct handshake_size *size,
                  const struct handshake_parts *sent,
                  const struct handshake_parts *plain,
                  const struct handshake_env *expected)
{
   bool platform_cut = plain != NULL && plain->platform_bytes > sent->platform_bytes;
   size->bytes_needed = sent->bytes - sent->os_bytes + HANDSHAKE_ENV_FRAME_BYTES + expected->bytes[HANDSHAKE_ENV_NAME];
   if (platform_cut) {
      size->bytes_needed += plain->platform_bytes - sent->platform_bytes;
   }
   if (size->bytes_needed > HANDSHAKE_BYTES_MAX) {
      size->exact = true;
   } else if (is_platform_cut(sent, plain)) {
      size->bytes_needed = HANDSHAKE_BYTES_MAX + 1;
      platform_cut = true;
   } else {
      return;
   }
   size->left_out[LEFT_OUT_ENV] = true;
   size->left_out[LEFT_OUT_OS] = is_os_cut(sent);
   size->left_out[LEFT_OUT_PLATFORM] = platform_cut;
}

/* Judges the fields of an env that has its name. */
static void
judge_missing_fields(struct handshake_size *size,
                     const struct handshake_parts *sent,
                     const struct handshake_env *expected)
{
   size_t missing = 0;
   for (size_t i = 0; i < HANDSHAKE_ENV_FIELDS; i++) {
      missing += sent->has[i] ? 0 : expected->bytes[i];
   }
   bool os_cut = is_os_cut(sent);
   bool too_large = sent->bytes + missing > HANDSHAKE_BYTES_MAX;
   if (missing > 0 && (too_large || os_cut)) {
      size->bytes_needed = too_large ? sent->bytes + missing : HANDSHAKE_BYTES_MAX + 1;
      size->exact = !os_cut;
   }
   for (size_t i = 0; i < LEFT_OUT_COUNT; i++) {
      enum handshake_env_field field = parts[i].field;
      bool is_missing = field != HANDSHAKE_ENV_NAME && expected->bytes[field] > 0 && !sent->has[field];
      size->left_out[i] = is_missing && size->bytes_needed > 0;
      size->missing[i] = is_missing && size->bytes_needed == 0;
   }
   size->left_out[LEFT_OUT_OS] = os_cut;
}

void
handshake_size_judge(struct handshake_size *size,
                     const struct handshake_parts *sent,
                     const struct handshake_parts *plain,
                     const struct handshake_env *expected)
{
   memset(size, 0, sizeof *size);
   size->bytes = sent->bytes;
   size->has_application = sent->has_application;
   size->container_outside_env = sent->container_outside_env;
   size->env_missing = expected->name[0] != '\0' && !sent->has[HANDSHAKE_ENV_NAME];
   if (size->env_missing) {
      judge_missing_env(size, sent, plain, expected);
   } else if (expected->name[0] != '\0') {
      judge_missing_fields(size, sent, expected);
   }
}
