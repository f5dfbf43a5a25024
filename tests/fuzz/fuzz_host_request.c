/* How the Lambda host reads paths, bodies and programs.
 * - A path leads to one route, with an id that fits; a body is kept up to the limit.
 * - Decoded base64 gives the original bytes.
 * - Of a program no more is read than a loader's name.
 *
 * The first line is method and path; the body follows. */
#include "fuzz_target.h"

#include "base64.h"
#include "elf_file.h"
#include "runtime_request.h"

#include <sys/mman.h>
#include <unistd.h>

enum { BODY_MAX = 256, CHUNK = 7 };

static void
check_route(const struct runtime_request *request, const char *method, const char *path)
{
   require(strlen(request->request_id) < sizeof request->request_id, "an id that fits");
   require(request->request_id[0] == '\0' || strstr(path, request->request_id) != NULL, "an id of the path");
   if (request->route == ROUTE_UNKNOWN_PATH) {
      return;
   }
   require((strcmp(method, runtime_request_allowed(path)) == 0) == (request->route != ROUTE_UNKNOWN_METHOD),
           "a method that the path has");
}

static void
check_request(char *line, const uint8_t *body, size_t size)
{
   char *path = strchr(line, ' ');

   if (path == NULL) {
      return;
   }
   *path++ = '\0';
   struct runtime_request *request = runtime_request_new(line, path);
   require(request != NULL, "memory");
   check_route(request, line, path);
   for (size_t at = 0; at < size; at += CHUNK) {
      size_t left = size - at;
      char *chunk = text_of(body + at, left < CHUNK ? left : CHUNK);

      runtime_request_add(request, chunk, left < CHUNK ? left : CHUNK, BODY_MAX);
      free(chunk);
   }
   require(request->length == size && request->too_large == (size > BODY_MAX), "all counted");
   require(request->room <= BODY_MAX + 1, "a body within its cap");
   if (size > 0 && !request->too_large) {
      require(memcmp(request->body, body, size) == 0 && request->body[size] == '\0', "all of the body");
   }
   runtime_request_destroy(request);
}

static void
check_base64(const uint8_t *bytes, size_t size)
{
   char *text = text_of(bytes, size);
   char *encoded = base64_encode(text, size);
   size_t length = 0;
   char *decoded = encoded == NULL ? NULL : base64_decode(encoded, &length);

   require(decoded != NULL && length == size && memcmp(decoded, text, size) == 0 && decoded[size] == '\0',
           "what was encoded");
   free(decoded);
   free(encoded);
   free(base64_decode(text, &length));
   free(text);
}

static void
check_elf(const uint8_t *bytes, size_t size)
{
   struct elf_file file;
   char path[64];
   char machine[32];
   int descriptor = memfd_create("program", MFD_CLOEXEC);

   require(descriptor >= 0 && write(descriptor, bytes, size) == (ssize_t)size, "a file in memory");
   snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
   require(elf_file_read(&file, path) == 0, "a file that can be read");
   require(memchr(file.interpreter, '\0', sizeof file.interpreter) != NULL, "a name that ends");
   require(file.kind == FILE_ELF || (file.machine == 0 && file.interpreter[0] == '\0'),
           "nothing of what is no program");
   elf_machine_name(file.machine, machine, sizeof machine);
   close(descriptor);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   size_t length;
   char *line = take_line(&data, &size, &length);

   check_request(line, data, size);
   check_base64(data, size);
   check_elf(data, size);
   free(line);
   return 0;
}
