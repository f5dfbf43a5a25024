#include "http_exchange.h"

#include "clock.h"
#include "descriptors.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The drill uses Lambda's limit for answers on all platforms. */
#define ANSWER_MAX (6 * 1024 * 1024)
/* Pause between two attempts to connect. Azure's host uses 25 ms, the Lambda Web Adapter 10. */
#define TRY_US 5000

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool works;

static void
initialise(void)
{
   works = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool
http_exchange_start(void)
{
   pthread_once(&once, initialise);
   return works;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

static size_t
take_part(char *data, size_t size, size_t count, void *argument)
{
   struct service_answer *answer = argument;
   size_t length = size * count;
   if (length > ANSWER_MAX - answer->length) {
      return 0;
   }
   char *text = realloc(answer->text, answer->length + length + 1);
   if (text == NULL) {
      return 0;
   }
   memcpy(text + answer->length, data, length);
   answer->text = text;
   answer->length += length;
   text[answer->length] = '\0';
   return length;
}

static bool
set_up(CURL *easy, const struct service_place *place, const struct http_request *request, struct service_answer *answer)
{
   char url[640];
   (void)snprintf(url, sizeof url, "http://127.0.0.1:%u%s", place->port != 0 ? place->port : 80u, request->target);
   bool set = curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request->headers) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_part) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer) == CURLE_OK;
   if (set && place->socket[0] != '\0') {
      set = curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, place->socket) == CURLE_OK;
   }
   if (set && request->body != NULL) {
      set = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body) == CURLE_OK;
   }
   return set;
}

/* Returns whether the transfer is over, and sets *end to how it ended. */
static bool
is_over(CURLM *multi, CURL *easy, struct service_answer *answer, enum service_end *end)
{
   int left;
   CURLMsg *message = curl_multi_info_read(multi, &left);
   if (message == NULL || message->msg != CURLMSG_DONE) {
      return false;
   }
   *end = message->data.result == CURLE_OK ? SERVICE_ANSWERED : SERVICE_BROKEN;
   if (message->data.result == CURLE_OUT_OF_MEMORY) {
      *end = SERVICE_NO_MEMORY;
   }
   curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer->status);
   return true;
}

static enum service_end
run(CURLM *multi, CURL *easy, struct service_watch *watch, struct service_answer *answer)
{
   struct curl_waitfd others[] = {{.fd = watch->process, .events = CURL_WAIT_POLLIN},
                                  {.fd = watch->interrupt, .events = CURL_WAIT_POLLIN}};
   enum service_end end;
   for (;;) {
      int running;
      if (curl_multi_perform(multi, &running) != CURLM_OK) {
         return SERVICE_NO_MEMORY;
      }
      if (is_over(multi, easy, answer, &end) || service_watch_look(watch, &end)) {
         return end;
      }
      curl_multi_poll(multi, others, 2, service_watch_left_ms(watch), NULL);
   }
}

enum service_end
http_exchange(const struct service_place *place,
              const struct http_request *request,
              struct service_watch *watch,
              struct service_answer *answer)
{
   enum service_end end = SERVICE_NO_MEMORY;
   char why[CURL_ERROR_SIZE] = "";
   CURLM *multi = curl_multi_init();
   CURL *easy = curl_easy_init();
   *answer = (struct service_answer){0};
   if (multi != NULL && easy != NULL && !request->failed && set_up(easy, place, request, answer) &&
       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, why) == CURLE_OK && curl_multi_add_handle(multi, easy) == CURLM_OK) {
      end = run(multi, easy, watch, answer);
      curl_multi_remove_handle(multi, easy);
   }
   (void)snprintf(watch->why, sizeof watch->why, "%.190s", why);
   curl_easy_cleanup(easy);
   curl_multi_cleanup(multi);
   if (end == SERVICE_ANSWERED && answer->text == NULL) {
      answer->text = strdup("");
      end = answer->text != NULL ? end : SERVICE_NO_MEMORY;
   }
   if (end != SERVICE_ANSWERED) {
      free(answer->text);
      *answer = (struct service_answer){0};
   }
   return end;
}

/* --- the start ---------------------------------------------------------------------------------------------------- */

static bool
connects(const struct service_place *place)
{
   struct sockaddr_un path = {.sun_family = AF_UNIX};
   struct sockaddr_in loopback = {
      .sin_family = AF_INET, .sin_port = htons(place->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   bool local = place->socket[0] != '\0';
   int length = snprintf(path.sun_path, sizeof path.sun_path, "%s", place->socket);
   int socket_ = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   const struct sockaddr *address = local ? (const struct sockaddr *)&path : (const struct sockaddr *)&loopback;
   socklen_t size = local ? sizeof path : sizeof loopback;
   bool connected = socket_ >= 0 && (size_t)length < sizeof path.sun_path && connect(socket_, address, size) == 0;
   descriptors_close(socket_);
   return connected;
}

enum service_end
http_exchange_await_listener(const struct service_place *place, struct service_watch *watch)
{
   enum service_end end;
   while (!connects(place)) {
      if (service_watch_look(watch, &end)) {
         return end;
      }
      clock_sleep_us(TRY_US);
   }
   return SERVICE_ANSWERED;
}
