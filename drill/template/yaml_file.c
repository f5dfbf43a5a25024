#include "yaml_file.h"

#include "descriptors.h"
#include "room.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
   } else
      descriptors_close(descriptor);
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

/* The mapping at that index of a merge's list, or the only one that it merges; NULL after the last. *wrong: that value
 * is not a mapping. */
static yaml_node_t *
merged(yaml_document_t *document, yaml_node_t *value, size_t place, bool *wrong)
{
   yaml_node_t *found = NULL;
   if (value->type == YAML_SEQUENCE_NODE) {
      yaml_node_item_t *item = value->data.sequence.items.start + place;
      if (item >= value->data.sequence.items.top) {
         return NULL;
      }
      found = yaml_document_get_node(document, *item);
   } else if (place > 0) {
      return NULL;
   } else {
      found = value;
   }
   *wrong = !is_mapping(found);
   return *wrong ? NULL : found;
}

/* Counts the mappings that node merges. Returns false if they are too many, as in a mapping that merges itself, or if
 * one is not a mapping (*wrong). */
static bool
merges_are_good(yaml_document_t *document, yaml_node_t *node, unsigned *count, bool *wrong)
{
   for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
      yaml_node_t *other;
      if (!is_merge(yaml_document_get_node(document, pair->key))) {
         continue;
      }
      yaml_node_t *value = yaml_document_get_node(document, pair->value);
      for (size_t i = 0; (other = merged(document, value, i, wrong)) != NULL; i++) {
         if (++*count > YAML_FILE_MERGES_MAX || !merges_are_good(document, other, count, wrong)) {
            return false;
         }
      }
      if (*wrong) {
         return false;
      }
   }
   return true;
}

static int
check_merges(yaml_document_t *document, const char *path, struct drill_error *error)
{
   for (yaml_node_t *node = document->nodes.start; node < document->nodes.top; node++) {
      unsigned count = 0;
      bool wrong = false;
      if (!is_mapping(node) || merges_are_good(document, node, &count, &wrong)) {
         continue;
      }
      if (wrong) {
         drill_error_set(
            error, "%s:%zu: <<: only a mapping, or a list of mappings, can be merged", path, node->start_mark.line + 1);
      } else {
         drill_error_set(
            error, "%s:%zu: <<: more than %d mappings to merge", path, node->start_mark.line + 1, YAML_FILE_MERGES_MAX);
      }
      return -1;
   }
   return 0;
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
   } else if (check_merges(document, path, error) != 0) {
      yaml_document_delete(document);
   } else {
      result = 0;
   }
   yaml_parser_delete(&parser);
done:
   fclose(file);
   return result;
}

/* Searches backwards, because the last of a repeated key counts. */
static yaml_node_t *
own_value(yaml_document_t *document, yaml_node_t *node, const char *key)
{
   for (yaml_node_pair_t *pair = node->data.mapping.pairs.top; pair-- > node->data.mapping.pairs.start;) {
      const yaml_node_t *name = yaml_document_get_node(document, pair->key);
      if (yaml_file_text(name) != NULL && !is_merge(name) && strcmp(yaml_file_text(name), key) == 0) {
         return yaml_document_get_node(document, pair->value);
      }
   }
   return NULL;
}

yaml_node_t *
yaml_file_value(yaml_document_t *document, yaml_node_t *node, const char *key)
{
   yaml_node_t *found = is_mapping(node) ? own_value(document, node, key) : NULL;
   if (found != NULL || !is_mapping(node)) {
      return found;
   }
   for (yaml_node_pair_t *pair = node->data.mapping.pairs.top; pair-- > node->data.mapping.pairs.start;) {
      yaml_node_t *other;
      bool wrong = false;
      if (!is_merge(yaml_document_get_node(document, pair->key))) {
         continue;
      }
      yaml_node_t *value = yaml_document_get_node(document, pair->value);
      for (size_t i = 0; (other = merged(document, value, i, &wrong)) != NULL; i++) {
         found = yaml_file_value(document, other, key);
         if (found != NULL) {
            return found;
         }
      }
   }
   return NULL;
}

static bool
has_key(const struct yaml_file_entries *entries, const char *key)
{
   for (size_t i = 0; i < entries->count; i++) {
      if (strcmp(entries->entries[i].key, key) == 0) {
         return true;
      }
   }
   return false;
}

static bool
add_entry(struct yaml_file_entries *entries, const char *key, yaml_node_t *value)
{
   if (!room_for_one(&entries->entries, entries->count, sizeof *entries->entries, SIZE_MAX)) {
      return false;
   }
   entries->entries[entries->count++] = (struct yaml_file_entry){.key = key, .value = value};
   return true;
}

/* Adds node's keys and those that it merges, each where it comes first. The values are those of top. */
static bool
collect(struct yaml_file_entries *entries, yaml_document_t *document, yaml_node_t *top, yaml_node_t *node)
{
   for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
      yaml_node_t *other;
      bool wrong = false;
      const yaml_node_t *name = yaml_document_get_node(document, pair->key);
      const char *key = yaml_file_text(name);
      if (key != NULL && !is_merge(name) && !has_key(entries, key) &&
          !add_entry(entries, key, yaml_file_value(document, top, key))) {
         return false;
      }
      yaml_node_t *value = yaml_document_get_node(document, pair->value);
      for (size_t i = 0; is_merge(name) && (other = merged(document, value, i, &wrong)) != NULL; i++) {
         if (!collect(entries, document, top, other)) {
            return false;
         }
      }
   }
   return true;
}

bool
yaml_file_entries_init(struct yaml_file_entries *entries, yaml_document_t *document, yaml_node_t *node)
{
   *entries = (struct yaml_file_entries){0};
   if (is_mapping(node) && !collect(entries, document, node, node)) {
      yaml_file_entries_clear(entries);
      return false;
   }
   return true;
}

void
yaml_file_entries_clear(struct yaml_file_entries *entries)
{
   free(entries->entries);
   *entries = (struct yaml_file_entries){0};
}

const char *
yaml_file_text(const yaml_node_t *node)
{
   return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}
