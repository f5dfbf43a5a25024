/*
 * json_stream.h: splits a stream of bytes into its JSON values, whatever their layout, each as soon as it ends.
 *
 * It looks at every byte once, and never holds more than one value of max_value_bytes. It rejects a bad value at its
 * first bad byte and skips the rest silently.
 */
#ifndef LOCAL_JSON_STREAM_H
#define LOCAL_JSON_STREAM_H

#include "provider_io.h"

#include <stddef.h>

struct json_stream;

enum json_stream_result {
   JSON_STREAM_VALUE,
   JSON_STREAM_REJECTED, /* a bad value: Event.Malformed, Event.TooLarge or Event.TooDeep */
   JSON_STREAM_HUNGRY,   /* everything fed is used up */
   JSON_STREAM_END,      /* the same, after json_stream_finish */
   JSON_STREAM_NO_MEMORY /* this value did not fit into memory; the stream cannot go on */
};

/* Returns NULL when out of memory. */
struct json_stream *json_stream_new(size_t max_value_bytes);
void json_stream_destroy(struct json_stream *stream);

/* Call only when the stream is hungry, as it is at first. bytes stays the caller's and must live until the stream is
 * hungry again. */
void json_stream_feed(struct json_stream *stream, const char *bytes, size_t length);

/* Tells the stream that no more bytes come. Call only when it is hungry. */
void json_stream_finish(struct json_stream *stream);

/* Fills text with JSON_STREAM_VALUE: the value without the whitespace around it, which is the stream's, and valid until
 * the next call; and error (may be NULL) with JSON_STREAM_REJECTED. */
enum json_stream_result
json_stream_next(struct json_stream *stream, struct provider_bytes *text, struct faas_error *error);

#endif
