#include "elf_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SEGMENTS_MAX 256

/* A 32-bit program is for another machine than this code runs on, so its segments do not matter. */
static void
read_interpreter(struct elf_file *file, int descriptor, const ElfW(Ehdr) * header)
{
   unsigned count = header->e_phnum < SEGMENTS_MAX ? header->e_phnum : SEGMENTS_MAX;
   for (unsigned i = 0; i < count; i++) {
      ElfW(Phdr) segment;
      off_t offset = (off_t)(header->e_phoff + i * sizeof segment);
      if (pread(descriptor, &segment, sizeof segment, offset) != (ssize_t)sizeof segment) {
         return;
      }
      if (segment.p_type == PT_INTERP && segment.p_filesz < sizeof file->interpreter) {
         ssize_t length = pread(descriptor, file->interpreter, segment.p_filesz, (off_t)segment.p_offset);
         file->interpreter[length > 0 ? length : 0] = '\0';
         return;
      }
   }
}

int
elf_file_read(struct elf_file *file, const char *path)
{
   memset(file, 0, sizeof *file);
   file->kind = FILE_OTHER;
   int descriptor = open(path, O_RDONLY | O_CLOEXEC);
   if (descriptor < 0) {
      return errno;
   }
   ElfW(Ehdr) header = {0};
   ssize_t length = pread(descriptor, &header, sizeof header, 0);
   int failed = length < 0 ? errno : 0;
   if (length >= 2 && memcmp(header.e_ident, "#!", 2) == 0) {
      file->kind = FILE_SCRIPT;
   } else if (length == (ssize_t)sizeof header && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0) {
      file->kind = FILE_ELF;
      file->machine = header.e_machine;
      read_interpreter(file, descriptor, &header);
   }
   close(descriptor);
   return failed;
}

unsigned
elf_own_machine(void)
{
   struct elf_file own;
   return elf_file_read(&own, "/proc/self/exe") == 0 ? own.machine : EM_NONE;
}

void
elf_machine_name(unsigned machine, char *name, unsigned size)
{
   static const struct {
      unsigned machine;
      const char *name;
   } names[] = {
      {EM_X86_64, "x86_64"},
      {EM_AARCH64, "arm64 (AArch64)"},
      {EM_386, "x86 (32 bits)"},
      {EM_ARM, "arm (32 bits)"},
      {EM_RISCV, "riscv"},
      {EM_PPC64, "ppc64"},
      {EM_S390, "s390"},
   };
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      if (names[i].machine == machine) {
         snprintf(name, size, "%s", names[i].name);
         return;
      }
   }
   snprintf(name, size, "machine %u", machine);
}
