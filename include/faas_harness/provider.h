/*
 * faas_harness/provider.h: everything a provider needs to know of faas-harness.
 *
 * A provider is a shared object that knows one platform: where events come from and where answers go. faas-harness
 * loads it with dlopen (RTLD_NOW | RTLD_LOCAL), calls its one exported function, faas_provider_init, and then calls the
 * callbacks of the struct that it returns. docs/writing-a-provider.md walks through a whole provider.
 *
 * Life of a provider:
 *
 *     faas_provider_init                     no work here, only return the struct
 *     open                                   before the driver under test is initialised
 *       ├─ init_failed                       when start-up failed after open; then close
 *       └─ next → respond | fail, again      one invocation after the other; in several threads at once, if the
 *                                            provider allows it
 *     close                                  may never be called: a platform may just kill the process
 *
 * Threads: open, init_failed and close are called from one thread, with no other call in progress; format_log from any
 * thread. The thread whose next returned an invocation also calls respond or fail, and caller_gone, for it. By default
 * that is the thread that called open, and every invocation is answered before the next one is asked for, so a provider
 * need not think of threads. A provider that can have several invocations open sets max_open_invocations and threads.
 * For each FAAS_OK of next, exactly one of respond and fail is called, before close. The host's log, allocate, release,
 * stop_requested, stop_descriptor and option may be called from any thread of the provider's own, between open and the
 * end of close.
 *
 * Memory: what one side allocates and the other frees goes through the host's allocate and release. Strings are UTF-8
 * with a final NUL, owned by the side that passes them, and valid until the call returns unless said otherwise.
 *
 * Errors: a callback that fails returns FAAS_ERROR and fills the error, which its caller owns, with what is wrong, what
 * was found and what to do. It never exits, never throws, and writes nothing to stdout except answers.
 *
 * Traces: the process's signal handlers, signal mask, working directory and umask belong to the harness; only open and
 * close set environment variables. After close, and after an open that failed, the provider leaves no memory,
 * descriptor or thread behind.
 *
 * Compatibility: the structs begin with their size and grow only at the end. Neither side reads a field beyond the size
 * that the other side gave. faas_error, faas_attribute and faas_option, which come in arrays or are owned by the other
 * side, have no size and never change. FAAS_PROVIDER_ABI_VERSION changes when one of these three does, or when a field
 * changes its meaning.
 */
#ifndef FAAS_HARNESS_PROVIDER_H
#define FAAS_HARNESS_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FAAS_PROVIDER_ABI_VERSION 1u

/* The only symbol that a provider exports. */
#define FAAS_PROVIDER_INIT_SYMBOL "faas_provider_init"

/* No deadline is known for the invocation. */
#define FAAS_NO_DEADLINE INT64_MAX

enum faas_result {
   FAAS_OK = 0,
   /* next only: there are no more events. The harness closes the provider and exits. */
   FAAS_END = 1,
   /* next only: something arrived that is not an invocation (malformed JSON, say). The provider has already told the
    * sender; error says why. The harness counts a failed invocation and asks for the next one. */
   FAAS_REJECTED = 2,
   /* error says why. From next, respond and fail: the provider cannot go on, and the harness stops. */
   FAAS_ERROR = 3
};

/* How many threads may call a provider at once. */
enum faas_threads {
   /* Only the thread that called open: one invocation is open at a time, whatever max_open_invocations says. */
   FAAS_THREADS_ONE = 0,
   /* next is never called while another next runs, and never again once it has returned FAAS_END or FAAS_ERROR.
    * respond, fail and caller_gone may run beside it and beside each other, for different invocations. For a single
    * source of events, such as a pipe or a queue. */
   FAAS_THREADS_NEXT_ALONE = 1,
   /* next, too, runs in several threads at once, each for an invocation of its own. When it returns FAAS_END in one
    * thread, it must soon return FAAS_END in all others. For a platform that is asked over several connections. */
   FAAS_THREADS_ANY = 2
};

/* An error, in memory that its caller owns. Fill it with snprintf. */
struct faas_error {
   /* "Category.Reason", the form that AWS asks for in Lambda-Runtime-Function-Error-Type (AWS, "Using the Lambda
    * runtime API"). Letters, digits and dots. */
   char type[64];
   /* One line: what is wrong, what was found, what to do. */
   char message[1024];
};

enum faas_log_level { FAAS_LOG_DEBUG = 0, FAAS_LOG_INFO = 1, FAAS_LOG_WARNING = 2, FAAS_LOG_ERROR = 3 };

/* The services of the host. The struct is valid from open until close returns. */
struct faas_host {
   size_t size;          /* bytes of this struct as the host knows it */
   uint32_t abi_version; /* FAAS_PROVIDER_ABI_VERSION of the host */
   uint32_t reserved;
   void *context;               /* pass it as the first argument of every service */
   const char *harness_version; /* "0.1.0" */

   /* Write one line to the harness's log on stderr. Secrets of the connection string are removed from it. */
   void (*log)(void *context, enum faas_log_level level, const char *message);

   /* Like malloc and free. release accepts NULL. */
   void *(*allocate)(void *context, size_t size);
   void (*release)(void *context, void *memory);

   /* Whether the process was asked to stop (SIGTERM, SIGINT). If so, next returns FAAS_END as soon as it can; the
    * current invocation is still answered. */
   bool (*stop_requested)(void *context);

   /* A descriptor that polls readable once stop_requested is true, for a next that waits. Never read or close it. */
   int (*stop_descriptor)(void *context);

   /* The value of one of the provider's options: as the user gave it (--option name=value), else the default from its
    * description, else NULL. Valid until close returns. */
   const char *(*option)(void *context, const char *name);

   /* Tell the host that the process was restored from a snapshot, of which there may be several copies (Lambda
    * SnapStart, say). next calls this once its platform has said so, before it waits for the first event, with no
    * invocation open. The harness then renews what the copies must not share, and says so in its reports. False with
    * error: it cannot, so the provider tells its platform, and next returns FAAS_ERROR. Check with FAAS_HAS_FIELD
    * first: an older host lacks it. */
   bool (*restored)(void *context, struct faas_error *error);
};

struct faas_attribute {
   const char *name;
   const char *value;
};

/* One event to answer. next fills it, the provider owns what it points to, and that stays valid until respond or fail
 * for it returns. */
struct faas_invocation {
   size_t size; /* bytes of this struct as the host knows it; set before next, when all else but the deadline is zero */

   /* Opaque, not empty, and unique among the open invocations; appears in reports and logs. */
   const char *id;

   /* The event, unparsed and not NUL-terminated; NULL only when payload_length is 0. */
   const char *payload;
   size_t payload_length;

   /* When the platform stops waiting for the answer, in milliseconds since the Unix epoch; FAAS_NO_DEADLINE, its value
    * before next, when it is not known. */
   int64_t deadline_unix_ms;

   /* What else the platform says about the invocation ("trace_id", "function_arn", …). */
   const struct faas_attribute *attributes;
   size_t attribute_count;

   /* The provider's own; the host does not touch it. */
   void *provider_data;
};

/* Why an invocation, or the start, failed. Valid until the callback returns. */
struct faas_failure {
   size_t size;         /* set by the host */
   const char *type;    /* "Assertion.StreamingProtocol", "Harness.DeadlineExceeded", … */
   const char *message; /* one line */
   /* The report of the invocation, as JSON; NULL when there is none (the start failed, say). */
   const char *report;
   size_t report_length;
};

/* One option of a provider, for --describe-provider and for checking what the user gave. */
struct faas_option {
   const char *name;          /* letters, digits, _ */
   const char *default_value; /* NULL: none */
   const char *help;          /* one line */
};

/* A log line that is about to be written. Valid until the callback returns. */
struct faas_log_record {
   size_t size; /* set by the host */
   enum faas_log_level level;
   int64_t unix_us;     /* microseconds since the Unix epoch */
   const char *source;  /* who logs: "faas-harness", "libmongoc", the provider's name */
   const char *message; /* one line, UTF-8, without secrets */
};

/* What a provider offers. It lives as long as the shared object; the host copies it at load. */
struct faas_provider {
   size_t size;          /* sizeof (struct faas_provider) where the provider was compiled */
   uint32_t abi_version; /* FAAS_PROVIDER_ABI_VERSION where the provider was compiled */

   /* How many invocations it may hand out before the first is answered: 1, or up to 64 if threads allows it. */
   uint32_t max_open_invocations;

   const char *name;        /* required: "local" */
   const char *version;     /* required: the provider's own, "0.1.0" */
   const char *description; /* required: one line */

   /* Ends with an entry whose name is NULL. NULL: no options. */
   const struct faas_option *options;

   /* Required. Get ready and store the provider's own data in *state; NULL is fine. Called before the driver under test
    * is initialised, with no other thread running: the place to set environment variables that the driver should see.
    * After FAAS_ERROR nothing else is called. */
   enum faas_result (*open)(const struct faas_host *host, void **state, struct faas_error *error);

   /* Required. Wait for the next event, however long it takes: there is no time limit, because the platform may freeze
    * the process here. Returns FAAS_OK, FAAS_END, FAAS_REJECTED or FAAS_ERROR. */
   enum faas_result (*next)(void *state, struct faas_invocation *invocation, struct faas_error *error);

   /* Required. Answer a good invocation with its report (JSON, length bytes). */
   enum faas_result (*respond)(void *state,
                               const struct faas_invocation *invocation,
                               const char *report,
                               size_t length,
                               struct faas_error *error);

   /* Required. Answer an invocation that failed. */
   enum faas_result (*fail)(void *state,
                            const struct faas_invocation *invocation,
                            const struct faas_failure *failure,
                            struct faas_error *error);

   /* Optional. Tell the platform that the start failed after open; close follows. */
   enum faas_result (*init_failed)(void *state, const struct faas_failure *failure, struct faas_error *error);

   /* Optional. Whether nobody waits for the answer any more (the HTTP connection was closed, say). */
   bool (*caller_gone)(void *state, const struct faas_invocation *invocation);

   /* Optional. Release everything. It may never be called. */
   void (*close)(void *state);

   /* Optional. Write one log line in the platform's own form, without its line end, into line of size bytes. Returns
    * its length; 0 leaves the line out. Called from any thread, between open and close; must not log. */
   size_t (*format_log)(void *state, const struct faas_log_record *record, char *line, size_t size);

   /* Optional; FAAS_THREADS_ONE if the struct ends before it. */
   enum faas_threads threads;

   /* Optional. How many invocations the platform has open at once, at most max_open_invocations, which is also the
    * number without this callback. Called once, after open. The user may ask for fewer (--workers). */
   uint32_t (*open_invocations)(void *state);
};

typedef const struct faas_provider *(*faas_provider_init_function)(void);

#if defined(__GNUC__)
#define FAAS_PROVIDER_EXPORT __attribute__((visibility("default")))
#else
#define FAAS_PROVIDER_EXPORT
#endif

#ifdef __cplusplus
#define FAAS_PROVIDER_LINKAGE extern "C"
#else
#define FAAS_PROVIDER_LINKAGE
#endif

/* Exports a provider, through a function rather than the struct itself: dlsym promises to work only for functions. */
#define FAAS_PROVIDER_REGISTER(provider)                                                            \
   FAAS_PROVIDER_LINKAGE FAAS_PROVIDER_EXPORT const struct faas_provider *faas_provider_init(void); \
   FAAS_PROVIDER_LINKAGE const struct faas_provider *faas_provider_init(void)                       \
   {                                                                                                \
      return &(provider);                                                                           \
   }

/* Whether a struct that gives its size contains a field, so that the field may be read. */
#define FAAS_HAS_FIELD(pointer, type, field) \
   ((pointer)->size >= offsetof(type, field) + sizeof(((const type *)0)->field))

#ifdef __cplusplus
}
#endif

#endif
