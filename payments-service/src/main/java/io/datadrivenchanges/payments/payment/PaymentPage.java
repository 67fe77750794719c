package io.datadrivenchanges.payments.payment;

import java.util.List;

/// A page of a courier's payments, oldest first.
///
/// @param hasNext whether a later page has items
record PaymentPage(long courierId, int page, int size, boolean hasNext, List<PaymentBody> items) {}
