#include "exports.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
   const unsigned char *bytes;
   size_t size;
};

static bool
file_map(struct file *file, const char *path)
{
   int descriptor = open(path, O_RDONLY | O_CLOEXEC);
   struct stat status;
   void *bytes = MAP_FAILED;
   if (descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_size > (off_t)sizeof(ElfW(Ehdr))) {
      file->size = (size_t)status.st_size;
      bytes = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
   }
   if (descriptor >= 0) {
      (void)close(descriptor);
   }
   file->bytes = bytes == MAP_FAILED ? NULL : bytes;
   return file->bytes != NULL;
}

static bool
contains(const struct file *file, size_t offset, size_t size)
{
   return offset <= file->size && size <= file->size - offset;
}

static bool
section(const struct file *file, size_t number, ElfW(Shdr) * header)
{
   ElfW(Ehdr) start;
   memcpy(&start, file->bytes, sizeof start);
   size_t offset = start.e_shoff + number * sizeof *header;
   if (number >= start.e_shnum || !contains(file, offset, sizeof *header)) {
      return false;
   }
   memcpy(header, file->bytes + offset, sizeof *header);
   return header->sh_type == SHT_NOBITS || contains(file, header->sh_offset, header->sh_size);
}

static bool
is_toolchains(const char *name)
{
   static const char *const names[] = {"_init", "_fini", "_edata", "_end"};
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      if (strcmp(name, names[i]) == 0) {
         return true;
      }
   }
   return strncmp(name, "__", 2) == 0;
}

static bool
is_exported(const ElfW(Sym) * symbol)
{
   /* st_info and st_other have the same layout in both ELF classes. */
   unsigned visibility = ELF64_ST_VISIBILITY(symbol->st_other);
   unsigned type = ELF64_ST_TYPE(symbol->st_info);
   return symbol->st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol->st_info) != STB_LOCAL && type != STT_SECTION &&
          type != STT_FILE && (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

static void
add(char *others, size_t size, const char *name, unsigned number)
{
   size_t used = strlen(others);
   if (number < 3) {
      (void)snprintf(others + used, size - used, "%s%.60s", number == 0 ? "" : ", ", name);
   }
}

static bool
find(const struct file *file, const char *expected, char *others, size_t size)
{
   ElfW(Shdr) table = {0};
   ElfW(Shdr) strings;
   size_t number = 0;
   while (section(file, number, &table) && table.sh_type != SHT_DYNSYM) {
      number++;
   }
   if (table.sh_type != SHT_DYNSYM || !section(file, table.sh_link, &strings)) {
      return false;
   }
   unsigned found = 0;
   for (size_t at = 0; at + sizeof(ElfW(Sym)) <= table.sh_size; at += sizeof(ElfW(Sym))) {
      ElfW(Sym) symbol;
      memcpy(&symbol, file->bytes + table.sh_offset + at, sizeof symbol);
      const char *name = (const char *)file->bytes + strings.sh_offset + symbol.st_name;
      if (symbol.st_name < strings.sh_size && memchr(name, '\0', strings.sh_size - symbol.st_name) != NULL &&
          is_exported(&symbol) && strcmp(name, expected) != 0 && !is_toolchains(name)) {
         add(others, size, name, found++);
      }
   }
   if (found > 3) {
      size_t used = strlen(others);
      (void)snprintf(others + used, size - used, " and %u more", found - 3);
   }
   return true;
}

bool
exports_find_others(const char *path, const char *expected, char *others, size_t size)
{
   struct file file;
   others[0] = '\0';
   if (!file_map(&file, path)) {
      return false;
   }
   bool good = find(&file, expected, others, size);
   (void)munmap((void *)(uintptr_t)file.bytes, file.size);
   return good;
}
