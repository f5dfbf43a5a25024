/* Parts of the Lambda host with rules of their own. */
#include "base64.h"
#include "elf_file.h"
#include "function_log.h"
#include "guard.h"
#include "lambda_variables.h"
#include "test_main.h"
#include "violations.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(base64_of_rfc_4648)
{
   static const char *const pairs[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"},
                                          {"\xff\xfe\xfd", "//79"}};
   for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
      char *encoded = base64_encode(pairs[i][0], strlen(pairs[i][0]));
      size_t length = 99;
      char *decoded = base64_decode(pairs[i][1], &length);
      assert_string_equal(encoded, pairs[i][1]);
      assert_string_equal(decoded, pairs[i][0]);
      assert_int_equal(length, strlen(pairs[i][0]));
      free(encoded);
      free(decoded);
   }
   static const char *const bad[] = {"Z", "Zg=", "Zg===", "=", "====", "Zm9v\n", "Zm 9", "Zg==Zg=="};
   for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
      size_t length;
      assert_null(base64_decode(bad[i], &length));
   }
}

TEST(violations_are_kept_to_fifty)
{
   struct violations *violations = violations_new();
   assert_null(violations_take(violations));
   violations_add(violations, "did %s", "this");
   violations_add(violations, "and that");
   char *text = violations_take(violations);
   assert_string_equal(text, "did this\nand that");
   free(text);
   assert_null(violations_take(violations));
   char long_word[2000];
   memset(long_word, 'x', sizeof long_word - 1);
   long_word[sizeof long_word - 1] = '\0';
   for (int i = 0; i < 60; i++) {
      violations_add(violations, "%s", long_word);
   }
   text = violations_take(violations);
   assert_string_equal(strrchr(text, '\n'), "\nand 10 more");
   free(text);
   violations_destroy(violations);
   violations_destroy(NULL);
}

TEST(variables_replace_by_name)
{
   static const char *const added[] = {"TZ=Europe/Oslo", "T=1", "T=2", NULL};
   static const char *const starts[] = {"TZ=", "T=", "T=1", "AWS_EXECUTION_ENV"};
   static const int expected[] = {1, 1, 0, 0};
   const struct function_config config = {.function_name = "f", .handler = "h", .memory_mb = 128, .variables = added};
   const struct sandbox sandbox = {.config = &config, .root.launch.task_root = "/var/task"};
   struct variable_list list;
   assert_true(lambda_variables_init(&list, &sandbox, 0));
   for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
      int times = 0;
      for (char **variable = list.words; *variable != NULL; variable++) {
         times += strncmp(*variable, starts[i], strlen(starts[i])) == 0;
      }
      assert_int_equal(times, expected[i]);
   }
   variable_list_clear(&list);
}

TEST(own_program_is_of_own_machine)
{
   struct elf_file file;
   assert_int_equal(elf_file_read(&file, "/proc/self/exe"), 0);
   assert_int_equal(file.kind, FILE_ELF);
   assert_int_equal(file.machine, elf_own_machine());
   assert_contains(file.interpreter, "ld-linux");
   assert_int_equal(elf_file_read(&file, "/nowhere"), ENOENT);
   assert_int_equal(elf_file_read(&file, "/dev/null"), 0);
   assert_int_equal(file.kind, FILE_OTHER);
   char name[32];
   elf_machine_name(9999, name, sizeof name);
   assert_string_equal(name, "machine 9999");
}

TEST(log_is_in_order)
{
   char *text = NULL;
   size_t size = 0;
   FILE *out = open_memstream(&text, &size);
   struct function_log *log = function_log_new(out, NULL);
   int writer = function_log_writer(log);
   function_log_line(log, "START");
   assert_int_equal(write(writer, "no line end", 11), 11);
   function_log_line(log, "END %d", 1);
   char *tail = function_log_tail(log);
   assert_string_equal(tail, "START\nno line end\nEND 1\n");
   free(tail);
   function_log_begin(log);
   assert_null(function_log_tail(log));
   assert_int_equal(write(writer, "a\0b", 3), 3);
   tail = function_log_tail(log);
   assert_string_equal(tail, "a b");
   free(tail);
   function_log_destroy(log);
   function_log_destroy(NULL);
   fclose(out);
   assert_int_equal(size, strlen("START\nno line end\nEND 1\n") + 4);
   free(text);
}

TEST(guard_ends_and_removes)
{
   pid_t kept = fork(); /* before the guard: it would inherit its socket */
   if (kept == 0) {
      setpgid(0, 0);
      raise(SIGSTOP);
      _exit(0);
   }
   struct guard *guard = guard_new(NULL);
   char folder[] = "/tmp/faas-test-XXXXXX";
   assert_non_null(mkdtemp(folder));
   char inner[64];
   snprintf(inner, sizeof inner, "%s/closed", folder);
   assert_int_equal(mkdir(inner, 0000), 0);
   guard_add_folder(guard, folder);
   int status;
   assert_int_equal(waitpid(kept, &status, WUNTRACED), kept);
   guard_add_group(guard, 999999);
   guard_remove_group(guard, 999999);
   guard_add_group(guard, kept);
   guard_destroy(guard);
   assert_int_equal(waitpid(kept, &status, 0), kept);
   assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
   assert_int_equal(access(folder, F_OK), -1);
   guard_destroy(NULL);
   guard_add_group(NULL, 1);
   guard_add_folder(NULL, "/");
}
