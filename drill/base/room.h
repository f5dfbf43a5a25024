/*
 * room: makes room in an array that grows.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Makes room in an array for one more element. array: the address of the pointer to it; count elements of size bytes
 * are in use; with 0 the pointer may be NULL. Only this function may have allocated it. Returns false when there are
 * `most` elements already, or when out of memory. */
bool room_for_one(void *array, size_t count, size_t size, size_t most);
