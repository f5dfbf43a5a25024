/*
 * document: finds fields of a BSON document by their path, "client.env.name". The field may have any type, because it
 * comes from a client or a server.
 */
#pragma once

#include <bson/bson.h>

#include <stdbool.h>

bool document_find(const bson_t *document, const char *path, bson_iter_t *field);
bool document_has(const bson_t *document, const char *path);

/* Returns false unless it is a document. part points into document. */
bool document_part(const bson_t *document, const char *path, bson_t *part);

/* "" unless it is a text. */
const char *document_text(const bson_t *document, const char *path);

/* missing unless it is a number; cut to the range of int. */
int document_number(const bson_t *document, const char *path, int missing);
