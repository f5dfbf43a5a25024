#include "elf_check.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#if defined(__x86_64__)
#define THIS_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define THIS_MACHINE EM_AARCH64
#else
#error "faas-harness runs on x86_64 and aarch64"
#endif

#define PROGRAM_HEADERS_MAX 128

static bool
is_whole(FILE *file, const Elf64_Ehdr *header, off_t file_size)
{
   if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum > PROGRAM_HEADERS_MAX ||
       header->e_phoff > (Elf64_Off)file_size || fseek(file, (long)header->e_phoff, SEEK_SET) != 0) {
      return false;
   }
   for (unsigned i = 0; i < header->e_phnum; i++) {
      Elf64_Phdr segment;
      if (fread(&segment, sizeof segment, 1, file) != 1 || segment.p_offset > (Elf64_Off)file_size ||
          segment.p_filesz > (Elf64_Off)file_size - segment.p_offset) {
         return false;
      }
   }
   return true;
}

static const char *
what_it_is_instead(FILE *file, off_t file_size)
{
   Elf64_Ehdr header;
   size_t got = fread(&header, 1, sizeof header, file);
   if (got < SELFMAG || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
      return "not an ELF file";
   }
   if (got < sizeof header) {
      return "a truncated ELF file";
   }
   if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
       header.e_machine != THIS_MACHINE) {
      return "an ELF file for another machine";
   }
   if (header.e_type != ET_DYN) {
      return "an ELF file that is not a shared object";
   }
   return is_whole(file, &header, file_size) ? NULL : "a truncated ELF file";
}

bool
elf_check(const char *path, char *found, size_t size)
{
   struct stat status;
   if (stat(path, &status) != 0) {
      (void)snprintf(found, size, "%s", strerror(errno));
      return false;
   }
   if (!S_ISREG(status.st_mode)) {
      (void)snprintf(found, size, "%s", S_ISDIR(status.st_mode) ? "a directory" : "not a regular file");
      return false;
   }
   FILE *file = fopen(path, "rb");
   if (file == NULL) {
      (void)snprintf(found, size, "%s", strerror(errno));
      return false;
   }
   const char *instead = what_it_is_instead(file, status.st_size);
   (void)fclose(file);
   (void)snprintf(found, size, "%s", instead == NULL ? "" : instead);
   return instead == NULL;
}
