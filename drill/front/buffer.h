/*
 * buffer: bytes that were received or wait to be sent. They are appended at the end and taken from the beginning.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
   uint8_t *memory;
   size_t start;
   size_t length;
   size_t room;
};

/* Returns false when out of memory. */
bool buffer_append(struct buffer *buffer, const void *bytes, size_t count);
const uint8_t *buffer_bytes(const struct buffer *buffer);
void buffer_consume(struct buffer *buffer, size_t count);
void buffer_clear(struct buffer *buffer);

enum buffer_io { BUFFER_DONE, BUFFER_AGAIN, BUFFER_GONE };

/* Reads what a non-blocking socket has, up to about 256 KiB at once. */
enum buffer_io buffer_receive(struct buffer *buffer, int descriptor);
/* Sends what a non-blocking socket accepts. Returns BUFFER_AGAIN if something is left. */
enum buffer_io buffer_send(struct buffer *buffer, int descriptor);
