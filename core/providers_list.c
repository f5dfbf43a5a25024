#include "providers_list.h"

#include "error.h"
#include "loader.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
is_provider(const struct dirent *entry)
{
   size_t length = strlen(entry->d_name);
   return length > 3 && strcmp(entry->d_name + length - 3, ".so") == 0;
}

static void
print_line(const char *directory, const char *file)
{
   char path[PATH_MAX];
   struct loaded_provider loaded;
   struct faas_error why = {0};
   if (strlen(directory) + 1 + strlen(file) >= sizeof path) {
      return;
   }
   strcpy(path, directory);
   strcat(path, "/");
   strcat(path, file);
   if (!loader_load(&loaded, path, &why)) {
      printf("%-14.*s cannot be loaded: %s\n", (int)strlen(file) - 3, file, why.message);
      return;
   }
   printf("%-14s %s\n", loaded.provider.name, loaded.provider.description);
   loader_unload(&loaded);
}

bool
providers_print_list(struct faas_error *error)
{
   char directory[PATH_MAX];
   struct dirent **entries = NULL;
   if (!loader_directory(directory, sizeof directory, error)) {
      return false;
   }
   int count = scandir(directory, &entries, is_provider, alphasort);
   if (count < 0) {
      faas_error_set(error, "Harness.ProviderNotLoaded", "cannot read the folder %s: %s", directory, strerror(errno));
      return false;
   }
   for (int i = 0; i < count; i++) {
      print_line(directory, entries[i]->d_name);
      free(entries[i]);
   }
   free(entries);
   return true;
}

bool
providers_print_description(const char *name_or_path, struct faas_error *error)
{
   struct loaded_provider loaded;
   if (!loader_load(&loaded, name_or_path, error)) {
      return false;
   }
   const struct faas_provider *provider = &loaded.provider;
   printf("%s %s: %s\n", provider->name, provider->version, provider->description);
   printf("file: %s\n", loaded.path);
   for (const struct faas_option *option = provider->options; option != NULL && option->name != NULL; option++) {
      printf("\n  --option %s=VALUE", option->name);
      if (option->default_value != NULL) {
         printf("  (default: %s)", option->default_value);
      }
      printf("\n      %s\n", option->help == NULL ? "" : option->help);
   }
   loader_unload(&loaded);
   return true;
}
