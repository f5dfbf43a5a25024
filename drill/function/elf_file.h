/*
 * elf_file: determines which machine a program is for and which loader it names, before it is started.
 */
#pragma once

#include <limits.h>

enum file_kind { FILE_SCRIPT, FILE_ELF, FILE_OTHER };

struct elf_file {
   enum file_kind kind;
   unsigned machine;           /* e_machine */
   char interpreter[PATH_MAX]; /* PT_INTERP; empty if there is none */
};

/* Returns 0, or the errno of opening or reading it. */
int elf_file_read(struct elf_file *file, const char *path);

/* The e_machine of this process. */
unsigned elf_own_machine(void);

/* Names a machine: "x86_64", "arm64 (AArch64)", "machine 243". */
void elf_machine_name(unsigned machine, char *name, unsigned size);
