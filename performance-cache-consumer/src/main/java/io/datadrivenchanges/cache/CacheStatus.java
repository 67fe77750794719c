package io.datadrivenchanges.cache;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/// What the cache knows about itself at one moment. Immutable.
///
/// @param state what it is able to say
/// @param generation number of the generation that answers, 0 while there is none
/// @param couriers number of couriers in that generation
/// @param behind records between the position and the end of the topic as it was at the start, 0 once that end was
///     passed, -1 while it is not known
/// @param staleness upper bound of the age of what is missing, null while no heartbeat has been read
/// @param detail one sentence for people: why the state is what it is
public record CacheStatus(CacheState state, long generation, long couriers, long behind, @Nullable Duration staleness,
        String detail) {}
