package io.datadrivenchanges.payments.payment;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What shall be paid: a valid request with the currency resolved. Equal orders are the same request. Immutable.
///
/// @param deliveryId what is paid, once
/// @param courierId who is paid
/// @param base minor units, positive
/// @param currency ISO 4217 code
/// @param digits decimals of the currency
record Order(String deliveryId, long courierId, long base, String currency, int digits) {

    /// SHA-256 over delivery, courier, base and currency; none of them can contain the separator.
    byte[] fingerprint() {
        return sha256(deliveryId + '\n' + courierId + '\n' + base + '\n' + currency);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
