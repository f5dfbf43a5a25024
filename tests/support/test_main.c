#include "test_main.h"

#include <stdio.h>
#include <string.h>

static int
run_one(const struct CMUnitTest *test)
{
   return _cmocka_run_group_tests("one", test, 1, NULL, NULL) == 0 ? 0 : 1;
}

int
faas_test_main(int argc, char **argv, const struct CMUnitTest *tests, size_t count)
{
   if (argc < 2) {
      return _cmocka_run_group_tests("all", tests, count, NULL, NULL) == 0 ? 0 : 1;
   }
   for (size_t i = 0; i < count; i++) {
      if (strcmp(argv[1], "--list") == 0) {
         puts(tests[i].name);
      } else if (strcmp(argv[1], tests[i].name) == 0) {
         return run_one(&tests[i]);
      }
   }
   if (strcmp(argv[1], "--list") == 0) {
      return 0;
   }
   fprintf(stderr, "expected the name of a case (see --list), found %s\n", argv[1]);
   return 2;
}
