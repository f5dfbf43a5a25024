/* replay FILE|FOLDER…: runs a fuzz target over a corpus, for compilers without libFuzzer and for every test run. */
#include "fuzz_target.h"

#include <ftw.h>

enum { LARGEST_FILE = 1024 * 1024, DESCRIPTORS = 8 };

static int replayed;

static int
replay_file(const char *path, const struct stat *status, int type, struct FTW *place)
{
   (void)status;
   (void)place;
   if (type != FTW_F) {
      return 0;
   }
   uint8_t *data = malloc(LARGEST_FILE);
   FILE *file = fopen(path, "rb");
   require(data != NULL && file != NULL, path);
   size_t size = fread(data, 1, LARGEST_FILE, file);
   require(ferror(file) == 0, path);
   fclose(file);
   /* Printed before, so that the last line names the one that aborts. */
   fprintf(stderr, "%s, %zu bytes\n", path, size);
   LLVMFuzzerTestOneInput(data, size);
   free(data);
   replayed++;
   return 0;
}

int
main(int argc, char **argv)
{
   for (int i = 1; i < argc; i++) {
      if (nftw(argv[i], replay_file, DESCRIPTORS, FTW_PHYS) != 0) {
         perror(argv[i]);
         return 2;
      }
   }
   fprintf(stderr, "%d inputs replayed\n", replayed);
   return replayed > 0 ? 0 : 2;
}
