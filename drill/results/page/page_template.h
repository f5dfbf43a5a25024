/*
 * page_template: page.html, page.css and page.js as one page, split where the data goes. Made when the drill is built
 * (embed.cmake).
 */
#pragma once

#include <stddef.h>

extern const unsigned char page_head[];
extern const size_t page_head_length;
extern const unsigned char page_tail[];
extern const size_t page_tail_length;
