/* Finds what is secret in a connection string, for redact. */
#include "redact.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static int
hex_value(char c)
{
   if (c >= '0' && c <= '9') {
      return c - '0';
   }
   if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
   }
   return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads the character that begins here, plain or percent-encoded. Returns how many bytes it takes. */
static size_t
read_character(const char *text, size_t length, char *character)
{
   if (length >= 3 && text[0] == '%' && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0) {
      *character = (char)(hex_value(text[1]) * 16 + hex_value(text[2]));
      return 3;
   }
   *character = text[0];
   return 1;
}

static bool
add_percent_decoded(struct redactor *redactor, const char *start, size_t length, struct faas_error *error)
{
   char decoded[REDACT_SECRET_MAX + 1];
   size_t used = 0;
   if (length > REDACT_SECRET_MAX) {
      return redactor_add_bytes(redactor, start, length, error); /* which refuses it */
   }
   for (size_t at = 0; at < length;) {
      at += read_character(start + at, length - at, &decoded[used++]);
   }
   return redactor_add_bytes(redactor, decoded, used, error);
}

static bool
add_both_forms(struct redactor *redactor, const char *start, size_t length, struct faas_error *error)
{
   return redactor_add_bytes(redactor, start, length, error) && add_percent_decoded(redactor, start, length, error);
}

/* A driver that meets an unescaped : / ? or @ in a password takes the pieces for hosts and ports, and quotes them in
 * its errors. */
static bool
add_pieces(struct redactor *redactor, const char *start, size_t length, struct faas_error *error)
{
   size_t begin = 0;
   for (size_t i = 0; i <= length; i++) {
      if (i == length || strchr(":/?@,&=", start[i]) != NULL) {
         if (!add_both_forms(redactor, start + begin, i - begin, error)) {
            return false;
         }
         begin = i + 1;
      }
   }
   return true;
}

/* Everything between the first colon of the user information and the last @ counts as the password: in a malformed
 * string nobody can tell where it ends. */
static bool
add_password(struct redactor *redactor, const char *uri, struct faas_error *error)
{
   const char *authority = strstr(uri, "://");
   const char *start = authority == NULL ? uri : authority + 3;
   const char *at = strrchr(start, '@');
   const char *colon = strchr(start, ':');
   if (at == NULL || colon == NULL || colon > at) {
      return true;
   }
   size_t length = (size_t)(at - colon) - 1;
   return add_both_forms(redactor, colon + 1, length, error) && add_pieces(redactor, colon + 1, length, error);
}

/* Returns where the first such character is, and sets width to the bytes it takes; returns length and sets width to 0
 * when there is none. */
static size_t
find_character(const char *text, size_t length, char wanted, size_t *width)
{
   char character = '\0';
   for (size_t at = 0; at < length; at += *width) {
      *width = read_character(text + at, length - at, &character);
      if (character == wanted) {
         return at;
      }
   }
   *width = 0;
   return length;
}

static bool
is_name(const char *text, size_t length, const char *name)
{
   char character = '\0';
   size_t at = 0;
   while (at < length && *name != '\0') {
      at += read_character(text + at, length - at, &character);
      if (tolower((unsigned char)character) != tolower((unsigned char)*name++)) {
         return false;
      }
   }
   return at == length && *name == '\0';
}

/* Reads a list of NAME:value. AWS_SESSION_TOKEN is secret. A piece without a name may be the rest of a token. */
static bool
add_mechanism_properties(struct redactor *redactor, const char *list, size_t length, struct faas_error *error)
{
   while (length > 0) {
      size_t comma = 0, colon = 0;
      size_t end = find_character(list, length, ',', &comma);
      size_t name = find_character(list, end, ':', &colon);
      bool named = name < end;
      if ((!named && !add_both_forms(redactor, list, end, error)) ||
          (named && is_name(list, name, "AWS_SESSION_TOKEN") &&
           !add_both_forms(redactor, list + name + colon, end - name - colon, error))) {
         return false;
      }
      list += end + comma;
      length -= end + comma;
   }
   return true;
}

static bool
is_option(const char *name, size_t length, const char *option)
{
   return strlen(option) == length && strncasecmp(option, name, length) == 0;
}

static bool
add_option(struct redactor *redactor,
           const char *name,
           size_t name_length,
           const char *value,
           size_t length,
           struct faas_error *error)
{
   static const char *const secrets[] = {
      "tlsCertificateKeyFilePassword", "sslClientCertificateKeyPassword", "proxyPassword"};
   for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
      if (is_option(name, name_length, secrets[i])) {
         return add_both_forms(redactor, value, length, error);
      }
   }
   return !is_option(name, name_length, "authMechanismProperties") ||
          add_mechanism_properties(redactor, value, length, error);
}

static bool
add_options(struct redactor *redactor, const char *uri, struct faas_error *error)
{
   const char *at = strchr(uri, '?');
   while (at != NULL && *at != '\0') {
      const char *name = at + 1;
      size_t length = strcspn(name, "&");
      const char *equals = memchr(name, '=', length);
      size_t name_length = equals == NULL ? 0 : (size_t)(equals - name);
      if (equals != NULL && !add_option(redactor, name, name_length, equals + 1, length - name_length - 1, error)) {
         return false;
      }
      at = name[length] == '\0' ? NULL : name + length;
   }
   return true;
}

bool
redactor_add_uri(struct redactor *redactor, const char *uri, struct faas_error *error)
{
   return uri == NULL || (add_password(redactor, uri, error) && add_options(redactor, uri, error));
}
