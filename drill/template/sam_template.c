#include "sam_template.h"

#include "sam_variables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* AWS, "CreateFunction": Timeout and MemorySize. */
#define TIMEOUT_DEFAULT_S 3
#define TIMEOUT_MAX_S 900
#define MEMORY_DEFAULT_MB 128 /* which is also the minimum */
#define MEMORY_MAX_MB 10240
#define NAMES_SHOWN 400

static bool
join(char *path, size_t size, const char *folder, const char *name)
{
   int length = snprintf(path, size, "%s/%s", folder, name);
   return length > 0 && (size_t)length < size;
}

bool
sam_template_find(const char *path, char *file, size_t size)
{
   /* Built templates first; the names are sam's. */
   static const char *const names[] = {
      ".aws-sam/build/template.yaml", "template.yaml", "template.yml", "template.json"};
   struct stat status;
   if (stat(path, &status) != 0) {
      return false;
   }
   if (S_ISREG(status.st_mode)) {
      const char *ending = strrchr(path, '.');
      bool template = ending != NULL &&
                      (strcmp(ending, ".yaml") == 0 || strcmp(ending, ".yml") == 0 || strcmp(ending, ".json") == 0);
      int length = template ? snprintf(file, size, "%s", path) : -1;
      return length > 0 && (size_t)length < size;
   }
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      if (join(file, size, path, names[i]) && stat(file, &status) == 0) {
         return true;
      }
   }
   return false;
}

static yaml_node_t *
property(struct sam_reading *reading, const char *name)
{
   yaml_node_t *own = yaml_file_value(&reading->document, reading->properties, name);
   return own != NULL ? own : yaml_file_value(&reading->document, reading->globals, name);
}

/* Reads the function's property `name` into reading->text. Returns false when there is none; or, with *failed and the
 * error set, when its value is not known here. */
static bool
told(struct sam_reading *reading, const char *name, const char *option, bool *failed)
{
   yaml_node_t *node = property(reading, name);
   if (node == NULL) {
      return false;
   }
   if (!intrinsics_resolve(&reading->document, node, &reading->text)) {
      drill_error_set(reading->error,
                      "%s: %s: %s: %s: use %s",
                      reading->template->file,
                      reading->template->logical_id,
                      name,
                      reading->text.why,
                      option);
      *failed = true;
      return false;
   }
   return true;
}

static bool
is_function(const char *type)
{
   return type != NULL &&
          (strcmp(type, "AWS::Serverless::Function") == 0 || strcmp(type, "AWS::Lambda::Function") == 0);
}

/* The functions in the template, and how many of them match. */
struct choice {
   const char *wanted; /* NULL: any */
   char names[NAMES_SHOWN];
   const char *name;
   size_t count;
   size_t matching;
};

static void
tell_choice(struct sam_reading *reading, const struct choice *choice)
{
   const char *file = reading->template->file;
   if (choice->count == 0) {
      drill_error_set(reading->error,
                      "%s: no function: no resource has the type AWS::Serverless::Function or AWS::Lambda::Function",
                      file);
   } else if (choice->wanted != NULL) {
      drill_error_set(reading->error, "%s: it has no function %.100s; it has %s", file, choice->wanted, choice->names);
   } else {
      drill_error_set(reading->error,
                      "%s: it has %zu functions; choose one with --logical-id: %s",
                      file,
                      choice->count,
                      choice->names);
   }
}

static void
consider(struct sam_reading *reading, struct choice *choice, const char *name, yaml_node_t *value)
{
   if (!is_function(yaml_file_text(yaml_file_value(&reading->document, value, "Type")))) {
      return;
   }
   size_t length = strlen(choice->names);
   (void)snprintf(
      choice->names + length, sizeof choice->names - length, "%s%.100s", choice->count++ == 0 ? "" : ", ", name);
   if (choice->wanted == NULL || strcmp(choice->wanted, name) == 0) {
      choice->matching++;
      choice->name = name;
      reading->resource = value;
   }
}

/* Chooses the function. Sets its logical ID and the nodes that belong to it. */
static bool
choose(struct sam_reading *reading, const char *wanted)
{
   yaml_document_t *document = &reading->document;
   yaml_node_t *root = yaml_document_get_root_node(document);
   yaml_node_t *resources = yaml_file_value(document, root, "Resources");
   struct choice choice = {.wanted = wanted};
   const char *name;
   yaml_node_t *value;
   if (resources == NULL || resources->type != YAML_MAPPING_NODE) {
      return drill_error_false(
         reading->error, "%s: not a SAM or CloudFormation template: it has no Resources", reading->template->file);
   }
   for (size_t place = 0; yaml_file_next(document, resources, &place, &name, &value);) {
      consider(reading, &choice, name, value);
   }
   if (choice.matching != 1) {
      tell_choice(reading, &choice);
      return false;
   }
   reading->template->logical_id = strdup(choice.name);
   reading->properties = yaml_file_value(document, reading->resource, "Properties");
   reading->globals = yaml_file_value(document, yaml_file_value(document, root, "Globals"), "Function");
   return reading->template->logical_id != NULL;
}

static bool
is_os_only(const char *runtime)
{
   return strncmp(runtime, "provided", strlen("provided")) == 0;
}

static bool
is_managed_here(const char *runtime)
{
   return strncmp(runtime, "python", strlen("python")) == 0 || strncmp(runtime, "nodejs", strlen("nodejs")) == 0;
}

static bool
read_handler(struct sam_reading *reading, bool has_handler)
{
   struct sam_template *template = reading->template;
   bool failed = false;
   yaml_node_t *type = property(reading, "PackageType");
   if (type != NULL && yaml_file_text(type) != NULL && strcmp(yaml_file_text(type), "Image") == 0) {
      return drill_error_false(reading->error,
                               "%s: %s is a container image, which cannot run here; a folder or a zip file can",
                               template->file,
                               template->logical_id);
   }
   if (has_handler) {
      return true;
   }
   if (!told(reading, "Runtime", "--handler", &failed)) {
      return !failed;
   }
   if (is_os_only(reading->text.text)) {
      return true;
   }
   if (!is_managed_here(reading->text.text)) {
      return drill_error_false(
         reading->error,
         "%s: %s: Runtime %.60s cannot run here; Python, Node.js, and provided.al2023 with your own bootstrap can",
         template->file,
         template->logical_id,
         reading->text.text);
   }
   if (!told(reading, "Handler", "--handler", &failed)) {
      if (!failed) {
         drill_error_set(
            reading->error, "%s: %s has no Handler: set it with --handler", template->file, template->logical_id);
      }
      return false;
   }
   template->handler = strdup(reading->text.text);
   return template->handler != NULL;
}

/* Reads where the function's code is: CodeUri, Code, or an asset of the CDK's. */
static bool
code_told(struct sam_reading *reading, bool *failed)
{
   yaml_node_t *metadata = yaml_file_value(&reading->document, reading->resource, "Metadata");
   const char *asset = yaml_file_text(yaml_file_value(&reading->document, metadata, "aws:asset:path"));
   if (asset != NULL) {
      (void)snprintf(reading->text.text, sizeof reading->text.text, "%s", asset);
      return true;
   }
   const char *name = property(reading, "CodeUri") != NULL ? "CodeUri" : "Code";
   return told(reading, name, "the path of the package itself instead", failed);
}

static bool
read_code(struct sam_reading *reading)
{
   struct sam_template *template = reading->template;
   bool failed = false;
   char path[PATH_MAX];
   if (!code_told(reading, &failed)) {
      if (!failed) {
         drill_error_set(reading->error,
                         "%s: %s has neither CodeUri nor Code: pass the path of its package instead of the template",
                         template->file,
                         template->logical_id);
      }
      return false;
   }
   const char *code = reading->text.text;
   if (strstr(code, "://") != NULL) {
      return drill_error_false(reading->error,
                               "%s: %s: its code is at %.200s: download it, and pass the path of the zip file",
                               template->file,
                               template->logical_id,
                               code);
   }
   const char *slash = strrchr(template->file, '/');
   int length = code[0] == '/' || slash == NULL
                   ? snprintf(path, sizeof path, "%s", code)
                   : snprintf(path, sizeof path, "%.*s/%s", (int)(slash - template->file), template->file, code);
   struct stat status;
   if (length < 0 || (size_t)length >= sizeof path || stat(path, &status) != 0) {
      return drill_error_false(reading->error,
                               "%s: %s: its code is not at %.300s: run sam build",
                               template->file,
                               template->logical_id,
                               path);
   }
   template->code = strdup(path);
   template->built = strstr(template->file, ".aws-sam/build/") != NULL;
   return template->code != NULL;
}

static bool
read_number(
   struct sam_reading *reading, const char *name, const char *option, unsigned least, unsigned most, unsigned *number)
{
   bool failed = false;
   if (!told(reading, name, option, &failed)) {
      return !failed;
   }
   char *end = NULL;
   long value = strtol(reading->text.text, &end, 10);
   if (end == reading->text.text || *end != '\0' || value < (long)least || value > (long)most) {
      return drill_error_false(reading->error,
                               "%s: %s: %s: expected a whole number from %u to %u, found \"%.60s\"",
                               reading->template->file,
                               reading->template->logical_id,
                               name,
                               least,
                               most,
                               reading->text.text);
   }
   *number = (unsigned)value;
   return true;
}

int
sam_template_read(
   struct sam_template *template, const char *file, const char *logical_id, bool has_handler, struct drill_error *error)
{
   struct sam_reading reading = {.template = template, .error = error};
   unsigned timeout_s = TIMEOUT_DEFAULT_S;
   *template = (struct sam_template){.memory_mb = MEMORY_DEFAULT_MB};
   (void)snprintf(template->file, sizeof template->file, "%s", file);
   if (yaml_file_read(&reading.document, file, error) != 0) {
      return -1;
   }
   drill_error_set(error, "%s: out of memory", file); /* stays if there is no other reason */
   bool good =
      choose(&reading, logical_id) && read_handler(&reading, has_handler) && read_code(&reading) &&
      read_number(&reading, "Timeout", "--timeout", 1, TIMEOUT_MAX_S, &timeout_s) &&
      read_number(&reading, "MemorySize", "--memory", MEMORY_DEFAULT_MB, MEMORY_MAX_MB, &template->memory_mb) &&
      sam_variables_read(&reading);
   template->timeout_ms = timeout_s * 1000;
   yaml_document_delete(&reading.document);
   if (!good) {
      sam_template_clear(template);
      return -1;
   }
   return 0;
}

void
sam_template_clear(struct sam_template *template)
{
   for (size_t i = 0; i < template->variable_count; i++) {
      free(template->variables[i]);
   }
   for (size_t i = 0; i < template->unknown_count; i++) {
      free(template->unknown[i].name);
      free(template->unknown[i].why);
   }
   free(template->logical_id);
   free(template->code);
   free(template->handler);
   *template = (struct sam_template){.timeout_ms = 0};
}
