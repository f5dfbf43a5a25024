/*
 * json_stream.h: cuts a stream of bytes into the JSON values in it, whatever their layout, each as soon as it ends.
 *
 * Every byte is looked at once, and no more than one value of max_value_bytes is ever held. A bad value is rejected at
 * its first bad byte; the rest of it (json_skip.h) goes unsaid.
 */
#ifndef LOCAL_JSON_STREAM_H
#define LOCAL_JSON_STREAM_H

#include <faas_harness/provider.h>

#include <stddef.h>

struct json_stream;

enum json_stream_result {
   JSON_STREAM_VALUE,
   JSON_STREAM_REJECTED, /* a bad value: Event.Malformed, Event.TooLarge or Event.TooDeep */
   JSON_STREAM_HUNGRY,   /* all that was fed is used up */
   JSON_STREAM_END,      /* and json_stream_finish said that no more comes */
   JSON_STREAM_NO_MEMORY /* this value could not be held; the stream can't go on */
};

/* Text of a value without the whitespace around it, not NUL-terminated. Owned by the stream, valid until the next
 * json_stream_next. */
struct json_text {
   const char *bytes;
   size_t length;
};

/* NULL: out of memory. */
struct json_stream *json_stream_new(size_t max_value_bytes);
void json_stream_destroy(struct json_stream *stream);

/* Only when the stream is hungry, as it is at first. bytes stays the caller's and must live until it is hungry again.
 */
void json_stream_feed(struct json_stream *stream, const char *bytes, size_t length);

/* No more comes. Only when the stream is hungry. */
void json_stream_finish(struct json_stream *stream);

/* text is filled with JSON_STREAM_VALUE, error (may be NULL) with JSON_STREAM_REJECTED. */
enum json_stream_result json_stream_next(struct json_stream *stream, struct json_text *text, struct faas_error *error);

#endif
