#include "invoke_request.h"

#include "base64.h"
#include "http_daemon.h"
#include "json_check.h"
#include "runtime_api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PATH_START "/2015-03-31/functions/"
#define PATH_END "/invocations"
/* https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 1 MB for asynchronous invocations. */
#define LATER_EVENT_MAX (1024u * 1024)

/* --- what it asks for --------------------------------------------------------------------------------------------- */

static bool
is_invocation(const char *path)
{
   size_t length = strlen(path);
   size_t start = sizeof PATH_START - 1;
   size_t end = sizeof PATH_END - 1;
   return length > start + end && strncmp(path, PATH_START, start) == 0 && strcmp(path + length - end, PATH_END) == 0 &&
          memchr(path + start, '/', length - start - end) == NULL;
}

static enum invoke_kind
kind_of(const struct invoke_request *request, const char *path, const char *method)
{
   if (!is_invocation(path)) {
      return INVOKE_UNKNOWN_PATH;
   }
   if (strcmp(method, "POST") != 0) {
      return INVOKE_UNKNOWN_METHOD;
   }
   const char *type = http_daemon_header(request->connection, "X-Amz-Invocation-Type", "RequestResponse");
   return strcmp(type, "RequestResponse") == 0 ? INVOKE_AND_WAIT
          : strcmp(type, "Event") == 0         ? INVOKE_LATER
          : strcmp(type, "DryRun") == 0        ? INVOKE_DRY_RUN
                                               : INVOKE_UNKNOWN_KIND;
}

struct invoke_request *
invoke_request_new(struct MHD_Connection *connection, const char *target, const char *method)
{
   struct invoke_request *request = calloc(1, sizeof *request);
   if (request != NULL) {
      request->connection = connection;
      request->kind = kind_of(request, http_daemon_path(target), method);
   }
   return request;
}

void
invoke_request_destroy(struct invoke_request *request)
{
   if (request == NULL) {
      return;
   }
   if (request->run && request->job.failed == 0) {
      invocation_result_clear(&request->job.result);
   }
   free(request->client_context);
   free(request->text);
   free(request);
}

bool
invoke_request_wants_log(const struct invoke_request *request)
{
   return strcasecmp(http_daemon_header(request->connection, "X-Amz-Log-Type", "None"), "Tail") == 0;
}

/* --- its body ----------------------------------------------------------------------------------------------------- */

static size_t
limit_of(const struct invoke_request *request)
{
   return request->kind == INVOKE_LATER ? LATER_EVENT_MAX : RUNTIME_EVENT_MAX;
}

void
invoke_request_add(struct invoke_request *request, const char *data, size_t length)
{
   if (request->too_large || length > limit_of(request) - request->length) {
      request->too_large = true;
      return;
   }
   size_t wanted = request->length + length;
   if (wanted > request->room) {
      char *text = realloc(request->text, wanted * 2);
      if (text == NULL) {
         request->no_memory = true;
         return;
      }
      request->text = text;
      request->room = wanted * 2;
   }
   memcpy(request->text + request->length, data, length);
   request->length = wanted;
}

static unsigned long long
declared_length(const struct invoke_request *request)
{
   const char *text = http_daemon_header(request->connection, "Content-Length", "0");
   errno = 0;
   unsigned long long length = strtoull(text, NULL, 10);
   return errno == 0 ? length : 0;
}

bool
invoke_request_is_too_large(const struct invoke_request *request, struct invoke_refusal *refusal)
{
   if (request->kind == INVOKE_UNKNOWN_PATH || request->kind == INVOKE_UNKNOWN_METHOD) {
      return false;
   }
   unsigned long long declared = declared_length(request);
   if (!request->too_large && declared <= limit_of(request)) {
      return false;
   }
   *refusal = (struct invoke_refusal){.status = MHD_HTTP_CONTENT_TOO_LARGE, .type = "RequestTooLargeException"};
   if (request->kind == INVOKE_LATER && declared > 0) {
      snprintf(refusal->message,
               sizeof refusal->message,
               "%llu byte payload is too large for the Event invocation type (limit %u bytes)",
               declared,
               LATER_EVENT_MAX);
   } else {
      snprintf(refusal->message,
               sizeof refusal->message,
               "Request must be smaller than %zu bytes for the InvokeFunction operation",
               limit_of(request));
   }
   return true;
}

/* --- the event ---------------------------------------------------------------------------------------------------- */

static void
describe_byte(char *text, size_t size, const struct invoke_request *request, size_t at)
{
   if (at >= request->length) {
      snprintf(text, size, "Unexpected end of input");
      return;
   }
   unsigned char byte = (unsigned char)request->text[at];
   if (byte > 0x20 && byte < 0x7f) {
      snprintf(text, size, "Unexpected character '%c' (code %u) at byte %zu", byte, byte, at);
   } else {
      snprintf(text, size, "Unexpected byte 0x%02x at byte %zu", byte, at);
   }
}

/* True for one JSON value with white space around it (RFC 8259, section 2). A value nested too deeply to check is
 * accepted. */
static bool
is_json(const struct invoke_request *request, char *why, size_t size)
{
   size_t at = 0;
   while (at < request->length && json_is_space(request->text[at])) {
      at++;
   }
   struct json_check check;
   json_check_init(&check);
   size_t taken = 0;
   enum json_check_status status = json_check_feed(&check, request->text + at, request->length - at, &taken);
   at += taken;
   if (status == JSON_CHECK_TOO_DEEP) {
      return true;
   }
   if (status == JSON_CHECK_MORE) {
      status = json_check_end(&check);
   }
   if (status == JSON_CHECK_DONE) {
      while (at < request->length && json_is_space(request->text[at])) {
         at++;
      }
      if (at == request->length) {
         return true;
      }
   }
   char byte[80];
   describe_byte(byte, sizeof byte, request, at);
   snprintf(why,
            size,
            "%s: expected %s%s",
            byte,
            status == JSON_CHECK_DONE ? "one value only" : json_check_expected(&check),
            at < request->length ? json_check_likely(&check, (unsigned char)request->text[at]) : "");
   return false;
}

bool
invoke_request_is_refused(const struct invoke_request *request, struct invoke_refusal *refusal)
{
   static const struct invoke_refusal unknown[] = {
      [INVOKE_UNKNOWN_PATH] = {MHD_HTTP_NOT_FOUND,
                               "ResourceNotFoundException",
                               "the path must be /2015-03-31/functions/NAME/invocations"},
      [INVOKE_UNKNOWN_METHOD] = {MHD_HTTP_METHOD_NOT_ALLOWED, "MethodNotAllowedException", "the method must be POST"},
      [INVOKE_UNKNOWN_KIND] = {MHD_HTTP_BAD_REQUEST,
                               "InvalidParameterValueException",
                               "X-Amz-Invocation-Type must be RequestResponse, Event or DryRun"}};
   if (unknown[request->kind].status != 0) {
      *refusal = unknown[request->kind];
      return true;
   }
   if (request->no_memory) {
      *refusal =
         (struct invoke_refusal){MHD_HTTP_INTERNAL_SERVER_ERROR, "ServiceException", "out of memory for the event"};
      return true;
   }
   char why[160];
   if (request->length > 0 && !is_json(request, why, sizeof why)) {
      *refusal = (struct invoke_refusal){MHD_HTTP_BAD_REQUEST, "InvalidRequestContentException", ""};
      /* Lambda's words, except for the parser's own message. */
      snprintf(refusal->message,
               sizeof refusal->message,
               "Could not parse request body into json: Could not parse payload into json: %s",
               why);
      return true;
   }
   return false;
}

bool
invoke_request_make_job(struct invoke_request *request, struct invoke_refusal *refusal)
{
   const char *encoded = http_daemon_header(request->connection, "X-Amz-Client-Context", NULL);
   size_t length = 0;
   request->client_context = encoded != NULL ? base64_decode(encoded, &length) : NULL;
   if (encoded != NULL && (request->client_context == NULL || strlen(request->client_context) != length)) {
      *refusal = (struct invoke_refusal){
         MHD_HTTP_BAD_REQUEST, "InvalidRequestContentException", "X-Amz-Client-Context must be text in base64"};
      return false;
   }
   /* An invocation without a payload gets an empty object as its event. */
   request->job.event = (struct invoker_event){
      .text = request->length > 0 ? request->text : "{}",
      .length = request->length > 0 ? request->length : 2,
      .client_context = request->client_context,
      .cognito_identity = http_daemon_header(request->connection, "X-Amz-Cognito-Identity", NULL),
      .trace_id = http_daemon_header(request->connection, "X-Amzn-Trace-Id", NULL),
   };
   return true;
}
