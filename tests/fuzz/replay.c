/* replay FILE|FOLDER…: runs a fuzz target over a corpus, for compilers without libFuzzer and for every test run. */
#include "fuzz_target.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_FILE = 1024 * 1024 };

static int
complain(const char *path)
{
   fprintf(stderr, "expected to read %s, found '%s'\n", path, strerror(errno));
   return -1;
}

/* 1, or -1 when it can't be read. */
static int
replay_file(const char *path)
{
   uint8_t *data = malloc(LARGEST_FILE);
   FILE *file = fopen(path, "rb");
   int result = -1;

   if (!data || !file) {
      complain(path);
      goto done;
   }
   size_t size = fread(data, 1, LARGEST_FILE, file);
   if (ferror(file)) {
      complain(path);
      goto done;
   }
   /* Printed before, so that the last line names the one that aborts. */
   fprintf(stderr, "%s, %zu bytes\n", path, size);
   LLVMFuzzerTestOneInput(data, size);
   result = 1;
done:
   if (file) {
      fclose(file);
   }
   free(data);
   return result;
}

/* The number of files replayed, or -1. */
static int
replay_folder(const char *path, DIR *folder)
{
   const struct dirent *entry;
   int count = 0;

   while ((entry = readdir(folder)) != NULL) {
      char file[4096];

      if (entry->d_name[0] == '.') {
         continue;
      }
      snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
      if (replay_file(file) < 0) {
         return -1;
      }
      count++;
   }
   return count;
}

static int
replay(const char *path)
{
   DIR *folder = opendir(path);
   int count;

   if (!folder) {
      return errno == ENOTDIR ? replay_file(path) : complain(path);
   }
   count = replay_folder(path, folder);
   closedir(folder);
   return count;
}

int
main(int argc, char **argv)
{
   int total = 0;

   for (int i = 1; i < argc; i++) {
      int count = replay(argv[i]);

      if (count < 0) {
         return 2;
      }
      total += count;
   }
   fprintf(stderr, "%d inputs replayed\n", total);
   return total > 0 ? 0 : 2;
}
