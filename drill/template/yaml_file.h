/*
 * yaml_file: reads a YAML or JSON file by libyaml, and looks up what a template needs in it.
 */
#pragma once

#include "error.h"

#include <stdbool.h>
#include <yaml.h>

/* CloudFormation, "Quotas": the largest template in S3. */
#define YAML_FILE_BYTES_MAX (1024 * 1024)

/* How many mappings one mapping may merge (<<), including those that these merge themselves. */
#define YAML_FILE_MERGES_MAX 100

struct yaml_file_entry {
   const char *key;
   yaml_node_t *value;
};

/* The entries of a mapping, merged ones included, each key once. The mapping's own value wins over merged ones, the
 * first of several merged mappings wins over the others, and the last of a repeated key wins: as in PyYAML, with which
 * sam reads a template. */
struct yaml_file_entries {
   struct yaml_file_entry *entries;
   size_t count;
};

/* The caller must yaml_document_delete the document. Returns -1 with error set, which says what is wrong in which line;
 * then there is nothing to delete. */
int yaml_file_read(yaml_document_t *document, const char *path, struct drill_error *error);

/* If node is not a mapping, or NULL, there are no entries. Returns false when out of memory; then there is nothing to
 * clear. */
bool yaml_file_entries_init(struct yaml_file_entries *entries, yaml_document_t *document, yaml_node_t *node);
void yaml_file_entries_clear(struct yaml_file_entries *entries);

/* The value of key in a mapping, or in what it merges. NULL if node is NULL, not a mapping, or has no such key. */
yaml_node_t *yaml_file_value(yaml_document_t *document, yaml_node_t *node, const char *key);

/* The text of a scalar; NULL for anything else. */
const char *yaml_file_text(const yaml_node_t *node);
