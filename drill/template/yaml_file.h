/*
 * yaml_file: a YAML or JSON file in memory, as libyaml reads it, and the few looks into it that a template needs.
 */
#ifndef FAAS_DRILL_YAML_FILE_H
#define FAAS_DRILL_YAML_FILE_H

#include "error.h"

#include <stdbool.h>
#include <yaml.h>

/* CloudFormation, "Quotas": the largest template in S3. */
#define YAML_FILE_BYTES_MAX (1024 * 1024)

/* How many mappings the merges (<<) of one may bring, those that these merge counted, too. */
#define YAML_FILE_MERGES_MAX 100

struct yaml_file_entry {
   const char *key;
   yaml_node_t *value;
};

/* What a mapping has with its merges: each key once. Its own go before merged ones, of several merged mappings the
 * first counts, and of a key that stands there twice the last, as PyYAML has it, with which sam reads a template. */
struct yaml_file_entries {
   struct yaml_file_entry *entries;
   size_t count;
};

/* document is the caller's to yaml_document_delete. -1 with error set, which says in which line what is wrong. */
int yaml_file_read(yaml_document_t *document, const char *path, struct drill_error *error);

/* Of none when node is no mapping, or NULL. False when out of memory; there is nothing to clear then. */
bool yaml_file_entries_init(struct yaml_file_entries *entries, yaml_document_t *document, yaml_node_t *node);
void yaml_file_entries_clear(struct yaml_file_entries *entries);

/* The value of a mapping's key, a merged one's, too; NULL when node is none or has no such key, or is NULL itself. */
yaml_node_t *yaml_file_value(yaml_document_t *document, yaml_node_t *node, const char *key);

/* A scalar's text; NULL for all else. */
const char *yaml_file_text(const yaml_node_t *node);

#endif
