#include "first_words.h"

#include "le32.h"
#include "utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WIRE_HEADER 16
#define LINE_SHOWN 60

static bool
begins_with(const char *bytes, size_t length, const char *start)
{
   return length >= strlen(start) && memcmp(bytes, start, strlen(start)) == 0;
}

/* Recognises servers whose first line says what they are (RFC 9112, 4; RFC 4253, 4.2; RFC 5321, 4.2; Redis, "RESP"). */
static const char *
kind_by_its_line(const char *bytes, size_t length)
{
   return begins_with(bytes, length, "HTTP/")                                            ? "an HTTP server"
          : begins_with(bytes, length, "SSH-")                                           ? "an SSH server"
          : begins_with(bytes, length, "220 ")                                           ? "a mail or FTP server"
          : begins_with(bytes, length, "-ERR") || begins_with(bytes, length, "-DENIED ") ? "a Redis server"
                                                                                         : NULL;
}

/* RFC 8446, 5.1: a record of type alert (21) or handshake (22), legacy version 3.x. */
static bool
is_tls(const unsigned char *bytes, size_t length)
{
   return length >= 3 && (bytes[0] == 21 || bytes[0] == 22) && bytes[1] == 3;
}

/* Reads the opcode, the fourth little-endian int32 of a header: OP_REPLY (1), OP_COMPRESSED (2012) or OP_MSG (2013). */
static bool
is_wire_reply(const unsigned char *bytes)
{
   uint32_t opcode = le32_read(bytes + 12);
   return opcode == 1 || opcode == 2012 || opcode == 2013;
}

static void
show_line(const char *kind, const char *bytes, size_t length, char *text, size_t size)
{
   char line[LINE_SHOWN + 1];
   size_t shown = 0;
   while (shown < length && shown < LINE_SHOWN && bytes[shown] != '\r' && bytes[shown] != '\n') {
      line[shown] = bytes[shown] == '\0' ? '?' : bytes[shown];
      shown++;
   }
   line[shown] = '\0';
   utf8_make_one_line(line);
   (void)snprintf(text, size, "%s (%s)", kind, line);
}

bool
first_words_are_foreign(const void *bytes, size_t length, char *text, size_t size)
{
   const char *kind = kind_by_its_line(bytes, length);
   if (kind != NULL) {
      show_line(kind, bytes, length, text, size);
      return true;
   }
   if (is_tls(bytes, length)) {
      (void)snprintf(text, size, "a server that speaks TLS (the URI needs tls=true)");
      return true;
   }
   if (length >= WIRE_HEADER && !is_wire_reply(bytes)) {
      (void)snprintf(text, size, "a server that does not speak MongoDB's wire protocol");
      return true;
   }
   return false;
}

bool
first_words_are_wire_protocol(const void *bytes, size_t length)
{
   if (length < WIRE_HEADER) {
      return false;
   }
   uint32_t opcode = le32_read((const unsigned char *)bytes + 12);
   return opcode == 2004 || opcode == 2012 || opcode == 2013;
}

bool
first_words_are_tls(const void *bytes, size_t length)
{
   const unsigned char *record = bytes;
   return length >= 3 && record[0] == 22 && record[1] == 3;
}

bool
first_words_are_tls_record(const void *byte)
{
   const unsigned char *record = byte;
   return record[0] >= 20 && record[0] <= 23;
}
