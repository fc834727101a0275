/*
 * Lets HAProxy's own `verifyhost` authenticate a SPIFFE URI inside the TLS handshake, before a byte of a request goes out.
 *
 * HAProxy checks a server's certificate against DNS names and the CN only; a Consul leaf carries its identity as a URI SAN.
 * This library is preloaded into an unmodified HAProxy and stands before the two libcrypto calls that check uses. For a
 * certificate with exactly one URI SAN it adds the DNS name
 *
 *     id.<hex(sha256(SPIFFE_SALT + uri))>.spiffe.invalid
 *
 * so that `verifyhost id.<hex>.spiffe.invalid`, on a server line without `sni`, matches that URI and no other.
 *
 * Why nobody can carry such a name of their own:
 *  - SPIFFE_SALT is a secret of this pod, so no CA can be asked for the name in advance;
 *  - DNS names under .spiffe.invalid in the certificate are dropped first (a CA may copy them from a caller's CSR);
 *  - the CN, to which HAProxy falls back when no SAN matches, is hidden;
 *  - `id.` keeps the hash out of the leftmost label, the only place where a wildcard would match it.
 *
 * A resumed handshake makes no such check: tls_sessions.c says what ends a session.
 *
 * It fails closed: without the salt, out of memory, or without this library (ld.so only warns about a preload that is
 * missing) no name is added, and no upstream verifies.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

static const char PREFIX[] = "id.";
static const char SUFFIX[] = ".spiffe.invalid";

enum {
	DIGEST_BYTES = 32, /* SHA-256 */
	NAME_SIZE = sizeof(PREFIX) - 1 + 2 * DIGEST_BYTES + sizeof(SUFFIX), /* with the final NUL */
};

typedef void *get_ext_d2i_fn(const X509 *, int, int *, int *);
typedef int get_index_by_nid_fn(const X509_NAME *, int, int);

static get_ext_d2i_fn *real_get_ext_d2i;
static get_index_by_nid_fn *real_get_index_by_nid;

/* Before HAProxy's first thread, so that the pointers need no lock. */
__attribute__((constructor)) static void find_real_functions(void)
{
	real_get_ext_d2i = (get_ext_d2i_fn *)dlsym(RTLD_NEXT, "X509_get_ext_d2i");
	real_get_index_by_nid = (get_index_by_nid_fn *)dlsym(RTLD_NEXT, "X509_NAME_get_index_by_NID");
}

/*
 * OpenSSL reads BER and ignores bytes after the GeneralNames; other readers (our Lua one) do not. A SAN counts only if
 * encoding what was read gives the very bytes of the certificate.
 */
static int is_exact_der(const X509 *cert, GENERAL_NAMES *names)
{
	int index = X509_get_ext_by_NID(cert, NID_subject_alt_name, -1);
	const ASN1_OCTET_STRING *san = X509_EXTENSION_get_data(X509_get_ext(cert, index));
	unsigned char *der = NULL;
	int length = i2d_GENERAL_NAMES(names, &der);
	int exact = san && length > 0 && length == ASN1_STRING_length(san)
		&& memcmp(der, ASN1_STRING_get0_data(san), length) == 0;

	OPENSSL_free(der);
	return exact;
}

/* Whether a DNS name could pass for one of ours: it ends like one, or a NUL hides how it ends. */
static int is_forgery(const ASN1_IA5STRING *dns)
{
	const char *text = (const char *)ASN1_STRING_get0_data(dns);
	int length = ASN1_STRING_length(dns);
	int suffix = sizeof(SUFFIX) - 1;

	if (memchr(text, 0, length))
		return 1;
	return length >= suffix && strncasecmp(text + length - suffix, SUFFIX, suffix) == 0;
}

/* Removes DNS names that look like ours; returns the only URI, or NULL when there is none or more than one. */
static const ASN1_STRING *only_uri_without_forgeries(GENERAL_NAMES *names)
{
	const ASN1_STRING *uri = NULL;
	int uris = 0;

	for (int i = sk_GENERAL_NAME_num(names) - 1; i >= 0; i--) {
		GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_URI) {
			uri = name->d.uniformResourceIdentifier;
			uris++;
		} else if (name->type == GEN_DNS && is_forgery(name->d.dNSName)) {
			sk_GENERAL_NAME_delete(names, i);
			GENERAL_NAME_free(name);
		}
	}
	return uris == 1 ? uri : NULL;
}

/*
 * What the name is a hash of: the URI. After Consul lost its data, pods move from one trust domain to another, each in its own
 * time; until they all have, an identity of the former (under its CA, which HAProxy trusts as long) is the same of our own.
 */
static int hash_uri(EVP_MD_CTX *hash, const ASN1_STRING *uri)
{
	static const char SCHEME[] = "spiffe://";
	const char *own = getenv("SPIFFE_TRUST_DOMAIN");
	const char *former = getenv("SPIFFE_FORMER_TRUST_DOMAIN");
	const char *text = (const char *)ASN1_STRING_get0_data(uri);
	size_t length = ASN1_STRING_length(uri);
	size_t scheme = sizeof(SCHEME) - 1;
	size_t path = scheme + (former ? strlen(former) : 0);

	if (own && *own && former && *former && length > path && text[path] == '/'
			&& memcmp(text, SCHEME, scheme) == 0 && memcmp(text + scheme, former, path - scheme) == 0)
		return EVP_DigestUpdate(hash, SCHEME, scheme)
			&& EVP_DigestUpdate(hash, own, strlen(own))
			&& EVP_DigestUpdate(hash, text + path, length - path);
	return EVP_DigestUpdate(hash, text, length);
}

/* Writes the name that stands for `uri` in this pod; returns 0 when it cannot. */
static int write_name(const ASN1_STRING *uri, char name[NAME_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[DIGEST_BYTES];
	const char *salt = getenv("SPIFFE_SALT");
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	int hashed = salt && *salt && hash
		&& EVP_DigestInit_ex(hash, EVP_sha256(), NULL)
		&& EVP_DigestUpdate(hash, salt, strlen(salt))
		&& hash_uri(hash, uri)
		&& EVP_DigestFinal_ex(hash, digest, NULL);

	EVP_MD_CTX_free(hash);
	if (!hashed)
		return 0;

	char *out = name + sizeof(PREFIX) - 1;

	memcpy(name, PREFIX, sizeof(PREFIX) - 1);
	for (int i = 0; i < DIGEST_BYTES; i++) {
		*out++ = hex[digest[i] >> 4];
		*out++ = hex[digest[i] & 15];
	}
	memcpy(out, SUFFIX, sizeof(SUFFIX));
	return 1;
}

/* Out of memory leaves the list as it was: the name is missing, and verification fails. */
static void add_dns_name(GENERAL_NAMES *names, const char *dns)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();

	if (name && text && ASN1_STRING_set(text, dns, -1)) {
		GENERAL_NAME_set0_value(name, GEN_DNS, text);
		text = NULL; /* the name owns it now */
		if (sk_GENERAL_NAME_push(names, name))
			name = NULL; /* and the list owns the name */
	}
	ASN1_IA5STRING_free(text);
	GENERAL_NAME_free(name);
}

/* HAProxy reads a certificate's SANs with this call. */
void *X509_get_ext_d2i(const X509 *cert, int nid, int *critical, int *index)
{
	char dns[NAME_SIZE];
	void *extension = real_get_ext_d2i ? real_get_ext_d2i(cert, nid, critical, index) : NULL;

	if (nid != NID_subject_alt_name || !extension)
		return extension;

	GENERAL_NAMES *names = extension;

	if (!is_exact_der(cert, names)) {
		GENERAL_NAMES_free(names);
		return NULL;
	}

	const ASN1_STRING *uri = only_uri_without_forgeries(names);

	if (uri && write_name(uri, dns))
		add_dns_name(names, dns);
	return names;
}

/* Where no SAN matched, HAProxy looks for a CN with this call: there is none. */
int X509_NAME_get_index_by_NID(const X509_NAME *name, int nid, int last)
{
	if (nid == NID_commonName || !real_get_index_by_nid)
		return -1;
	return real_get_index_by_nid(name, nid, last);
}
