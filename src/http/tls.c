#include "http/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

enum { FAR = 0x7fffffff /* the certificate's own dates mean nothing: the charter says whose key counts, and when */ };

static enum err
failed(int rc, struct errinfo *e)
{
	return rc == GNUTLS_E_MEMORY_ERROR ? err_nomem(e) : err_set(e, ERR_IO, "making a certificate: %s", gnutls_strerror(rc));
}

static int
make(const struct sign_key *key, gnutls_x509_privkey_t priv, gnutls_x509_crt_t crt)
{
	struct sign_public pub = sign_key_public(key);
	struct str seed = sign_key_seed(key);
	gnutls_datum_t k = {(unsigned char *)seed.p, (unsigned)seed.n}, x = {pub.b, sizeof pub.b};
	static const char name[] = "comity node";
	int rc;
	if ((rc = gnutls_x509_privkey_import_ecc_raw(priv, GNUTLS_ECC_CURVE_ED25519, &x, NULL, &k)) < 0 ||
	    (rc = gnutls_x509_crt_set_key(crt, priv)) < 0 || (rc = gnutls_x509_crt_set_version(crt, 3)) < 0 ||
	    (rc = gnutls_x509_crt_set_serial(crt, "\x01", 1)) < 0 || (rc = gnutls_x509_crt_set_activation_time(crt, 0)) < 0 ||
	    (rc = gnutls_x509_crt_set_expiration_time(crt, FAR)) < 0 ||
	    (rc = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name, sizeof name - 1)) < 0)
		return rc;
	return gnutls_x509_crt_sign2(crt, crt, priv, GNUTLS_DIG_SHA512, 0);
}

static enum err
put(struct buf *b, gnutls_datum_t *pem, struct errinfo *e)
{
	struct str all;
	buf_put(b, str_bytes(pem->data, pem->size));
	buf_putc(b, '\0');
	return buf_take(b, &all, e);
}

enum err
tls_pem(const struct sign_key *key, struct buf *ret_cert, struct buf *ret_key, struct errinfo *e)
{
	gnutls_x509_privkey_t priv = NULL;
	gnutls_x509_crt_t crt = NULL;
	gnutls_datum_t cert_pem = {0}, key_pem = {0};
	enum err err;
	int rc;
	if ((rc = gnutls_x509_privkey_init(&priv)) < 0 || (rc = gnutls_x509_crt_init(&crt)) < 0 || (rc = make(key, priv, crt)) < 0 ||
	    (rc = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &cert_pem)) < 0 ||
	    (rc = gnutls_x509_privkey_export2_pkcs8(priv, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem)) < 0)
		err = failed(rc, e);
	else if (!(err = put(ret_cert, &cert_pem, e)))
		err = put(ret_key, &key_pem, e);
	if (key_pem.data)
		gnutls_memset(key_pem.data, 0, key_pem.size);
	gnutls_free(key_pem.data);
	gnutls_free(cert_pem.data);
	if (crt)
		gnutls_x509_crt_deinit(crt);
	if (priv)
		gnutls_x509_privkey_deinit(priv);
	return err;
}

bool
tls_peer_pin(void *gnutls_session, struct hash *ret)
{
	unsigned n = 0;
	const gnutls_datum_t *list = gnutls_certificate_get_peers(gnutls_session, &n);
	gnutls_pcert_st cert;
	gnutls_datum_t spki = {0};
	if (!list || !n || gnutls_pcert_import_x509_raw(&cert, list, GNUTLS_X509_FMT_DER, 0) < 0)
		return false;
	bool ok = gnutls_pubkey_export2(cert.pubkey, GNUTLS_X509_FMT_DER, &spki) >= 0;
	if (ok)
		*ret = hash_of(str_bytes(spki.data, spki.size));
	gnutls_free(spki.data);
	gnutls_pcert_deinit(&cert);
	return ok;
}
