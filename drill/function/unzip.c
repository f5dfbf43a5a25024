#include "unzip.h"

#include "guard.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK_BYTES 65536
#define ENTRIES_MAX 100000
#define WRITE_FLAGS (ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT)

struct unzip {
   const char *path;
   const char *folder;
   struct archive *in;
   struct archive *out;
   long long left;
   unsigned count; /* entries read */
   struct drill_error *error;
};

/* Describes an obviously wrong file in terms that its author understands: libarchive says "Unrecognized archive format"
 * for everything. */
static const char *
look_at_start(const char *path)
{
   unsigned char start[4] = {0};
   FILE *file = fopen(path, "re");
   size_t length = file == NULL ? sizeof start : fread(start, 1, sizeof start, file);
   if (file != NULL) {
      fclose(file);
   }
   if (length == 0) {
      return "the file is empty";
   }
   if (memcmp(start, "PK\5\6", 4) == 0) {
      return "the zip file has no entries";
   }
   if (start[0] == 0x1f && start[1] == 0x8b) {
      return "it is a gzip file (a .tar.gz?), but Lambda takes zip files";
   }
   return NULL;
}

/* True if a path that starts depth levels below the folder never leads out of it. */
static bool
stays_inside(const char *path, int depth)
{
   if (path[0] == '/') {
      return false;
   }
   while (*path != '\0' && depth >= 0) {
      size_t length = strcspn(path, "/");
      if (length == 2 && strncmp(path, "..", 2) == 0) {
         depth--;
      } else if (length > 0 && !(length == 1 && path[0] == '.')) {
         depth++;
      }
      path += length;
      path += strspn(path, "/");
   }
   return depth >= 0;
}

static int
depth_of_parent(const char *path)
{
   int depth = 0;
   for (; *path != '\0'; path++) {
      depth += path[0] == '/' && path[1] != '\0' && path[1] != '/';
   }
   return depth;
}

/* libarchive unpacks formats that Lambda does not: "ZIP 6.3 (zstd)". */
static bool
is_packed_otherwise(struct archive *archive)
{
   const char *format = archive_format_name(archive);
   return format != NULL && strchr(format, '(') != NULL && strstr(format, "(deflation)") == NULL &&
          strstr(format, "(uncompressed)") == NULL;
}

static bool
is_accepted(struct unzip *unzip, struct archive_entry *entry)
{
   const char *name = archive_entry_pathname(entry);
   const char *link = archive_entry_symlink(entry);
   mode_t type = archive_entry_filetype(entry);
   if (name == NULL) {
      return drill_error_false(unzip->error, "%s: the name of entry %u cannot be read", unzip->path, unzip->count + 1);
   }
   if (!stays_inside(name, 0) || strstr(name, "..") == name) {
      return drill_error_false(
         unzip->error, "%s: the path of its entry %.200s leads outside the package", unzip->path, name);
   }
   if (archive_entry_is_encrypted(entry)) {
      return drill_error_false(unzip->error,
                               "%s: its entry %.200s is encrypted, but Lambda has no password: zip it without one",
                               unzip->path,
                               name);
   }
   if (type == AE_IFREG && is_packed_otherwise(unzip->in)) {
      return drill_error_false(
         unzip->error,
         "%s: its entry %.200s is compressed as %s; Lambda unpacks only deflated or stored entries",
         unzip->path,
         name,
         archive_format_name(unzip->in));
   }
   if (link != NULL && !stays_inside(link, depth_of_parent(name))) {
      return drill_error_false(
         unzip->error, "%s: its link %.200s leads outside the package, to %.200s", unzip->path, name, link);
   }
   if (archive_entry_hardlink(entry) != NULL || (type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK)) {
      return drill_error_false(unzip->error, "%s: its entry %.200s is not a file, folder or link", unzip->path, name);
   }
   return true;
}

static int
archive_failed(struct unzip *unzip, struct archive *archive)
{
   const char *reason = archive_error_string(archive);
   return drill_error_set(
      unzip->error, "%s: not a complete zip file: %s", unzip->path, reason != NULL ? reason : "an unknown error");
}

static int
write_body(struct unzip *unzip)
{
   char block[BLOCK_BYTES];
   for (;;) {
      la_ssize_t length = archive_read_data(unzip->in, block, sizeof block);
      if (length < 0) {
         return archive_failed(unzip, unzip->in);
      }
      if (length == 0) {
         return 0;
      }
      unzip->left -= length;
      if (unzip->left < 0) {
         return drill_error_set(
            unzip->error, "%s: larger than 250 MB, Lambda's limit for an unzipped package", unzip->path);
      }
      if (archive_write_data(unzip->out, block, (size_t)length) < 0) {
         return archive_failed(unzip, unzip->out);
      }
   }
}

static int
write_entry(struct unzip *unzip, struct archive_entry *entry)
{
   if (!is_accepted(unzip, entry)) {
      return -1;
   }
   char target[PATH_MAX];
   int length = snprintf(target, sizeof target, "%s/%s", unzip->folder, archive_entry_pathname(entry));
   if (length < 0 || (size_t)length >= sizeof target) {
      return drill_error_set(unzip->error, "%s: one of its paths is longer than %d bytes", unzip->path, PATH_MAX);
   }
   archive_entry_set_pathname(entry, target);
   /* Others can reach these files: they must not be able to write to them, or to run them as the user who unpacked
    * them. */
   mode_t least = archive_entry_filetype(entry) == AE_IFDIR ? 0700 : 0;
   archive_entry_set_perm(entry, (archive_entry_perm(entry) & 0755) | least);
   /* libarchive makes a file as long as its entry says, even if less data came. */
   archive_entry_unset_size(entry);
   if (archive_write_header(unzip->out, entry) < ARCHIVE_WARN) {
      return archive_failed(unzip, unzip->out);
   }
   if (archive_entry_filetype(entry) == AE_IFREG && write_body(unzip) != 0) {
      return -1;
   }
   return archive_write_finish_entry(unzip->out) < ARCHIVE_WARN ? archive_failed(unzip, unzip->out) : 0;
}

static int
write_all(struct unzip *unzip)
{
   /* Reads only zips with a central directory, which is at the end: a file that was cut off has none. */
   archive_read_support_format_zip_seekable(unzip->in);
   archive_write_disk_set_options(unzip->out, WRITE_FLAGS);
   if (archive_read_open_filename(unzip->in, unzip->path, BLOCK_BYTES) != ARCHIVE_OK) {
      return archive_failed(unzip, unzip->in);
   }
   for (; unzip->count < ENTRIES_MAX; unzip->count++) {
      struct archive_entry *entry;
      int result = archive_read_next_header(unzip->in, &entry);
      if (result == ARCHIVE_EOF) {
         return archive_write_close(unzip->out) < ARCHIVE_WARN ? archive_failed(unzip, unzip->out) : 0;
      }
      if (result < ARCHIVE_WARN) {
         return archive_failed(unzip, unzip->in);
      }
      if (write_entry(unzip, entry) != 0) {
         return -1;
      }
   }
   return drill_error_set(unzip->error, "%s: more than %d files", unzip->path, ENTRIES_MAX);
}

static int
unpack(struct unzip *unzip)
{
   int failed = -1;
   unzip->in = archive_read_new();
   unzip->out = archive_write_disk_new();
   if (unzip->in != NULL && unzip->out != NULL) {
      failed = write_all(unzip);
   } else {
      drill_error_set(unzip->error, "out of memory: could not unzip %s", unzip->path);
   }
   archive_read_free(unzip->in);
   archive_write_free(unzip->out);
   return failed;
}

/* Names with the UTF-8 flag, as Python, Finder and SAM write them, are converted to the locale's characters. In the C
 * locale those are ASCII, and libarchive then has no name at all. */
static int
unpack_in_utf8(struct unzip *unzip)
{
   locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
   locale_t before = utf8 != (locale_t)0 ? uselocale(utf8) : (locale_t)0;
   int failed = unpack(unzip);
   if (utf8 != (locale_t)0) {
      uselocale(before);
      freelocale(utf8);
   }
   return failed;
}

char *
unzip_to_temporary(const char *path, long long max, struct guard *guard, struct drill_error *error)
{
   const char *amiss = look_at_start(path);
   if (amiss != NULL) {
      drill_error_set(error, "%s: %s", path, amiss);
      return NULL;
   }
   char *folder = temporary_folder_new("faas-lambda", "the function's package", guard, error);
   struct unzip unzip = {.path = path, .folder = folder, .left = max, .error = error};
   if (folder == NULL) {
      return NULL;
   }
   /* Lambda runs the function as another user, who must be able to read it. */
   if (chmod(folder, 0755) != 0) {
      drill_error_set(error, "cannot change the mode of %s: %s", folder, strerror(errno));
   } else if (unpack_in_utf8(&unzip) == 0) {
      return folder;
   }
   free(folder);
   return NULL;
}
