#include "provider_number.h"

#include "test_main.h"

static const char *given;

static const char *
option(void *context, const char *name)
{
   (void)context;
   return strcmp(name, "size") == 0 ? given : NULL;
}

static const struct faas_host host = {.size = sizeof host, .option = option};

TEST(reads_whole_numbers_within_their_limits)
{
   static const char *const good[] = {"0", "007", "8"};
   static const char *const bad[] = {"", "9", "-1", "+1", " 1", "1k", "1.5", "4294967297", "99999999999999999999"};
   struct faas_error error = {"", ""};
   unsigned number = 0;

   for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
      given = good[i];
      assert_int_equal(FAAS_OK, provider_option_number(&host, "size", 0, 8, &number, &error));
      assert_int_equal(atoi(given), number);
   }
   for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
      char message[128];

      given = bad[i];
      (void)snprintf(message, sizeof message, "option size: expected a whole number from 0 to 8, found '%s'", given);
      assert_int_equal(FAAS_ERROR, provider_option_number(&host, "size", 0, 8, &number, &error));
      assert_string_equal("Provider.BadOption", error.type);
      assert_string_equal(message, error.message);
   }
   given = "2";
   assert_int_equal(FAAS_ERROR, provider_option_number(&host, "size", 3, 8, &number, &error));
}
