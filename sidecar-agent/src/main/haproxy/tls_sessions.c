/*
 * Ends the TLS sessions that HAProxy resumes towards its servers.
 *
 * In a resumed handshake of TLS 1.3 (RFC 8446, section 2.2) a server shows no certificate: it is taken for whoever it was
 * when the session began. Each resumption brings a new ticket, so sessions would go on for ever. This library is preloaded
 * into an unmodified HAProxy, together with spiffe_verifyhost.c. It stands before two calls of libssl, so that HAProxy
 * resumes a session only
 *
 *  - in the SSL_CTX in which it began. HAProxy makes a new one for each server when a leaf or roots are committed, so a
 *    session ends with those that it was verified by. HAProxy itself drops the sessions that it has at that moment. But a
 *    ticket may come later, on a connection that is older than the commit, and HAProxy keeps it for the next connection.
 *  - while the server's certificate lasts.
 *
 * Otherwise the handshake is a full one.
 *
 * The other side, which gives the tickets, needs no help: HAProxy resumes none that began under another leaf or other
 * roots (its session context is a hash of both), and the configuration compares the end of a client's certificate.
 *
 * HAProxy's configuration demands SPIFFE_SESSIONS, which only this library sets: without it HAProxy does not start.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/ssl.h>

typedef SSL_CTX *ctx_new_fn(const SSL_METHOD *);
typedef int set_session_fn(SSL *, SSL_SESSION *);

static ctx_new_fn *real_ctx_new;
static set_session_fn *real_set_session;

/* Where an SSL_CTX has its number. */
static int number_index = -1;

/* Before HAProxy's first thread. */
__attribute__((constructor)) static void begin(void)
{
	real_ctx_new = (ctx_new_fn *)dlsym(RTLD_NEXT, "SSL_CTX_new");
	real_set_session = (set_session_fn *)dlsym(RTLD_NEXT, "SSL_set_session");
	number_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	if (real_ctx_new && real_set_session && number_index >= 0)
		setenv("SPIFFE_SESSIONS", "bound", 1);
}

/* A pointer would be used again, and a session outlives its SSL_CTX. */
static int set_number(SSL_CTX *ctx)
{
	static uintptr_t last;
	uintptr_t number = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);

	return SSL_CTX_set_ex_data(ctx, number_index, (void *)number)
		&& SSL_CTX_set_session_id_context(ctx, (const unsigned char *)&number, sizeof(number));
}

/* A session has its SSL_CTX's context, also after HAProxy has stored it. */
static int is_of(const SSL_CTX *ctx, const SSL_SESSION *session)
{
	uintptr_t number = (uintptr_t)SSL_CTX_get_ex_data(ctx, number_index);
	unsigned int length = 0;
	const unsigned char *context = SSL_SESSION_get0_id_context(session, &length);

	return length == sizeof(number) && memcmp(context, &number, sizeof(number)) == 0;
}

/* False also where a time cannot be read: X509_cmp_time() is 0 then. */
static int has_valid_peer(SSL_SESSION *session)
{
	const X509 *peer = SSL_SESSION_get0_peer(session);

	return peer
		&& X509_cmp_time(X509_get0_notBefore(peer), NULL) < 0
		&& X509_cmp_time(X509_get0_notAfter(peer), NULL) > 0;
}

/* On NULL HAProxy does not start, or refuses the commit. To its own listeners' contexts it gives other names later. */
SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
{
	SSL_CTX *ctx = real_ctx_new ? real_ctx_new(method) : NULL;

	if (ctx && !set_number(ctx)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

/* With this call HAProxy resumes the session that it keeps for a server. When it fails, HAProxy drops the session. */
int SSL_set_session(SSL *ssl, SSL_SESSION *session)
{
	if (!real_set_session)
		return 0;
	if (session && !(is_of(SSL_get_SSL_CTX(ssl), session) && has_valid_peer(session)))
		return 0;
	return real_set_session(ssl, session);
}
