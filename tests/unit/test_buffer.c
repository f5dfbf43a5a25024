#include "buffer.h"

#include "test_main.h"

enum { CAP = 10000 };

TEST(takes_up_to_its_cap)
{
   struct buffer buffer;
   size_t added = 0;

   buffer_init(&buffer, CAP);
   while (buffer_add(&buffer, "abcdefg", 7)) {
      added += 7;
   }
   assert_int_equal(CAP / 7 * 7, (int)added);
   assert_int_equal(added, buffer.length);
   assert_true(buffer_add(&buffer, "abcd", CAP - added));
   assert_int_equal(CAP, (int)buffer.length);
   assert_false(buffer_add(&buffer, "a", 1));
   assert_true(buffer_add(&buffer, "", 0));
   assert_true(buffer.capacity <= CAP);
   assert_memory_equal("abcdefgabcdefg", buffer.bytes, 14);
   buffer_clear(&buffer);
}

TEST(keeps_its_memory)
{
   struct buffer buffer;
   const char *bytes;

   buffer_init(&buffer, CAP);
   assert_null(buffer.bytes);
   assert_true(buffer_reserve(&buffer, CAP));
   bytes = buffer.bytes;
   assert_true(buffer_add(&buffer, "a", 1));
   buffer_empty(&buffer);
   assert_int_equal(0, (int)buffer.length);
   assert_true(buffer_add(&buffer, "b", 1));
   assert_true(buffer_reserve(&buffer, 10));
   assert_ptr_equal(bytes, buffer.bytes);
   assert_int_equal(CAP, (int)buffer.capacity);
   buffer_clear(&buffer);
   assert_null(buffer.bytes);
   assert_true(buffer_add(&buffer, "usable again", 12));
   buffer_clear(&buffer);
}

TEST(refuses_what_no_memory_has)
{
   struct buffer buffer;

   buffer_init(&buffer, CAP);
   assert_false(buffer_reserve(&buffer, CAP + 1));
   assert_false(buffer_reserve(&buffer, SIZE_MAX));
   assert_true(buffer_add(&buffer, "abc", 3));
   assert_false(buffer_add(&buffer, "abc", SIZE_MAX));
   assert_false(buffer_add(&buffer, "abc", SIZE_MAX - 2));
   assert_int_equal(3, (int)buffer.length);
   buffer_clear(&buffer);
}
