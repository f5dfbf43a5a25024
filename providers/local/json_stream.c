#include "json_stream.h"

#include "buffer.h"
#include "json_check.h"
#include "provider_error.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the rest of a bad value ends. If its brackets match, that is where they close; a bad string ends at its closing
 * quote, any other token at the next whitespace. The end of the line is the safest place to resume if brackets do not
 * match, if a string reaches it, or if the value was all on one line when it went bad: one event per line is the
 * commonest layout. */
enum skip_goal { SKIP_TO_SPACE, SKIP_TO_CLOSE, SKIP_TO_NEWLINE };

struct skip {
   enum skip_goal goal;
   bool one_line; /* the value had no newline when it went bad */
   struct json_nesting nesting;
   bool in_string;
   bool escaped;
};

enum mode { BETWEEN_VALUES, IN_VALUE, SKIPPING };

struct place {
   uint64_t byte;   /* from 0 */
   uint64_t line;   /* from 1 */
   uint64_t column; /* in bytes, from 1 */
};

struct json_stream {
   const char *next;
   const char *end;
   const char *placed; /* the byte whose position is `place` */
   struct place place;
   struct place value_place;
   enum mode mode;
   bool finished;
   struct json_check check;
   struct skip skip;
   struct buffer value;
};

struct json_stream *
json_stream_new(size_t max_value_bytes)
{
   struct json_stream *stream = calloc(1, sizeof *stream);

   if (stream) {
      buffer_init(&stream->value, max_value_bytes);
      stream->place = (struct place){.line = 1, .column = 1};
      stream->mode = BETWEEN_VALUES;
      json_stream_feed(stream, "", 0);
   }
   return stream;
}

void
json_stream_destroy(struct json_stream *stream)
{
   if (stream) {
      buffer_clear(&stream->value);
      free(stream);
   }
}

void
json_stream_feed(struct json_stream *stream, const char *bytes, size_t length)
{
   stream->next = bytes;
   stream->end = bytes + length;
   stream->placed = bytes;
}

void
json_stream_finish(struct json_stream *stream)
{
   stream->finished = true;
}

static size_t
left(const struct json_stream *stream)
{
   return (size_t)(stream->end - stream->next);
}

/* Advances `place` to the next byte. */
static void
update_place(struct json_stream *stream)
{
   const char *newline;

   while (stream->placed < stream->next &&
          (newline = memchr(stream->placed, '\n', (size_t)(stream->next - stream->placed))) != NULL) {
      stream->place.byte += (uint64_t)(newline + 1 - stream->placed);
      stream->place.line++;
      stream->place.column = 1;
      stream->placed = newline + 1;
   }
   if (stream->placed < stream->next) {
      stream->place.byte += (uint64_t)(stream->next - stream->placed);
      stream->place.column += (uint64_t)(stream->next - stream->placed);
      stream->placed = stream->next;
   }
}

static void
describe_byte(char byte, char *text, size_t size)
{
   if (byte > ' ' && byte <= '~') {
      snprintf(text, size, "'%c'", byte);
   } else {
      snprintf(text, size, "0x%02X", (unsigned)(unsigned char)byte);
   }
}

/* From the byte that check did not take. */
static enum json_stream_result
skip_rest(struct json_stream *stream)
{
   const struct json_check *check = &stream->check;
   bool in_string = json_check_in_string(check);

   update_place(stream);
   stream->skip = (struct skip){.goal = in_string || check->nesting.depth > 0 ? SKIP_TO_CLOSE : SKIP_TO_SPACE,
                                .one_line = stream->place.line == stream->value_place.line,
                                .nesting = check->nesting,
                                .in_string = in_string,
                                .escaped = check->state == JSON_IN_ESCAPE};
   stream->mode = SKIPPING;
   return JSON_STREAM_REJECTED;
}

static enum json_stream_result
reject_malformed(struct json_stream *stream, struct faas_error *error)
{
   char found[16];
   const char *likely = json_check_likely(&stream->check, (unsigned char)*stream->next);

   update_place(stream);
   describe_byte(*stream->next, found, sizeof found);
   provider_error_set(error,
                      "Event.Malformed",
                      "expected %s, found %s at byte %" PRIu64 " (line %" PRIu64 ", column %" PRIu64
                      ")%s; events are JSON values (RFC 8259), one after another: correct this event",
                      json_check_expected(&stream->check),
                      found,
                      stream->place.byte,
                      stream->place.line,
                      stream->place.column,
                      likely);
   return skip_rest(stream);
}

static enum json_stream_result
reject_unfinished(struct json_stream *stream, struct faas_error *error)
{
   update_place(stream);
   provider_error_set(error,
                      "Event.Malformed",
                      "expected %s, found the end of the input at byte %" PRIu64
                      "; complete the event that begins at byte "
                      "%" PRIu64 " (line %" PRIu64 ", column %" PRIu64 ")",
                      json_check_expected(&stream->check),
                      stream->place.byte,
                      stream->value_place.byte,
                      stream->value_place.line,
                      stream->value_place.column);
   stream->mode = BETWEEN_VALUES;
   return JSON_STREAM_REJECTED;
}

static enum json_stream_result
reject_too_deep(struct json_stream *stream, struct faas_error *error)
{
   update_place(stream);
   provider_error_set(error,
                      "Event.TooDeep",
                      "brackets are nested more than %u deep at byte %" PRIu64 " (line %" PRIu64 ", column %" PRIu64
                      "); nest the event less",
                      JSON_MAX_DEPTH,
                      stream->place.byte,
                      stream->place.line,
                      stream->place.column);
   return skip_rest(stream);
}

/* ended: the byte that exceeds the limit is also the value's last. */
static enum json_stream_result
reject_too_large(struct json_stream *stream, bool ended, struct faas_error *error)
{
   provider_error_set(error,
                      "Event.TooLarge",
                      "the event is longer than %zu bytes; it begins at byte %" PRIu64 " (line %" PRIu64
                      ", column %" PRIu64 "); send less or raise the option max_event_bytes",
                      stream->value.cap,
                      stream->value_place.byte,
                      stream->value_place.line,
                      stream->value_place.column);
   skip_rest(stream);
   if (ended) {
      stream->mode = BETWEEN_VALUES;
   }
   return JSON_STREAM_REJECTED;
}

static enum json_stream_result
complete(struct json_stream *stream, struct provider_bytes *text)
{
   stream->mode = BETWEEN_VALUES;
   text->bytes = stream->value.bytes;
   text->length = stream->value.length;
   return JSON_STREAM_VALUE;
}

/* The value has its full length: only its end may follow. */
static enum json_stream_result
check_full_value(struct json_stream *stream, struct provider_bytes *text, struct faas_error *error)
{
   size_t taken;
   enum json_check_status status = json_check_feed(&stream->check, stream->next, 1, &taken);

   if (status == JSON_CHECK_DONE && taken == 0) {
      return complete(stream, text);
   }
   stream->next += taken;
   switch (status) {
   case JSON_CHECK_MALFORMED:
      return reject_malformed(stream, error);
   case JSON_CHECK_TOO_DEEP:
      return reject_too_deep(stream, error);
   case JSON_CHECK_DONE:
   case JSON_CHECK_MORE:
   default:
      return reject_too_large(stream, status == JSON_CHECK_DONE, error);
   }
}

static enum json_stream_result
take_value(struct json_stream *stream, struct provider_bytes *text, struct faas_error *error)
{
   size_t room = stream->value.cap - stream->value.length;
   enum json_check_status status;
   size_t taken;

   if (left(stream) == 0) {
      return json_check_end(&stream->check) == JSON_CHECK_DONE ? complete(stream, text)
                                                               : reject_unfinished(stream, error);
   }
   if (room == 0) {
      return check_full_value(stream, text, error);
   }
   status = json_check_feed(&stream->check, stream->next, left(stream) < room ? left(stream) : room, &taken);
   if (!buffer_add(&stream->value, stream->next, taken)) {
      return JSON_STREAM_NO_MEMORY;
   }
   stream->next += taken;
   switch (status) {
   case JSON_CHECK_DONE:
      return complete(stream, text);
   case JSON_CHECK_MALFORMED:
      return reject_malformed(stream, error);
   case JSON_CHECK_TOO_DEEP:
      return reject_too_deep(stream, error);
   case JSON_CHECK_MORE:
   default:
      return JSON_STREAM_HUNGRY;
   }
}

static void
find_value(struct json_stream *stream)
{
   while (left(stream) > 0 && json_is_space(*stream->next)) {
      stream->next++;
   }
   if (left(stream) > 0) {
      update_place(stream);
      stream->value_place = stream->place;
      buffer_empty(&stream->value);
      json_check_init(&stream->check);
      stream->mode = IN_VALUE;
   }
}

static bool
string_byte_ends(struct skip *skip, char byte)
{
   if (byte == '\n') {
      return true;
   }
   if (skip->escaped) {
      skip->escaped = false;
   } else if (byte == '\\') {
      skip->escaped = true;
   } else if (byte == '"') {
      skip->in_string = false;
   }
   return !skip->in_string && skip->nesting.depth == 0;
}

static bool
bracket_byte_ends(struct skip *skip, char byte)
{
   switch (byte) {
   case '\n':
      return skip->one_line;
   case '"':
      skip->in_string = true;
      return false;
   case '{':
   case '[':
      json_nesting_push(&skip->nesting, byte);
      return false;
   case '}':
   case ']':
      if (!json_nesting_pop(&skip->nesting, byte)) {
         skip->goal = SKIP_TO_NEWLINE;
      }
      return skip->nesting.depth == 0;
   default:
      return false;
   }
}

static bool
byte_ends(struct skip *skip, char byte)
{
   switch (skip->goal) {
   case SKIP_TO_SPACE:
      return json_is_space(byte);
   case SKIP_TO_NEWLINE:
      return byte == '\n';
   case SKIP_TO_CLOSE:
   default:
      return skip->in_string ? string_byte_ends(skip, byte) : bracket_byte_ends(skip, byte);
   }
}

static void
skip_value(struct json_stream *stream)
{
   while (stream->mode == SKIPPING && left(stream) > 0) {
      if (byte_ends(&stream->skip, *stream->next++)) {
         stream->mode = BETWEEN_VALUES;
      }
   }
}

/* Whether there is nothing to go on with; but at the end of the input an unfinished value must still be judged. */
static bool
used_up(const struct json_stream *stream)
{
   return left(stream) == 0 && !(stream->finished && stream->mode == IN_VALUE);
}

enum json_stream_result
json_stream_next(struct json_stream *stream, struct provider_bytes *text, struct faas_error *error)
{
   enum json_stream_result result = JSON_STREAM_HUNGRY;

   while (result == JSON_STREAM_HUNGRY && !used_up(stream)) {
      switch (stream->mode) {
      case BETWEEN_VALUES:
         find_value(stream);
         break;
      case IN_VALUE:
         result = take_value(stream, text, error);
         break;
      case SKIPPING:
      default:
         skip_value(stream);
         break;
      }
   }
   if (result == JSON_STREAM_HUNGRY) {
      update_place(stream);
      return stream->finished ? JSON_STREAM_END : JSON_STREAM_HUNGRY;
   }
   return result;
}
