/// A pipe from the owner's table to the topic: every committed performance change, once acknowledged by Kafka, and proof of
/// how fresh and how complete the topic is. It knows no business rule.
///
/// [io.datadrivenchanges.publisher.Publisher] supervises one *term* after the other. A term takes the lead, fences older
/// publishers, compares the topic with the replication slot, and then runs one change engine until something ends it.
@NullMarked
package io.datadrivenchanges.publisher;

import org.jspecify.annotations.NullMarked;
