#include "intrinsics.h"

#include "yaml_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The region of the drill's Lambda. */
#define REGION "us-east-1"
#define NAME_MAX_SHOWN 60

__attribute__((format(printf, 2, 3))) static bool
unknown(struct intrinsics_text *found, const char *format, ...)
{
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(found->why, sizeof found->why, format, arguments);
   va_end(arguments);
   found->text[0] = '\0';
   return false;
}

static bool
append(struct intrinsics_text *found, const char *text, size_t length)
{
   size_t before = strlen(found->text);
   if (length > INTRINSICS_TEXT_MAX - before) {
      return unknown(found, "it is longer than %d bytes", INTRINSICS_TEXT_MAX);
   }
   memcpy(found->text + before, text, length);
   found->text[before + length] = '\0';
   return true;
}

/* Whether only AWS knows the name: a pseudo parameter, a resource of the template, or an attribute of one, as in !Sub
 * ${Table.Arn}. */
static bool
is_of_aws(yaml_document_t *document, const char *name)
{
   char resource[256];
   yaml_node_t *resources = yaml_file_value(document, yaml_document_get_root_node(document), "Resources");
   (void)snprintf(resource, sizeof resource, "%.*s", (int)strcspn(name, "."), name);
   return strncmp(name, "AWS::", strlen("AWS::")) == 0 || yaml_file_value(document, resources, resource) != NULL;
}

static bool
append_name(yaml_document_t *document, const char *function, const char *name, struct intrinsics_text *found)
{
   if (strcmp(name, "AWS::Region") == 0) {
      return append(found, REGION, strlen(REGION));
   }
   yaml_node_t *parameters = yaml_file_value(document, yaml_document_get_root_node(document), "Parameters");
   yaml_node_t *parameter = yaml_file_value(document, parameters, name);
   if (parameter == NULL && !is_of_aws(document, name)) {
      return unknown(
         found, "%s %.*s is neither a parameter nor a resource of this template", function, NAME_MAX_SHOWN, name);
   }
   if (parameter == NULL) {
      return unknown(found, "%s %.*s is known in AWS only", function, NAME_MAX_SHOWN, name);
   }
   const char *type = yaml_file_text(yaml_file_value(document, parameter, "Type"));
   if (type != NULL && strncmp(type, "AWS::SSM::", strlen("AWS::SSM::")) == 0) {
      return unknown(found, "the value of %s %.*s is in Parameter Store", function, NAME_MAX_SHOWN, name);
   }
   const char *value = yaml_file_text(yaml_file_value(document, parameter, "Default"));
   if (value == NULL) {
      return unknown(found, "%s %.*s has no Default", function, NAME_MAX_SHOWN, name);
   }
   return append(found, value, strlen(value));
}

/* Replaces ${Name} by the value of Name, and ${!Name} by ${Name} itself. */
static bool
substitute(yaml_document_t *document, const char *text, struct intrinsics_text *found)
{
   for (const char *from = text;;) {
      const char *dollar = strstr(from, "${");
      const char *close = dollar == NULL ? NULL : strchr(dollar, '}');
      if (close == NULL) {
         return append(found, from, strlen(from));
      }
      if (!append(found, from, (size_t)(dollar - from))) {
         return false;
      }
      char name[256] = "";
      size_t length = (size_t)(close - dollar) - 2;
      (void)snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), dollar + 2);
      bool good = name[0] == '!'
                     ? append(found, "${", 2) && append(found, name + 1, strlen(name) - 1) && append(found, "}", 1)
                     : append_name(document, "!Sub", name, found);
      if (!good) {
         return false;
      }
      from = close + 1;
   }
}

/* The function's name: from the tag of a short form ("!Ref"), or from the only key of a long form ("Ref", "Fn::Sub"),
 * without "Fn::". NULL for a plain value. *argument is what the function is applied to. */
static const char *
function_of(yaml_document_t *document, yaml_node_t *node, yaml_node_t **argument)
{
   const char *tag = (const char *)node->tag;
   if (tag != NULL && tag[0] == '!' && tag[1] != '\0') {
      *argument = node;
      return tag + 1;
   }
   if (node->type == YAML_MAPPING_NODE && node->data.mapping.pairs.top - node->data.mapping.pairs.start == 1) {
      const char *key = yaml_file_text(yaml_document_get_node(document, node->data.mapping.pairs.start->key));
      if (key != NULL && (strcmp(key, "Ref") == 0 || strncmp(key, "Fn::", strlen("Fn::")) == 0)) {
         *argument = yaml_document_get_node(document, node->data.mapping.pairs.start->value);
         return key[0] == 'R' ? key : key + strlen("Fn::");
      }
   }
   return NULL;
}

bool
intrinsics_resolve(yaml_document_t *document, yaml_node_t *node, struct intrinsics_text *found)
{
   yaml_node_t *argument = NULL;
   const char *function = function_of(document, node, &argument);
   const char *text = yaml_file_text(function == NULL ? node : argument);
   found->text[0] = '\0';
   found->why[0] = '\0';
   if (function != NULL && strcmp(function, "Ref") == 0 && text != NULL) {
      return append_name(document, "!Ref", text, found);
   }
   if (function != NULL && strcmp(function, "Sub") == 0 && text != NULL) {
      return substitute(document, text, found);
   }
   if (function != NULL) {
      return unknown(found, "!%.*s is known in AWS only", NAME_MAX_SHOWN, function);
   }
   if (text == NULL) {
      return unknown(found, "it is not a string");
   }
   /* CloudFormation, "Dynamic references": the value of a secret or of a stored parameter. */
   if (strstr(text, "{{resolve:") != NULL) {
      return unknown(found, "{{resolve:…}} is known in AWS only");
   }
   return append(found, text, strlen(text));
}
