/*
 * next_symbol: finds the definition of a symbol that follows this program's own in the order of the dynamic linker, in
 * the version that a program linked today would get. Apart from interpose, which can't have the GNU extensions that
 * this needs.
 */
#ifndef FAAS_CORE_NEXT_SYMBOL_H
#define FAAS_CORE_NEXT_SYMBOL_H

/* Returns NULL when there is none. */
void *next_symbol(const char *name);

#endif
