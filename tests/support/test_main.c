#include "test_main.h"

#define CASES_MAX 64

static struct test_case {
   void (*run)(void);
} cases[CASES_MAX];
static struct CMUnitTest tests[CASES_MAX];
static size_t count;
static void (*before)(void);
static void (*after)(void);
static bool skipped;

static void
run(void **state)
{
   const struct test_case *one = *state;
   skipped = true; /* until the case returns */
   one->run();
   skipped = false;
}

static int
set_up(void **state)
{
   (void)state;
   if (before != NULL) {
      before();
   }
   return 0;
}

static int
tear_down(void **state)
{
   (void)state;
   if (after != NULL) {
      after();
   }
   return 0;
}

void
test_register(const char *name, void (*function)(void))
{
   if (count == CASES_MAX) {
      abort();
   }
   cases[count].run = function;
   tests[count] = (struct CMUnitTest){name, run, set_up, tear_down, &cases[count]};
   count++;
}

void
test_register_before(const char *name, void (*function)(void))
{
   (void)name;
   before = function;
}

void
test_register_after(const char *name, void (*function)(void))
{
   (void)name;
   after = function;
}

void
test_assert_contains(const char *text, const char *part, const char *file, int line)
{
   if (strstr(text, part) == NULL) {
      print_error("expected \"%s\" in \"%s\"\n", part, text);
      _fail(file, line);
   }
}

int
main(int argc, char **argv)
{
   const char *name = argc == 2 ? argv[1] : "";
   bool list = strcmp(name, "--list") == 0;
   for (size_t i = 0; i < count; i++) {
      if (list) {
         puts(tests[i].name);
      } else if (strcmp(name, tests[i].name) == 0) {
         int failed = _cmocka_run_group_tests("one", &tests[i], 1, NULL, NULL);
         return failed != 0 ? 1 : skipped ? 77 : 0;
      }
   }
   if (!list) {
      fprintf(stderr, "expected the name of a case (see --list), found \"%s\"\n", name);
   }
   return list ? 0 : 2;
}
