/*
 * sasl_mechanisms.c: the mechanisms of libsasl2 where it is linked statically, which are none.
 *
 * libsasl2.a has a table of the plugins that Debian built, some of which need Kerberos, LDAP or a database. The driver
 * has PLAIN and SCRAM of its own. It asks libsasl2 only for GSSAPI, whose plugin is in no package. So each plugin here
 * offers no mechanism. It does not fail, because libsasl2 would write that to the system's log.
 */
#include <sasl/sasl.h>
#include <sasl/saslplug.h>
#include <stddef.h>

#define PLUGIN(name, side, VERSION)                                                                         \
   sasl_##side##_plug_init_t name##_##side##_plug_init;                                                     \
   int name##_##side##_plug_init(                                                                           \
      const sasl_utils_t *utils, int max_version, int *version, sasl_##side##_plug_t **plugins, int *count) \
   {                                                                                                        \
      (void)utils;                                                                                          \
      (void)max_version;                                                                                    \
      *version = VERSION;                                                                                   \
      *plugins = NULL;                                                                                      \
      *count = 0;                                                                                           \
      return SASL_OK;                                                                                       \
   }

/* The table names those of a server, too, which a client never calls. */
#define MECHANISM(name)                           \
   PLUGIN(name, client, SASL_CLIENT_PLUG_VERSION) \
   PLUGIN(name, server, SASL_SERVER_PLUG_VERSION)

MECHANISM(anonymous)
MECHANISM(crammd5)
MECHANISM(digestmd5)
MECHANISM(gssapiv2)
MECHANISM(login)
MECHANISM(ntlm)
MECHANISM(otp)
MECHANISM(plain)
MECHANISM(scram)

#define AUXPROP(name)                                                                                                  \
   sasl_auxprop_init_t name##_auxprop_plug_init;                                                                       \
   int name##_auxprop_plug_init(                                                                                       \
      const sasl_utils_t *utils, int max_version, int *version, sasl_auxprop_plug_t **plugin, const char *plugin_name) \
   {                                                                                                                   \
      (void)utils;                                                                                                     \
      (void)max_version;                                                                                               \
      (void)version;                                                                                                   \
      (void)plugin;                                                                                                    \
      (void)plugin_name;                                                                                               \
      return SASL_NOMECH;                                                                                              \
   }

AUXPROP(ldapdb)
AUXPROP(sasldb)
AUXPROP(sql)
