#include "yaml_file.h"

#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How many mappings one mapping may merge (<<), including those that these merge themselves. */
#define MERGES_MAX 100

/* How many entries the merges may give a document. */
#define ENTRIES_MAX 100000

static FILE *
open_file(const char *path, struct drill_error *error)
{
   struct stat status;
   /* O_NONBLOCK, because opening a FIFO would block. */
   int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
   FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "r");
   if (file == NULL || fstat(descriptor, &status) != 0) {
      drill_error_set(error, "cannot read %s: %s", path, strerror(errno));
   } else if (!S_ISREG(status.st_mode)) {
      drill_error_set(error, "%s is %s, not a file", path, S_ISDIR(status.st_mode) ? "a folder" : "a special file");
   } else if (status.st_size > YAML_FILE_BYTES_MAX) {
      drill_error_set(error,
                      "%s has %lld bytes; CloudFormation takes at most %d",
                      path,
                      (long long)status.st_size,
                      YAML_FILE_BYTES_MAX);
   } else {
      return file;
   }
   if (file != NULL) {
      fclose(file);
   } else {
      descriptors_close(descriptor);
   }
   return NULL;
}

static bool
is_mapping(const yaml_node_t *node)
{
   return node != NULL && node->type == YAML_MAPPING_NODE;
}

/* Whether the key merges. Only a plain << does; in quotes it is an ordinary key. */
static bool
is_merge(const yaml_node_t *key)
{
   return key != NULL && key->type == YAML_SCALAR_NODE && key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
          strcmp((const char *)key->data.scalar.value, "<<") == 0;
}

/* The key's text; NULL for one that merges, and for one that is not a scalar. */
static const char *
key_of(yaml_document_t *document, const yaml_node_pair_t *pair)
{
   const yaml_node_t *key = yaml_document_get_node(document, pair->key);
   return is_merge(key) ? NULL : yaml_file_text(key);
}

/* Searches backwards, because the last of a repeated key counts. */
static const yaml_node_pair_t *
find(yaml_document_t *document, const yaml_node_t *mapping, const char *key)
{
   for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.top; pair-- > mapping->data.mapping.pairs.start;) {
      const char *other = key_of(document, pair);
      if (other != NULL && strcmp(other, key) == 0) {
         return pair;
      }
   }
   return NULL;
}

/* While the mappings of a document get the entries that they merge. */
struct merging {
   yaml_document_t *document;
   const char *path;
   struct drill_error *error;
   size_t added; /* entries, to all mappings */
   int *counts;  /* for each node, how many mappings it has merged, or one of these: */
};

enum { NOT_BEGUN = -2, BEGUN = -1 };

static int
refuse(const struct merging *merging, const yaml_node_t *mapping, const char *why)
{
   return drill_error_set(merging->error, "%s:%zu: <<: %s", merging->path, mapping->start_mark.line + 1, why);
}

/* Adds the entries of another mapping whose keys the first lacks. */
static int
add_missing(struct merging *merging, const yaml_node_t *mapping, const yaml_node_t *other)
{
   yaml_document_t *document = merging->document;
   int number = (int)(mapping - document->nodes.start) + 1;
   for (yaml_node_pair_t *pair = other->data.mapping.pairs.start; pair < other->data.mapping.pairs.top; pair++) {
      const char *key = key_of(document, pair);
      if (key == NULL || find(document, mapping, key) != NULL) {
         continue;
      }
      if (merging->added++ == ENTRIES_MAX) {
         return refuse(merging, mapping, "more than 100000 entries to merge");
      }
      if (!yaml_document_append_mapping_pair(document, number, pair->key, find(document, other, key)->value)) {
         return refuse(merging, mapping, "out of memory");
      }
   }
   return 0;
}

/* Adds what the mapping merges. Returns how many mappings those are, including what they merge themselves; or -1 with
 * error set. */
static int
merge(struct merging *merging, const yaml_node_t *mapping)
{
   static const char too_many[] = "more than 100 mappings to merge";
   yaml_document_t *document = merging->document;
   int *count = &merging->counts[mapping - document->nodes.start];
   if (*count == BEGUN) {
      return refuse(merging, mapping, too_many); /* it merges itself */
   }
   if (*count != NOT_BEGUN) {
      return *count;
   }
   *count = BEGUN;
   int merged = 0;
   for (ptrdiff_t i = mapping->data.mapping.pairs.top - mapping->data.mapping.pairs.start; i-- > 0;) {
      const yaml_node_pair_t pair = mapping->data.mapping.pairs.start[i];
      const yaml_node_t *value = yaml_document_get_node(document, pair.value);
      bool is_list = value->type == YAML_SEQUENCE_NODE;
      ptrdiff_t others = is_list ? value->data.sequence.items.top - value->data.sequence.items.start : 1;
      for (ptrdiff_t j = 0; is_merge(yaml_document_get_node(document, pair.key)) && j < others; j++) {
         const yaml_node_t *other =
            is_list ? yaml_document_get_node(document, value->data.sequence.items.start[j]) : value;
         if (!is_mapping(other)) {
            return refuse(merging, mapping, "only a mapping, or a list of mappings, can be merged");
         }
         int more = merge(merging, other);
         merged += 1 + more;
         if (more < 0) {
            return -1;
         }
         if (merged > MERGES_MAX) {
            return refuse(merging, mapping, too_many);
         }
         if (add_missing(merging, mapping, other) != 0) {
            return -1;
         }
      }
   }
   return *count = merged;
}

static int
merge_all(yaml_document_t *document, const char *path, struct drill_error *error)
{
   size_t nodes = (size_t)(document->nodes.top - document->nodes.start);
   struct merging merging = {
      .document = document, .path = path, .error = error, .counts = malloc(nodes * sizeof *merging.counts)};
   int result = merging.counts == NULL ? drill_error_set(error, "out of memory") : 0;
   for (size_t i = 0; i < nodes && result == 0; i++) {
      merging.counts[i] = NOT_BEGUN;
   }
   for (size_t i = 0; i < nodes && result == 0; i++) {
      const yaml_node_t *node = document->nodes.start + i;
      result = is_mapping(node) && merge(&merging, node) < 0 ? -1 : 0;
   }
   free(merging.counts);
   return result;
}

int
yaml_file_read(yaml_document_t *document, const char *path, struct drill_error *error)
{
   yaml_parser_t parser;
   FILE *file = open_file(path, error);
   if (file == NULL) {
      return -1;
   }
   int result = -1;
   if (!yaml_parser_initialize(&parser)) {
      drill_error_set(error, "out of memory");
      goto done;
   }
   yaml_parser_set_input_file(&parser, file);
   if (!yaml_parser_load(&parser, document)) {
      drill_error_set(error,
                      "%s:%zu: not YAML: %s",
                      path,
                      parser.problem_mark.line + 1,
                      parser.problem == NULL ? "out of memory" : parser.problem);
   } else if (yaml_document_get_root_node(document) == NULL) {
      yaml_document_delete(document);
      drill_error_set(error, "%s: empty", path);
   } else if (merge_all(document, path, error) != 0) {
      yaml_document_delete(document);
   } else {
      result = 0;
   }
   yaml_parser_delete(&parser);
done:
   fclose(file);
   return result;
}

yaml_node_t *
yaml_file_value(yaml_document_t *document, const yaml_node_t *node, const char *key)
{
   const yaml_node_pair_t *pair = is_mapping(node) ? find(document, node, key) : NULL;
   return pair == NULL ? NULL : yaml_document_get_node(document, pair->value);
}

bool
yaml_file_next(yaml_document_t *document, const yaml_node_t *node, size_t *place, const char **key, yaml_node_t **value)
{
   while (is_mapping(node) && node->data.mapping.pairs.start + *place < node->data.mapping.pairs.top) {
      const yaml_node_pair_t *pair = node->data.mapping.pairs.start + (*place)++;
      *key = key_of(document, pair);
      *value = yaml_document_get_node(document, pair->value);
      if (*key != NULL && find(document, node, *key) == pair) {
         return true;
      }
   }
   return false;
}

const char *
yaml_file_text(const yaml_node_t *node)
{
   return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}
