#include "runtime_state.h"

#include "function.h"
#include "request_id.h"

#include <cJSON.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNT_ID "123456789012"
#define INVALID_STATE "Extension.InvalidExtensionState"

static const char *
header(struct MHD_Connection *connection, const char *name)
{
   return http_daemon_header(connection, name, "");
}

/* --- refusals ----------------------------------------------------------------------------------------------------- */

static enum MHD_Result
refuse(struct runtime_api *api, struct MHD_Connection *connection, const char *type, const char *format, ...)
   __attribute__((format(printf, 4, 5)));

/* Answers 403 and notes a broken rule, because Lambda would refuse it, too. */
static enum MHD_Result
refuse(struct runtime_api *api, struct MHD_Connection *connection, const char *type, const char *format, ...)
{
   char message[600];
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(message, sizeof message, format, arguments);
   va_end(arguments);
   violations_add(api->violations, "its extension's call was refused: %s: %s", type, message);
   char *text = json_of_two("errorMessage", message, "errorType", type);
   enum MHD_Result result = text != NULL ? runtime_reply(connection, MHD_HTTP_FORBIDDEN, text) : MHD_NO;
   free(text);
   return result;
}

static enum MHD_Result
refuse_transition(struct runtime_api *api,
                  struct MHD_Connection *connection,
                  const struct extension *extension,
                  const char *to)
{
   return refuse(api,
                 connection,
                 INVALID_STATE,
                 "State transition from %s to %s failed for extension %s. Error: State transition is not allowed",
                 extension_state_name(extension->state),
                 to,
                 extension->id);
}

/* --- register ----------------------------------------------------------------------------------------------------- */

/* Returns NULL when the body is in order, or else the message. Sets *wants_invoke and *wrong_event. */
static const char *
read_registration(const struct runtime_request *request, bool *wants_invoke, char *wrong_event, size_t size)
{
   const char *problem = NULL;
   cJSON *body = request->body != NULL ? cJSON_ParseWithLength(request->body, request->length) : NULL;
   const cJSON *events = cJSON_GetObjectItem(body, "events");
   const cJSON *keys = cJSON_GetObjectItem(body, "configurationKeys");
   *wants_invoke = false;
   wrong_event[0] = '\0';
   if (!cJSON_IsObject(body)) {
      problem = request->length == 0 ? "unexpected end of JSON input" : "expected a JSON object";
   } else if (cJSON_IsArray(keys) && cJSON_GetArraySize(keys) > 0) {
      problem = "configurationKeys are deprecated; use environment variables instead";
   } else if (events != NULL && !cJSON_IsNull(events) && !cJSON_IsArray(events)) {
      problem = "expected events to be an array of strings";
   }
   const cJSON *list = problem == NULL ? events : NULL;
   const cJSON *event;
   cJSON_ArrayForEach(event, list)
   {
      const char *name = cJSON_GetStringValue(event);
      if (name == NULL) {
         problem = "expected events to be an array of strings";
         break;
      }
      if (strcmp(name, "INVOKE") == 0) {
         *wants_invoke = true;
      } else if (wrong_event[0] == '\0') {
         /* SHUTDOWN is for external extensions; an internal one that registers gets SIGTERM instead. */
         snprintf(wrong_event,
                  size,
                  "%.100s: %s",
                  name,
                  strcmp(name, "SHUTDOWN") == 0 ? "ShutdownEventNotSupportedForInternalExtension"
                                                : "ErrorInvalidEventType");
      }
   }
   cJSON_Delete(body);
   return problem;
}

static bool
wants_account(struct MHD_Connection *connection)
{
   static const char feature[] = "accountId";
   static const char separators[] = ", \t";
   const char *list = header(connection, "Lambda-Extension-Accept-Feature");
   while (*list != '\0') {
      list += strspn(list, separators);
      size_t length = strcspn(list, separators);
      if (length == sizeof feature - 1 && strncmp(list, feature, length) == 0) {
         return true;
      }
      list += length;
   }
   return false;
}

static enum MHD_Result
tell_registered(struct runtime_api *api, struct MHD_Connection *connection, const struct extension *extension)
{
   cJSON *body = cJSON_CreateObject();
   if (wants_account(connection)) {
      cJSON_AddStringToObject(body, "accountId", ACCOUNT_ID);
   }
   cJSON_AddStringToObject(body, "functionName", api->config->function_name);
   cJSON_AddStringToObject(body, "functionVersion", "$LATEST");
   char *text = NULL;
   if (cJSON_AddStringToObject(body, "handler", api->config->handler) != NULL) {
      text = cJSON_PrintUnformatted(body);
   }
   cJSON_Delete(body);
   const struct http_header headers[] = {
      {"Content-Type", "application/json"},
      {"Lambda-Extension-Identifier", extension->id},
   };
   enum MHD_Result result =
      text != NULL ? http_daemon_reply(connection, MHD_HTTP_OK, text, strlen(text), headers, 2) : MHD_NO;
   free(text);
   return result;
}

enum MHD_Result
extension_route_register(struct runtime_api *api,
                         struct MHD_Connection *connection,
                         const struct runtime_request *request)
{
   const char *name = header(connection, "Lambda-Extension-Name");
   if (name[0] == '\0') {
      return refuse(api, connection, "Extension.InvalidExtensionName", "Empty extension name");
   }
   if (strlen(name) >= EXTENSION_NAME_MAX) {
      return refuse(api, connection, "Extension.InvalidExtensionName", "Extension name of %zu bytes", strlen(name));
   }
   if (request->no_memory || request->too_large) {
      return runtime_reply(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, REPLY_NO_MEMORY);
   }
   bool wants_invoke;
   char wrong_event[200];
   const char *problem = read_registration(request, &wants_invoke, wrong_event, sizeof wrong_event);
   if (problem != NULL) {
      return refuse(api, connection, "InvalidRequestFormat", "%s", problem);
   }
   if (wrong_event[0] != '\0') {
      return refuse(api, connection, "Extension.InvalidEventType", "%s", wrong_event);
   }
   /* AWS's emulator also refuses it: when several events are open at once, extensions get none. */
   if (api->workers > 1 && wants_invoke) {
      return refuse(api, connection, "Extension.InvalidEventType", "No events allowed for internal extensions");
   }
   if (api->asked) {
      return refuse(api, connection, "Extension.RegistrationClosed", "Extension registration closed already");
   }
   if (api->extensions.count == EXTENSIONS_MAX) {
      return refuse(api, connection, "Extension.TooManyExtensions", "Extension limit (%d) reached", EXTENSIONS_MAX);
   }
   if (extensions_by_name(&api->extensions, name) != NULL) {
      return refuse(api, connection, INVALID_STATE, "Extension with this name already registered");
   }
   return tell_registered(api, connection, extensions_add(&api->extensions, name, wants_invoke));
}

/* --- the others, by identifier ------------------------------------------------------------------------------------ */

/* RFC 9562, section 4. */
static bool
is_uuid(const char *text)
{
   for (size_t i = 0; i < 36; i++) {
      bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i])) {
         return false;
      }
   }
   return text[36] == '\0';
}

/* Returns NULL when the call was refused; then *result is set. */
static struct extension *
identify(struct runtime_api *api,
         struct MHD_Connection *connection,
         const struct runtime_request *request,
         enum MHD_Result *result)
{
   const char *id = header(connection, "Lambda-Extension-Identifier");
   if (id[0] == '\0') {
      *result =
         refuse(api, connection, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
      return NULL;
   }
   if (!is_uuid(id)) {
      *result = refuse(api, connection, "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier");
      return NULL;
   }
   if (request->route != ROUTE_EXTENSION_NEXT &&
       header(connection, "Lambda-Extension-Function-Error-Type")[0] == '\0') {
      *result = refuse(api, connection, "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found");
      return NULL;
   }
   struct extension *extension = extensions_by_id(&api->extensions, id);
   if (extension == NULL) {
      bool next = request->route == ROUTE_EXTENSION_NEXT;
      *result = refuse(api,
                       connection,
                       "Extension.UnknownExtensionIdentifier",
                       "Unknown %s%s",
                       next ? "extension " : "Lambda-Extension-Identifier",
                       next ? id : "");
   }
   return extension;
}

static enum MHD_Result
hand_out(const struct runtime_api *api, struct MHD_Connection *connection)
{
   char event_id[40];
   request_id_new(event_id, sizeof event_id);
   const struct http_header headers[] = {
      {"Content-Type", "application/json"},
      {"Lambda-Extension-Event-Identifier", event_id},
   };
   return http_daemon_reply(connection, MHD_HTTP_OK, api->extension_event, strlen(api->extension_event), headers, 2);
}

enum MHD_Result
extension_route_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (request->resumed) {
      return api->extension_event == NULL ? MHD_NO : hand_out(api, connection);
   }
   enum MHD_Result result;
   struct extension *extension = identify(api, connection, request, &result);
   if (extension == NULL) {
      return result;
   }
   if (extension->state != EXTENSION_REGISTERED && extension->state != EXTENSION_RUNNING) {
      return refuse_transition(api, connection, extension, "Ready");
   }
   extension->state = EXTENSION_READY;
   extension->waiting = runtime_call_suspend(connection, request);
   if (api->phase == RUNTIME_WAITING) {
      runtime_state_enter(api, RUNTIME_WAITING); /* RUNTIME_WAITING may be complete now */
   }
   return MHD_YES;
}

enum MHD_Result
extension_route_error(struct runtime_api *api, struct MHD_Connection *connection, const struct runtime_request *request)
{
   enum MHD_Result result;
   struct extension *extension = identify(api, connection, request, &result);
   if (extension == NULL) {
      return result;
   }
   bool in_init = request->route == ROUTE_EXTENSION_INIT_ERROR;
   enum extension_state failed = in_init ? EXTENSION_INIT_ERROR : EXTENSION_EXIT_ERROR;
   bool allowed = extension->state == failed || extension->state == EXTENSION_REGISTERED ||
                  (!in_init && extension->state != EXTENSION_INIT_ERROR);
   if (!allowed) {
      return refuse_transition(api, connection, extension, in_init ? "InitError" : "Exited");
   }
   extension->state = failed;
   if (api->extensions.fatal_error == NULL) {
      api->extensions.fatal_error = in_init ? "Extension.InitError" : "Extension.ExitError";
   }
   return MHD_queue_response(connection, MHD_HTTP_ACCEPTED, api->accepted);
}

enum MHD_Result
extension_route_subscribe(struct MHD_Connection *connection, const struct runtime_request *request)
{
   const char *api = request->route == ROUTE_LOGS ? "Logs" : "Telemetry";
   char body[120];
   snprintf(body,
            sizeof body,
            "{\"errorMessage\":\"%s API is not supported\",\"errorType\":\"%s.NotSupported\"}\n",
            api,
            api);
   return runtime_reply(connection, MHD_HTTP_ACCEPTED, body);
}

char *
extension_route_event(const struct runtime_event *event)
{
   cJSON *body = cJSON_CreateObject();
   cJSON_AddStringToObject(body, "eventType", "INVOKE");
   cJSON_AddNumberToObject(body, "deadlineMs", (double)event->deadline_ms);
   cJSON_AddStringToObject(body, "requestId", event->request_id);
   cJSON_AddStringToObject(body, "invokedFunctionArn", event->function_arn);
   cJSON *tracing = cJSON_AddObjectToObject(body, "tracing");
   cJSON_AddStringToObject(tracing, "type", "X-Amzn-Trace-Id");
   char *text = NULL;
   if (cJSON_AddStringToObject(tracing, "value", event->trace_id) != NULL) {
      text = cJSON_PrintUnformatted(body);
   }
   cJSON_Delete(body);
   return text;
}
