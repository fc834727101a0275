package io.hamesh.e2e;

/**
 * A certificate and its key.
 *
 * @param certificates PEM, the leaf first, then its intermediates
 */
record PemPair(String certificates, String privateKey) {
    @Override
    public String toString() {
        return "PemPair[" + certificates.length() + " characters of certificates]";
    }
}
