#include "loader.h"

#include "elf_check.h"
#include "error.h"
#include "utf8.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ERROR_TYPE "Harness.ProviderNotLoaded"

/* A sanitizer's report loses the symbols of a library that was unloaded. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KEEP_LOADED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KEEP_LOADED 1
#endif
#endif

static bool
is_directory(const char *path)
{
   struct stat status;
   return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool
loader_directory(char *directory, size_t size, struct faas_error *error)
{
   char program[PATH_MAX];
   ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
   if (length < 0) {
      faas_error_set(error, ERROR_TYPE, "cannot read /proc/self/exe: %s", strerror(errno));
      return false;
   }
   program[length] = '\0';
   *strrchr(program, '/') = '\0';
   /* Built and installed programs are in bin/; in a package for Lambda the program is at the root. Unless the root is
    * /var/task, the package's dynamic linker, in lib/private, starts the program. */
   static const char *const places[] = {"../lib/faas-harness", "lib/faas-harness", "../faas-harness"};
   for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
      int wrote = snprintf(directory, size, "%s/%s", program, places[i]);
      if (wrote > 0 && (size_t)wrote < size && is_directory(directory)) {
         return true;
      }
   }
   faas_error_set(error,
                  ERROR_TYPE,
                  "no folder of providers: neither %.300s/../lib/faas-harness nor %.300s/lib/faas-harness exists",
                  program,
                  program);
   return false;
}

static bool
find_path(char *path, size_t size, const char *name_or_path, struct faas_error *error)
{
   char directory[PATH_MAX] = "";
   bool is_path = strchr(name_or_path, '/') != NULL;
   if (!is_path && !loader_directory(directory, sizeof directory, error)) {
      return false;
   }
   const char *const parts[] = {directory, is_path ? "" : "/", name_or_path, is_path ? "" : ".so"};
   size_t length = 0;
   path[0] = '\0';
   for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
      utf8_append(path, size, parts[i]);
      length += strlen(parts[i]);
   }
   if (length >= size) {
      faas_error_set(error, ERROR_TYPE, "the provider's path is too long: at most %zu bytes", size - 1);
      return false;
   }
   return true;
}

static bool
check_file(const char *path, struct faas_error *error)
{
   char found[256];
   if (!elf_check(path, found, sizeof found)) {
      faas_error_set(error,
                     ERROR_TYPE,
                     "%s: not a provider, which is a shared object (ELF) for this machine: %s (see --list-providers; a "
                     "path needs a slash)",
                     path,
                     found);
      return false;
   }
   return true;
}

#define FIRST_FIELDS (offsetof(struct faas_provider, max_open_invocations))

static bool
check_version(const char *path, const struct faas_provider *offered, struct faas_error *error)
{
   if (offered == NULL) {
      faas_error_set(error, ERROR_TYPE, "%s: %s returned NULL", path, FAAS_PROVIDER_INIT_SYMBOL);
      return false;
   }
   /* The size is meaningful only once the version is known. */
   if (offered->size < FIRST_FIELDS || offered->size > 65536) {
      faas_error_set(error,
                     ERROR_TYPE,
                     "%s: the provider struct must have %zu bytes or more, found size %zu",
                     path,
                     offsetof(struct faas_provider, init_failed),
                     offered->size);
      return false;
   }
   if (offered->abi_version != FAAS_PROVIDER_ABI_VERSION) {
      faas_error_set(error,
                     ERROR_TYPE,
                     "%s: provider ABI version must be %u, found %u: build it against this version's header",
                     path,
                     FAAS_PROVIDER_ABI_VERSION,
                     offered->abi_version);
      return false;
   }
   if (offered->size < offsetof(struct faas_provider, init_failed)) {
      faas_error_set(error,
                     ERROR_TYPE,
                     "%s: the provider struct must have %zu bytes or more, found size %zu",
                     path,
                     offsetof(struct faas_provider, init_failed),
                     offered->size);
      return false;
   }
   return true;
}

static void
append_missing(char *list, size_t size, bool missing, const char *name)
{
   if (missing) {
      utf8_append(list, size, list[0] == '\0' ? "" : ", ");
      utf8_append(list, size, name);
   }
}

static bool
check_fields(const char *path, const struct faas_provider *provider, struct faas_error *error)
{
   char missing[128] = "";
   append_missing(missing, sizeof missing, provider->name == NULL || provider->name[0] == '\0', "name");
   append_missing(missing, sizeof missing, provider->version == NULL, "version");
   append_missing(missing, sizeof missing, provider->description == NULL, "description");
   append_missing(missing, sizeof missing, provider->open == NULL, "open");
   append_missing(missing, sizeof missing, provider->next == NULL, "next");
   append_missing(missing, sizeof missing, provider->respond == NULL, "respond");
   append_missing(missing, sizeof missing, provider->fail == NULL, "fail");
   if (missing[0] != '\0') {
      faas_error_set(
         error,
         ERROR_TYPE,
         "%s: the provider struct has no %s: name, version, description, open, next, respond and fail are required",
         path,
         missing);
      return false;
   }
   if (provider->threads > FAAS_THREADS_ANY || (int)provider->threads < 0) {
      faas_error_set(
         error, ERROR_TYPE, "%s: threads must be one of enum faas_threads, found %d", path, (int)provider->threads);
      return false;
   }
   return true;
}

static const struct faas_provider *
call_init(void *library, const char *path, struct faas_error *error)
{
   faas_provider_init_function init = NULL;
   /* ISO C has no cast from an object pointer to a function pointer; POSIX guarantees the same representation. */
   *(void **)(&init) = dlsym(library, FAAS_PROVIDER_INIT_SYMBOL);
   if (init == NULL) {
      faas_error_set(
         error, ERROR_TYPE, "%s: no function %s (see FAAS_PROVIDER_REGISTER)", path, FAAS_PROVIDER_INIT_SYMBOL);
      return NULL;
   }
   const struct faas_provider *offered = init();
   return check_version(path, offered, error) ? offered : NULL;
}

/* Copies the fields that the provider knows, whole ones only, because its size may end anywhere. The required fields
 * have been checked. */
static void
copy_fields(struct faas_provider *provider, const struct faas_provider *offered)
{
   memcpy(provider, offered, offered->size < sizeof *provider ? offered->size : sizeof *provider);
   if (!FAAS_HAS_FIELD(offered, struct faas_provider, init_failed)) {
      provider->init_failed = NULL;
   }
   if (!FAAS_HAS_FIELD(offered, struct faas_provider, caller_gone)) {
      provider->caller_gone = NULL;
   }
   if (!FAAS_HAS_FIELD(offered, struct faas_provider, close)) {
      provider->close = NULL;
   }
   if (!FAAS_HAS_FIELD(offered, struct faas_provider, format_log)) {
      provider->format_log = NULL;
   }
   if (!FAAS_HAS_FIELD(offered, struct faas_provider, threads)) {
      provider->threads = FAAS_THREADS_ONE;
   }
   if (!FAAS_HAS_FIELD(offered, struct faas_provider, open_invocations)) {
      provider->open_invocations = NULL;
   }
}

bool
loader_load(struct loaded_provider *loaded, const char *name_or_path, struct faas_error *error)
{
   memset(loaded, 0, sizeof *loaded);
   if (!find_path(loaded->path, sizeof loaded->path, name_or_path, error) || !check_file(loaded->path, error)) {
      return false;
   }
   loaded->library = dlopen(loaded->path, RTLD_NOW | RTLD_LOCAL);
   if (loaded->library == NULL) {
      const char *why = dlerror();
      faas_error_set(error, ERROR_TYPE, "%s: cannot load it: %s", loaded->path, why == NULL ? "no reason given" : why);
      return false;
   }
   const struct faas_provider *offered = call_init(loaded->library, loaded->path, error);
   if (offered != NULL) {
      copy_fields(&loaded->provider, offered);
   }
   if (offered == NULL || !check_fields(loaded->path, &loaded->provider, error)) {
      loader_unload(loaded);
      return false;
   }
   return true;
}

void
loader_unload(struct loaded_provider *loaded)
{
#ifndef KEEP_LOADED
   if (loaded->library != NULL) {
      (void)dlclose(loaded->library);
   }
#endif
   loaded->library = NULL;
}

unsigned
loader_open_invocations(const struct faas_provider *provider, void *state)
{
   if (provider->threads == FAAS_THREADS_ONE) {
      return 1;
   }
   uint32_t open = provider->max_open_invocations;
   if (provider->open_invocations != NULL) {
      uint32_t asked = provider->open_invocations(state);
      open = asked < open ? asked : open;
   }
   return open < 1 ? 1 : open;
}

const struct faas_option *
loader_find_option(const struct faas_provider *provider, const char *name)
{
   for (const struct faas_option *option = provider->options; option != NULL && option->name != NULL; option++) {
      if (strcmp(option->name, name) == 0) {
         return option;
      }
   }
   return NULL;
}
