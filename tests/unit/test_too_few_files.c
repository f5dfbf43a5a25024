#include "too_few_files.h"

#include "test_main.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LIMIT = 64 };

TEST(says_when_there_are_too_few)
{
   struct rlimit limit;
   struct rlimit low = {.rlim_cur = LIMIT};
   char text[TOO_FEW_FILES_TEXT_MAX] = "";
   int opened[LIMIT];
   int count = 0;
   assert_int_equal(0, getrlimit(RLIMIT_NOFILE, &limit));
   low.rlim_max = limit.rlim_max;
   assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &low));
   while (count < LIMIT && (opened[count] = open("/", O_RDONLY)) >= 0) {
      count++;
   }
   assert_true(too_few_files_left(1, text, sizeof text));
   assert_string_equal("too few file descriptors, the limit is 64 (ulimit -n)", text);
   close(opened[--count]);
   assert_false(too_few_files_left(1, text, sizeof text));
   assert_true(too_few_files_left(2, text, sizeof text));
   assert_true(open("/", O_RDONLY) >= 0); /* the check gave back what it had opened */
   while (count > 0) {
      close(opened[--count]);
   }
   assert_false(too_few_files_left(2, text, sizeof text));
   assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &limit));
}
